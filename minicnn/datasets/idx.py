"""The IDX format, in which MNIST and its successors are published: an array of bytes, gzipped.

Two zero bytes, the type of the values (8: unsigned bytes), the number of axes; then the length of
each axis as a big-endian 32-bit number; then the values, last axis fastest.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section
"File formats".
"""

import math
from collections.abc import Callable
from io import BufferedIOBase, BytesIO

import numpy as np

from minicnn.errors import FileFormatError

UNSIGNED_BYTES = 8
MOST_AXES = 4  # (images, rows, columns, channels)
MOST_EXPANSION = 1032  # deflate can't pack tighter: 258 bytes in 2 bits


def parse(content: bytes, where: str) -> np.ndarray:
    """Read an array from the content of a gzipped IDX file."""
    import gzip
    import zlib

    def wrong(what: str) -> FileFormatError:
        return FileFormatError(f"{where} is not a whole IDX file of unsigned bytes: {what}.")

    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as stream:
            shape = _read_shape(stream, wrong)
            length = math.prod(shape)
            if length > MOST_EXPANSION * len(content):
                raise wrong(f"{len(content):,} bytes can't hold the {length:,} values of {shape}")
            values = np.empty(length, np.uint8)
            read = stream.readinto(values.data)
            if read < length:
                raise wrong(f"it declares {length:,} values, {shape}, but holds {read:,}")
            if stream.read(1):  # this also has gzip compare its checksum
                raise wrong(f"more follows after the {length:,} values that it declares, {shape}")
    except (OSError, EOFError, zlib.error) as error:
        raise FileFormatError(f"{where} is not a whole gzip file: {error}.") from error
    return values.reshape(shape)


def _read_shape(stream: BufferedIOBase, wrong: Callable[[str], FileFormatError]) -> tuple[int, ...]:
    """Read the header: the array's shape."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise wrong(f"at byte 0 stands {magic.hex(' ') or 'nothing'}, expected 00 00 08 and axes")
    kind, axes = magic[2], magic[3]
    if kind != UNSIGNED_BYTES:
        raise wrong(f"at byte 2 its type is {kind:#04x}, expected 0x08")
    if not 1 <= axes <= MOST_AXES:
        raise wrong(f"at byte 3 it declares {axes} axes, expected 1 to {MOST_AXES}")
    lengths = stream.read(4 * axes)
    if len(lengths) < 4 * axes:
        raise wrong(f"it ends at byte {4 + len(lengths)}, among the lengths of its {axes} axes")
    shape = tuple(int.from_bytes(lengths[i : i + 4], "big") for i in range(0, 4 * axes, 4))
    if 0 in shape:
        raise wrong(f"at byte 4 it declares the shape {shape}, which holds nothing")
    return shape
