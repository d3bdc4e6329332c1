"""Pooling layers: each window of the image is reduced to its maximum or its mean."""

from typing import Any, NamedTuple

from numpy import ndarray

from minicnn import ops
from minicnn.checks import choice, pair
from minicnn.layers.description import IndexMap, mean_of, window_map
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, channels_last, sliding_output_size
from minicnn.ops.windows import PADDINGS


class Pooling2D(Layer):
    """Base class of the pooling layers: the window, its strides and the shape of the output.

    Parameters
    ----------
    pool_size : int or (int, int)
        Height and width of the window, in pixels.
    strides : int or (int, int), optional
        Step from one window to the next; `pool_size` by default.
    padding : "valid" or "same"
        With "same", windows may extend beyond the border.
    data_format : "channels_last", optional
        The only format supported.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If a size is not a positive integer, or an argument is unknown.
    """

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        kind = type(self).__name__
        self.pool_size = pair(kind, "pool_size", pool_size)
        self.strides = self.pool_size if strides is None else pair(kind, "strides", strides)
        self.padding = choice(kind, "padding", padding, PADDINGS)
        self.data_format = channels_last(kind, data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, rows, columns, channels)."""
        rows, columns = sliding_output_size(
            self.describe(), "pool", input_shape, self.pool_size, self.strides, self.padding
        )
        return (input_shape[0], rows, columns, input_shape[3])

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return which pixels lie in each window."""
        height, width, channels = input_shape[1:]
        return window_map((height, width), self.pool_size, self.strides, self.padding, channels)  # type: ignore[arg-type]

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's MaxPool or AveragePool, which counts only pixels of the image."""
        operator = "MaxPool" if self.family == "maximum" else "AveragePool"
        return builder.sliding(
            operator, x, self.output_shape, window=self.pool_size, strides=self.strides,
            padding=self.padding,
        )  # fmt: skip


class MaxPooling2D(Pooling2D):
    """Maximum of every window; parameters as in `Pooling2D`.

    The arithmetic is `minicnn.ops.pooling.max_pool2d_forward`.

    Examples
    --------
    >>> import numpy as np
    >>> MaxPooling2D(2)(np.arange(16).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)
    """

    family = "maximum"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, NamedTuple]:
        """Compute the maximum of every window."""
        return ops.max_pool2d_forward(x, self.pool_size, self.strides, self.padding)

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Pass each gradient to the maximum of its window."""
        return ops.max_pool2d_backward(dy, cache), {}


class AveragePooling2D(Pooling2D):
    """Mean of every window; parameters as in `Pooling2D`.

    The arithmetic is `minicnn.ops.pooling.average_pool2d_forward`.

    Examples
    --------
    >>> import numpy as np
    >>> AveragePooling2D(2)(np.arange(16).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)
    """

    family = "index_map"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, NamedTuple]:
        """Compute the mean of every window."""
        return ops.average_pool2d_forward(x, self.pool_size, self.strides, self.padding)

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Distribute each gradient over its window."""
        return ops.average_pool2d_backward(dy, cache), {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return which pixels each mean is over."""
        return mean_of(super().index_map(input_shape))
