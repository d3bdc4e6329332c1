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
    """Turn what a reader raises inside the block into a `FileFormatError`.

    Parameters
    ----------
    path : str
        The file that is read.
    place : str
        The part of it, as in ``"config.json"``.

    Raises
    ------
    FileFormatError
        In place of any of the exceptions that damaged files cause; one that is raised as such
        goes through unchanged, for it names a nearer place.

    Examples
    --------
    >>> with damage_named("model.keras", "config.json"):
    ...     int("seven")
    Traceback (most recent call last):
        ...
    minicnn.errors.FileFormatError: model.keras: config.json cannot be read (invalid literal for
    int() with base 10: 'seven'). The file is damaged or of another kind: take another copy, or
    save the model again.
    """
    try:
        yield
    except FileFormatError:
        raise
    except _symptoms() as error:
        raise unreadable(path, place, str(error) or type(error).__name__) from error


def unreadable(path: str, place: str, reason: str) -> FileFormatError:
    """Return the error for a place in a file that cannot be read.

    Parameters
    ----------
    path, place, reason : str
        The file, the part of it, and what is wrong there.

    Returns
    -------
    FileFormatError
        For the caller to raise.

    Examples
    --------
    >>> str(unreadable("model.keras", "config.json", "it is empty")).split(". ")[0]
    'model.keras: config.json cannot be read (it is empty)'
    """
    return FileFormatError(
        f"{path}: {place} cannot be read ({reason}). The file is damaged or of another kind: "
        "take another copy, or save the model again."
    )
