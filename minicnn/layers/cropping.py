"""The layer that cuts margins off images."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers.description import IndexMap, moves
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, channels_last, check_image_shape, shape_text
from minicnn.layers.zero_padding import margins


class Cropping2D(Layer):
    """Cut rows and columns off every image.

    Parameters
    ----------
    cropping : int, (int, int) or ((int, int), (int, int))
        Pixels to cut off: on all sides; rows and columns; or ((top, bottom), (left, right)).
    data_format : "channels_last", optional
        The only format supported.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If `cropping` has another form.
    ShapeError
        When called, if nothing of the image is left.

    Examples
    --------
    >>> Cropping2D(((0, 0), (1, 0)))(np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1)).ravel()
    array([2., 3.], dtype=float32)
    """

    family = "index_map"

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.cropping = margins("Cropping2D", "cropping", cropping)
        self.data_format = channels_last("Cropping2D", data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, rows, columns, channels)."""
        height, width, channels = check_image_shape(self.describe(), input_shape)
        rows, columns = (
            size and size - sum(cut)
            for size, cut in zip((height, width), self.cropping, strict=True)
        )
        if min(one for one in (rows, columns, 1) if one is not None) < 1:
            raise ShapeError(
                f"{self.describe()} cuts {self.cropping} off, which leaves nothing of images of "
                f"shape {shape_text(input_shape)}. Cut fewer rows and columns."
            )
        return (input_shape[0], rows, columns, channels)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, tuple[int, ...]]:
        """Cut the margins off."""
        (top, bottom), (left, right) = self.cropping
        return x[:, top : x.shape[1] - bottom, left : x.shape[2] - right], x.shape

    def backward(self, dy: ndarray, cache: tuple[int, ...]) -> tuple[ndarray, Gradients]:
        """Surround the gradient with zeros."""
        return np.pad(dy, ((0, 0), *self.cropping, (0, 0))), {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return which pixel each output is."""
        sizes: Any = input_shape[1:]
        height, width, channels = sizes
        pixels = np.arange(height * width).reshape(1, height, width, 1)
        return moves(self.forward(pixels)[0], channels)
