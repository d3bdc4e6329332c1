"""Members of a zip file from a stranger, read into memory and never unpacked to the disk."""

from typing import TYPE_CHECKING

from minicnn.saving.damage import damage_named, unreadable

if TYPE_CHECKING:
    from zipfile import ZipFile

# A member may be compressed, if somebody packed the file anew: trained weights shrink by a tenth,
# an optimizer's zeros to nothing. What grows more than this is a bomb.
FREE_BYTES = 64 * 2**20
MOST_GROWTH = 20


def read_member(archive: "ZipFile", name: str, path: str) -> bytes:
    """Return the content of one member."""
    from zipfile import ZIP_DEFLATED, ZIP_STORED

    entries = [entry for entry in archive.infolist() if entry.filename == name]
    if len(entries) != 1:
        raise unreadable(path, name, f"the archive has {len(entries)} members of this name")
    (entry,) = entries
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise unreadable(path, name, f"compression method {entry.compress_type} is not read")
    if entry.file_size > max(FREE_BYTES, MOST_GROWTH * entry.compress_size):
        raise unreadable(
            path,
            name,
            f"it would grow from {entry.compress_size:,} to {entry.file_size:,} bytes",
        )
    with damage_named(path, name):
        return archive.read(entry)
