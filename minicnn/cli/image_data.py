"""The images that a command learns from or tests with: of a data set, or of a folder.

Whatever they come from, the models of the command line take pixels of 0, black, to 255, as picture
files hold them. So what was trained on any of them can be asked about a picture.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.datasets import digits, fashion_mnist, mnist

DIGITS_FULL_INK = 16  # of the built-in digits' pixels, as published


class ImageData(NamedTuple):
    """Images and labels to learn from and to test with."""

    title: str
    x_train: ndarray
    y_train: ndarray
    x_test: ndarray
    y_test: ndarray
    class_names: Sequence[str]

    @property
    def size(self) -> str:
        """Return height and width as people write them: ``"28×28"``."""
        return "×".join(str(length) for length in self.x_test.shape[1:3])

    def first(self, images: int | None) -> "ImageData":
        """Return at most so many images of both kinds; None: all."""
        return self._replace(
            x_train=self.x_train[:images],
            y_train=self.y_train[:images],
            x_test=self.x_test[:images],
            y_test=self.y_test[:images],
        )


def load_images(data: str) -> ImageData:
    """Load a data set, or the pictures of a folder."""
    if data in NAMED:
        return NAMED[data]()
    from minicnn.cli.picture_folder import load_folder

    return load_folder(data)


def _mnist() -> ImageData:
    return _grey("MNIST", mnist.load_data(), [str(digit) for digit in range(10)])


def _fashion_mnist() -> ImageData:
    return _grey("Fashion-MNIST", fashion_mnist.load_data(), fashion_mnist.CLASS_NAMES)


def _digits() -> ImageData:
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    x_train, x_test = (
        (images.astype(np.uint16) * 255 // DIGITS_FULL_INK).astype(np.uint8)
        for images in (x_train, x_test)
    )
    names = [str(digit) for digit in range(10)]
    return _grey("the built-in digits", ((x_train, y_train), (x_test, y_test)), names)


def _grey(title: str, arrays: digits.Arrays, class_names: Sequence[str]) -> ImageData:
    """Give grey images their channel axis."""
    (x_train, y_train), (x_test, y_test) = arrays
    return ImageData(
        title, x_train[..., np.newaxis], y_train, x_test[..., np.newaxis], y_test, class_names
    )


NAMED: dict[str, Callable[[], ImageData]] = {
    "mnist": _mnist,
    "fashion_mnist": _fashion_mnist,
    "digits": _digits,
}
"""The data sets that have a name."""
