"""One kind of error for every kind of damage.

The libraries that read zip, JSON and HDF5 raise a dozen kinds of exception for a file that was
cut or overwritten. A learner sees one: `FileFormatError`, with the file, the place in it and what
to do.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from minicnn.errors import FileFormatError


def _symptoms() -> tuple[type[Exception], ...]:
    """Return the exceptions that damaged files cause in the libraries that read them."""
    from zipfile import BadZipFile  # too heavy to import where nothing is read

    # RuntimeError is h5py's for much of libhdf5's own, and zipfile's for an encrypted member;
    # NotImplementedError (of zipfile) and RecursionError (of json) are kinds of it.
    return (
        OSError,
        EOFError,
        ValueError,
        TypeError,
        LookupError,
        RuntimeError,
        OverflowError,
        struct.error,
        zlib.error,
        BadZipFile,
    )


@contextmanager
def damage_named(path: str, place: str) -> Iterator[None]:
    """Turn what a reader raises inside the block into a `FileFormatError`."""
    try:
        yield
    except FileFormatError:
        raise
    except _symptoms() as error:
        raise unreadable(path, place, str(error) or type(error).__name__) from error


def unreadable(path: str, place: str, reason: str) -> FileFormatError:
    """Return the error for a place in a file that cannot be read."""
    return FileFormatError(
        f"{path}: {place} cannot be read ({reason}). The file is damaged or of another kind: "
        "take another copy, or save the model again."
    )
