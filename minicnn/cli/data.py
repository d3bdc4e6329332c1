"""The images to train on or to test with: of a data set, or of a folder of pictures.

All have pixels of 0, black, to 255, as picture files do, so that a model that was trained on any of
them can classify picture files.
"""

from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.cli.messages import say
from minicnn.cli.parser import one_of
from minicnn.cli.pictures import read_pixels, side_and_colour
from minicnn.console import printable
from minicnn.datasets import cifar10, digits, fashion_mnist, mnist
from minicnn.datasets.cifar import CIFAR10
from minicnn.errors import DataError
from minicnn.preprocessing.folder import find_pictures

DIGITS_FULL_INK = 16  # of the built-in digits' pixels, as published
DIGITS = [str(digit) for digit in range(10)]
NAMED: dict[str, tuple[Any, str, Any]] = {
    "mnist": (mnist, "MNIST", mnist.MNIST),
    "fashion_mnist": (fashion_mnist, "Fashion-MNIST", fashion_mnist.FASHION_MNIST),
    "cifar10": (cifar10, "CIFAR-10", CIFAR10),
    "digits": (digits, "the built-in digits", None),
}
"""Module and title of each data set, and the files that must be downloaded."""
GREY, SMALL, PHOTO = (28, 28, 1), (32, 32, 3), (64, 64, 3)  # shapes for a folder's pictures
LOOKED_AT = 20  # pictures of a folder, to find out whether they are in colour
SHOWN = 10  # test images of a class, at most
TESTED = 5  # every fifth picture of a class


class ImageData(NamedTuple):
    """Images and labels to train on and to test with."""

    title: str
    x_train: ndarray
    y_train: ndarray
    x_test: ndarray
    y_test: ndarray
    class_names: Sequence[str]

    @property
    def size(self) -> str:
        """Return height and width: ``"28×28"``, with ``" RGB"`` for colour images."""
        height, width, channels = self.x_test.shape[1:]
        return f"{height}×{width}" + " RGB" * (channels == 3)

    def first(self, images: int | None) -> "ImageData":
        """Return at most this number of images of both parts; all for None."""
        names = ("x_train", "y_train", "x_test", "y_test")
        return self._replace(**{name: getattr(self, name)[:images] for name in names})

    def examples(self) -> tuple[ndarray, ndarray]:
        """Return a few test images of every class, and their labels."""
        classes = np.unique(self.y_test)
        chosen = np.concatenate(
            [np.flatnonzero(self.y_test == number)[:SHOWN] for number in classes]
        )
        return self.x_test[chosen], self.y_test[chosen]


def load_images(data: str, shape: tuple[int, int, int] | None = None) -> ImageData:
    """Load a data set, or the pictures of a folder, these in the given shape."""
    if data not in NAMED:
        return load_folder(data, shape)
    module, title, _ = NAMED[data]
    parts = []
    for images, labels in module.load_data():
        if data == "digits":
            images = (images.astype(np.uint16) * 255 // DIGITS_FULL_INK).astype(np.uint8)
        parts += [images if images.ndim == 4 else images[..., np.newaxis], labels.ravel()]
    names = getattr(module, "CLASS_NAMES", DIGITS)
    return ImageData._make([say(title), *parts, names])


def is_local(data: str) -> bool:
    """Whether data can be loaded without a network."""
    if data not in NAMED:
        return Path(data).is_dir()
    files = NAMED[data][2]
    return files is None or files.is_local()


def data_or_folder(text: str) -> str:
    """Read the name of a data set, or the path of a folder."""
    try:
        return one_of("data set", NAMED)(text)
    except ArgumentTypeError as error:
        if Path(text).is_dir():
            return text
        more = say("Nor is there a folder of this name.")
        raise ArgumentTypeError(f"{error} {more}") from None


def load_folder(folder: str, shape: tuple[int, int, int] | None = None) -> ImageData:
    """Read a folder with one subfolder of pictures per class; the last fifth of each is for testing.

    By default pictures in colour become 64×64, or 32×32 if they are small; others grey and 28×28.
    """
    found = find_pictures(folder, "inferred")
    assert found.classes is not None
    assert found.class_names is not None
    counts = np.bincount(found.classes, minlength=len(found.class_names))
    names = [printable(name) for name in found.class_names]
    if len(counts) < 2:
        one_class = "{folder} has one class only, {name}: two are needed."
        raise DataError(say(one_class, folder=folder, name=names[0]))
    if counts.min() < 2:
        message = say(
            "{folder}: the class {name} has {count} pictures, at least 2 are needed: one for "
            "training, one for testing.",
            folder=folder, name=names[int(counts.argmin())], count=counts.min(),
        )  # fmt: skip
        raise DataError(message)
    if shape is None:
        some = found.paths[:: max(1, len(found.paths) // LOOKED_AT)]
        side, coloured = np.median([side_and_colour(path) for path in some], axis=0)
        shape = GREY if coloured < 0.5 else PHOTO if side >= PHOTO[0] else SMALL
    images = np.stack([read_pixels(path, shape) for path in found.paths])
    tested = np.zeros(len(images), bool)
    for number in range(len(counts)):
        indices = np.flatnonzero(found.classes == number)
        tested[indices[-max(1, len(indices) // TESTED) :]] = True
    train, test = (
        np.random.default_rng(0).permutation(np.flatnonzero(part)) for part in (~tested, tested)
    )
    arrays = [images[train], found.classes[train], images[test], found.classes[test]]
    return ImageData._make([printable(folder), *arrays, names])
