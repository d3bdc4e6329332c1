"""The IDX format, in which MNIST and its successors are published: an array of bytes, gzipped.

Two zero bytes, the type of the values (8: unsigned bytes), the number of axes; then the length of
each axis as a big-endian 32-bit number; then the values, last axis fastest.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section
"File formats".
"""

from collections.abc import Sequence

import numpy as np

from minicnn.datasets.published import Arrays, DataSet, PublishedFile

NAMES = (
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
)  # fmt: skip


def files(*sizes_and_hashes: tuple[int, str]) -> Sequence[PublishedFile]:
    """Return MNIST's four files, or a successor's of the same names, with their SHA-256."""
    pairs = zip(NAMES, sizes_and_hashes, strict=True)
    return [PublishedFile(name, size, sha256) for name, (size, sha256) in pairs]


def load(data_set: DataSet) -> Arrays:
    """Read a data set of four files: images and labels to train with, then those to test with."""
    x_train, y_train, x_test, y_test = map(parse, data_set.read())
    return (x_train, y_train), (x_test, y_test)


def parse(content: bytes) -> np.ndarray:
    """Read an array from a gzipped IDX file of bytes, whose hash has been checked."""
    import gzip

    values = gzip.decompress(content)
    axes = values[3]
    shape = np.frombuffer(values, ">u4", axes, offset=4)
    return np.frombuffer(values, np.uint8, offset=4 + 4 * axes).reshape(shape).copy()
