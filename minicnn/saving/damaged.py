"""One error for all damage.

The libraries that read zip, JSON and HDF5 raise a dozen kinds of exception for a file that was cut
or overwritten. The user sees one: `FileFormatError`, with the file, the part of it and what to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from minicnn.errors import FileFormatError


@contextmanager
def damage_named(path: str, part: str) -> Iterator[None]:
    """Turn an exception of a reader inside the block into a `FileFormatError`."""
    try:
        yield
    except FileFormatError:
        raise
    except Exception as error:
        raise unreadable(path, part, str(error) or type(error).__name__) from error


def unreadable(path: str, part: str, reason: str) -> FileFormatError:
    """Return the error for a part of a file that cannot be read."""
    return FileFormatError(
        f"{path}: {part} cannot be read ({reason}). The file is damaged or of another format: "
        "use another copy, or save the model again."
    )
