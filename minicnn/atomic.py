"""Atomic writing: after a crash you have the old file or the new one.

The new content goes to a temporary file in the same folder, is flushed to the disk, and then takes
the old file's name in one step of the file system (`os.replace`). An error, a full disk or
``kill -9`` before that step leaves the old file untouched.

A killed process cannot remove its temporary file, so the next writer in that folder does. A writer locks
its temporary file, and the system drops the lock when the process dies: an unlocked one is stale.
"""

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from os import PathLike
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

suspended = False  # in all processes of a training but the first
PREFIX, SUFFIX = ".minicnn-", ".tmp"


@contextmanager
def atomic_write(path: str | PathLike[str], always: bool = False) -> Iterator[BinaryIO]:
    """Open a binary file that replaces `path` when the block ends without an error.

    Missing folders are made. Symbolic links are followed, and permissions and owner kept; other
    hard links keep the old content. A device or pipe, such as ``/dev/null``, is written to and never
    replaced. While `suspended`, nothing is written, unless `always`.
    """
    path = os.fspath(path)
    if suspended and not always:
        yield BytesIO()
        return
    try:
        old = _stat(path)
        if old is not None and not stat.S_ISREG(old.st_mode):
            content = BytesIO()
            yield content
            with open(path, "wb") as device:
                device.write(content.getvalue())
            return
        target = os.path.realpath(path)
        folder = os.path.dirname(target)
        os.makedirs(folder, exist_ok=True)
        _remove_stale_files(folder)
        with _temporary_file(folder, old) as (file, temporary):
            yield file
            file.flush()
            os.fsync(file.fileno())
            if sys.platform == "win32":
                file.close()  # Windows does not rename an open file
            os.replace(temporary, target)
        _flush_folder(folder)
    except OSError as error:
        if error.errno is None:  # raised by a library such as h5py, not by the system
            raise
        reason = f"{error.strerror}; nothing was written, and what was there before is unchanged"
        raise OSError(error.errno, reason, path) from error


def _stat(path: str) -> os.stat_result | None:
    """Return the state of the file to replace, or None if there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "This is a folder; pass the name of a file")
    return found


@contextmanager
def _temporary_file(folder: str, old: os.stat_result | None) -> Iterator[tuple[BinaryIO, str]]:
    """Open a new locked file, with the access rights of the old one; remove it unless renamed."""
    file, temporary = _create(folder, old)
    while _was_removed_as_stale(file):
        file.close()
        file, temporary = _create(folder, old)
    try:
        yield file, temporary
    finally:
        with contextlib.suppress(OSError):  # a full disk refuses the buffer's rest once more
            file.close()
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _create(folder: str, old: os.stat_result | None) -> tuple[BinaryIO, str]:
    temporary = os.path.join(folder, f"{PREFIX}{os.urandom(8).hex()}{SUFFIX}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666 if old is None else 0o600)
    if old is not None:  # before there is content: a private file is private at all times
        with contextlib.suppress(OSError, AttributeError):
            os.chown(temporary, old.st_uid, old.st_gid)
        with contextlib.suppress(OSError):
            os.chmod(temporary, stat.S_IMODE(old.st_mode))
    return os.fdopen(descriptor, "w+b"), temporary


def _was_removed_as_stale(file: BinaryIO) -> bool:
    """Lock a new file; return whether another process came between its creation and its lock."""
    if sys.platform == "win32":  # which does not remove an open file
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks: nobody removes unlocked files there
        return False
    return os.fstat(file.fileno()).st_nlink == 0


def _remove_stale_files(folder: str) -> None:
    """Remove temporary files of dead processes, if possible."""
    names = []
    with contextlib.suppress(OSError):
        names = os.listdir(folder)
    for name in names:
        if name.startswith(PREFIX) and name.endswith(SUFFIX):
            temporary = os.path.join(folder, name)
            # Fails if the writer lives, belongs to another user, or somebody else removes it first.
            with contextlib.suppress(OSError), contextlib.ExitStack() as open_files:
                if sys.platform != "win32":
                    file = open_files.enter_context(open(temporary, "rb"))
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(temporary)  # while the lock is held


def _flush_folder(folder: str) -> None:
    """Let the new name itself survive a power cut, if the system can do that."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
