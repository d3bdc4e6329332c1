"""Files that are written whole or not at all.

The new content goes to a temporary file in the same folder, is flushed to the disk, and only then
takes the old file's name, in one step of the file system (`os.replace`). Whoever is stopped before
that step, by an error, a full disk or ``kill -9``, leaves the old file untouched.

A killed process cannot remove its temporary file. The next one that writes into the folder does:
a writer holds a lock on its temporary file, which the system drops when the process dies, so that
an unlocked temporary file is litter.
"""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

PREFIX, SUFFIX = ".minicnn-", ".tmp"


@contextmanager
def replacing(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file for writing that takes the name `path` when the block ends well."""
    path = os.fspath(path)
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    try:
        _require_place(target, folder)
        _remove_litter(folder)
        with _temporary_file(folder) as (file, temporary):
            yield file
            file.flush()
            os.fsync(file.fileno())
            _keep_mode(target, temporary)
            if sys.platform == "win32":
                file.close()  # Windows does not rename an open file
            os.replace(temporary, target)
        _flush_folder(folder)
    except OSError as error:
        if error.errno is None:  # not the system's, but some library's own: leave it as it is
            raise
        reason = f"{error.strerror}; nothing was written, and what was there before is unchanged"
        raise OSError(error.errno, reason, path) from error


def _require_place(target: str, folder: str) -> None:
    """Notice before the work what would fail after it."""
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, "This is a folder; give the name of a file")
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, f"There is no folder {folder!r}; create it first")


@contextmanager
def _temporary_file(folder: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open a locked file of a new name; if it still has this name at the end, it is removed."""
    file, temporary = _create(folder)
    while _taken_for_litter(file):
        file.close()
        file, temporary = _create(folder)
    try:
        yield file, temporary
    finally:
        # What a full disk has not taken, it refuses once more here; and renamed is gone.
        with contextlib.suppress(OSError):
            file.close()
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _create(folder: str) -> tuple[BinaryIO, str]:
    temporary = os.path.join(folder, f"{PREFIX}{os.urandom(8).hex()}{SUFFIX}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(temporary, flags, 0o666), "w+b"), temporary


def _lock(file: BinaryIO) -> None:
    """Lock the file, or raise `OSError` at once."""
    if sys.platform != "win32":  # there, what its writer has open cannot be removed anyway
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _taken_for_litter(file: BinaryIO) -> bool:
    """Lock a new file; return whether another process came between its creation and its lock."""
    try:
        _lock(file)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks: nobody takes an unlocked file for litter there
        return False
    return os.fstat(file.fileno()).st_nlink == 0


def _remove_litter(folder: str) -> None:
    """Remove temporary files whose writers died, as far as that is possible."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(PREFIX) and name.endswith(SUFFIX):
                _remove_if_abandoned(os.path.join(folder, name))


def _remove_if_abandoned(temporary: str) -> None:
    # Its writer may live, or be another user's, or somebody else may be first: all are errors.
    with contextlib.suppress(OSError):
        with open(temporary, "rb") as file:
            _lock(file)
            if sys.platform != "win32":
                os.unlink(temporary)  # while the lock is held
        if sys.platform == "win32":
            os.unlink(temporary)


def _keep_mode(target: str, temporary: str) -> None:
    """Give the new file the old one's permissions, where there was one."""
    with contextlib.suppress(OSError):
        os.chmod(temporary, os.stat(target).st_mode & 0o7777)


def _flush_folder(folder: str) -> None:
    """Make the new name itself last through a power cut, where the system can do that."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
