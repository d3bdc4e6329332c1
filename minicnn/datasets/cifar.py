"""The format of CIFAR-10 and CIFAR-100: a tar file of records, each labels and 3 × 32 × 32 bytes."""

from collections.abc import Sequence

import numpy as np

from minicnn.checks import default_data_format
from minicnn.datasets.published import Arrays, DataSet, PublishedFile

MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)
SHAPE = (3, 32, 32)
PIXELS = 3 * 32 * 32

# The authors publish MD5 sums; TensorFlow Datasets holds the same files to these SHA-256.
CIFAR10, CIFAR100 = (
    DataSet(f"cifar{classes}", f"CIFAR-{classes}", MIRRORS, [
        PublishedFile(f"cifar-{classes}-binary.tar.gz", size, sha256)
    ])
    for classes, size, sha256 in (
        (10, 170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
        (100, 168_513_733, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"),
    )
)  # fmt: skip


def load(
    data_set: DataSet, train: Sequence[str], test: Sequence[str], labels: int, which: int
) -> Arrays:
    """Read a data set whose records have several labels; return the one of index `which`."""
    import tarfile
    from io import BytesIO

    (content,) = data_set.read()
    with tarfile.open(fileobj=BytesIO(content)) as archive:

        def records(names: Sequence[str]) -> np.ndarray:
            parts = [archive.extractfile(name).read() for name in names]  # type: ignore[union-attr]
            return np.frombuffer(b"".join(parts), np.uint8).reshape(-1, labels + PIXELS)

        parts = records(train), records(test)
    axes = (0, 2, 3, 1) if default_data_format() == "channels_last" else (0, 1, 2, 3)
    train_set, test_set = (
        (
            np.ascontiguousarray(part[:, labels:].reshape(-1, *SHAPE).transpose(axes)),
            part[:, which : which + 1].copy(),
        )
        for part in parts
    )
    return train_set, test_set
