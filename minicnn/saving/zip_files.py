"""Members of a zip file from an untrusted source: read into memory, never unpacked to the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from minicnn.saving.damaged import damage_named, unreadable

if TYPE_CHECKING:
    from zipfile import ZipFile

# A member may be compressed if somebody packed the file again: trained weights shrink by a tenth,
# an optimizer's zeros to nothing. What grows more than this is a bomb.
FREE_BYTES = 64 * 2**20
MAX_GROWTH = 20


@contextmanager
def opened(file: BinaryIO, path: str) -> "Iterator[ZipFile]":
    """Open a zip file for reading."""
    from zipfile import ZipFile

    with damage_named(path, "its zip directory"):
        archive = ZipFile(file)
    with archive:
        yield archive


def read_member(archive: "ZipFile", name: str, path: str) -> bytes:
    """Return the content of one member."""
    from zipfile import ZIP_DEFLATED, ZIP_STORED

    entries = [entry for entry in archive.infolist() if entry.filename == name]
    if len(entries) != 1:
        raise unreadable(path, name, f"the archive has {len(entries)} members of this name")
    (entry,) = entries
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise unreadable(path, name, f"compression method {entry.compress_type} is not read")
    if entry.file_size > max(FREE_BYTES, MAX_GROWTH * entry.compress_size):
        growth = f"it would grow from {entry.compress_size:,} to {entry.file_size:,} bytes"
        raise unreadable(path, name, growth)
    with damage_named(path, name):
        return archive.read(entry)


def write_member(archive: "ZipFile", name: str, content: bytes) -> None:
    """Write a member without the date: the same model gives the same bytes."""
    from zipfile import ZipInfo

    entry = ZipInfo(name)  # dated 1980
    entry.create_system = 3  # Unix, on every machine
    entry.external_attr = 0o600 << 16  # as Keras' members have it
    archive.writestr(entry, content)
