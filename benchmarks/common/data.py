"""Load MNIST from the folder ``MINICNN_DATA``, or generate random images of the same shape.

The time of a step does not depend on the pixels. Only NumPy is imported, so every library's process
can use this module.
"""

import gzip
import os
from pathlib import Path

import numpy as np
from numpy import ndarray

from common.networks import Network

IDX_HEADER = {"images": 16, "labels": 8}  # bytes before the data
MNIST_SHAPE = (28, 28, 1)
RANDOM_IMAGES = 10_000  # of other shapes


def images_and_labels(part: str = "train") -> tuple[ndarray, ndarray]:
    """Return images and labels.

    Parameters
    ----------
    part : "train" or "t10k"

    Returns
    -------
    images : (60000 or 10000, 28, 28, 1) uint8
    labels : (60000 or 10000,) uint8
    """
    if not has_mnist():
        return _random(60_000 if part == "train" else 10_000, MNIST_SHAPE)
    return _read(part, "images").reshape(-1, *MNIST_SHAPE), _read(part, "labels")


def has_mnist() -> bool:
    """Return whether the MNIST files exist."""
    return _file("train", "images").exists()


def prepared(network: Network) -> tuple[ndarray, ndarray]:
    """Return training images in the shape, dtype and range that the network takes, and labels."""
    shape = network.input_shape
    images, labels = images_and_labels() if shape == MNIST_SHAPE else _random(RANDOM_IMAGES, shape)
    return (images if network.raw else images.astype(np.float32) / 255), labels


def _random(count: int, shape: tuple[int, ...]) -> tuple[ndarray, ndarray]:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (count, *shape), np.uint8)
    return images, rng.integers(0, 10, count, np.uint8)


def _file(part: str, kind: str) -> Path:
    axes = 3 if kind == "images" else 1
    folder = Path(os.environ.get("MINICNN_DATA", "")) / "mnist"
    return folder / f"{part}-{kind}-idx{axes}-ubyte.gz"


def _read(part: str, kind: str) -> ndarray:
    with gzip.open(_file(part, kind)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=IDX_HEADER[kind])
