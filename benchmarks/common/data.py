"""MNIST from the folder ``MINICNN_DATA``, or random images of the same shape.

How long a step takes does not depend on which; only NumPy is needed, so that every library's
process can read them.
"""

import gzip
import os
from pathlib import Path

import numpy as np
from numpy import ndarray

IDX_HEADER = {"images": 16, "labels": 8}  # bytes before the numbers


def images_and_labels(part: str = "train") -> tuple[ndarray, ndarray]:
    """Return images and digits.

    Parameters
    ----------
    part : "train" or "t10k"

    Returns
    -------
    images : (60000 or 10000, 28, 28, 1) uint8
    digits : (60000 or 10000,) uint8
    """
    if not has_mnist():
        stream = np.random.default_rng(0)
        count = 60_000 if part == "train" else 10_000
        images = stream.integers(0, 256, (count, 28, 28, 1), np.uint8)
        return images, stream.integers(0, 10, count, np.uint8)
    return _read(part, "images").reshape(-1, 28, 28, 1), _read(part, "labels")


def has_mnist() -> bool:
    """Whether the files are there."""
    return _file("train", "images").exists()


def prepared(network_takes_raw: bool) -> tuple[ndarray, ndarray]:
    """Return training images, uint8 or float32 from 0 to 1, and digits."""
    images, digits = images_and_labels()
    return (images if network_takes_raw else images.astype(np.float32) / 255), digits


def _file(part: str, kind: str) -> Path:
    axes = 3 if kind == "images" else 1
    folder = Path(os.environ.get("MINICNN_DATA", "")) / "mnist"
    return folder / f"{part}-{kind}-idx{axes}-ubyte.gz"


def _read(part: str, kind: str) -> ndarray:
    with gzip.open(_file(part, kind)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=IDX_HEADER[kind])
