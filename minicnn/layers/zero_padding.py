"""Zero padding."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.checks import pair
from minicnn.layers.description import IndexMap, moves
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, channels_last, check_image_shape, known_sizes

Margin = tuple[int, int]


class ZeroPadding2D(Layer):
    """Pad every image with zeros.

    Parameters
    ----------
    padding : int, (int, int) or ((int, int), (int, int))
        Pixels to add: on all sides; rows and columns; or ((top, bottom), (left, right)).
    data_format : "channels_last", optional
        The only format supported.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If `padding` has another form.

    Examples
    --------
    >>> ZeroPadding2D(((1, 0), (0, 2)))(np.ones((1, 1, 1, 1)))[0, :, :, 0]
    array([[0., 0., 0.],
           [1., 0., 0.]], dtype=float32)
    """

    family = "index_map"

    def __init__(
        self, padding: Any = (1, 1), data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.padding = margins("ZeroPadding2D", "padding", padding)
        self.data_format = channels_last("ZeroPadding2D", data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, rows, columns, channels)."""
        height, width, channels = check_image_shape(self.describe(), input_shape)
        rows, columns = (
            None if size is None else size + sum(margin)
            for size, margin in zip((height, width), self.padding, strict=True)
        )
        return (input_shape[0], rows, columns, channels)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        """Pad."""
        return np.pad(x, ((0, 0), *self.padding, (0, 0))), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        """Crop the gradient."""
        (top, bottom), (left, right) = self.padding
        return dy[:, top : dy.shape[1] - bottom, left : dy.shape[2] - right], {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return which pixel each output is; −1 for the zeros."""
        check_image_shape(self.describe(), input_shape)
        height, width, channels = known_sizes(input_shape)
        pixels = np.arange(height * width).reshape(height, width)
        return moves(np.pad(pixels, self.padding, constant_values=-1), channels)

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's Pad."""
        return builder.pad(x, self.output_shape, self.padding)


def margins(owner: str, name: str, value: Any) -> tuple[Margin, Margin]:
    """Return ((top, bottom), (left, right))."""
    if isinstance(value, Sequence) and any(isinstance(one, Sequence) for one in value):
        if len(value) != 2:
            raise ValueError(
                f"{owner}: {name} must be ((top, bottom), (left, right)), got {value!r}."
            )
        rows, columns = (pair(owner, name, one, minimum=0) for one in value)
        return rows, columns
    down, across = pair(owner, name, value, minimum=0)
    return (down, down), (across, across)
