"""Pooling layers: each window of an image, or the whole image, is reduced to its maximum or mean."""

from typing import Any

from numpy import ndarray

from minicnn import ops
from minicnn.checks import boolean, choice, data_format_name
from minicnn.layers.description import IndexMap, window_map
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import (
    Pair,
    Shape,
    as_pair,
    check_image_shape,
    known_sizes,
    sliding_output_size,
    spatial,
)
from minicnn.ops.windows import PADDINGS

__all__ = [
    "AveragePooling2D",
    "AvgPool2D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool2D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling2D",
    "MaxPool2D",
    "MaxPooling2D",
]


class Pooling(Layer):
    """Base class of the pooling layers; parameters as in `MaxPooling2D`."""

    rank = 2  # spatial axes

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        kind = type(self).__name__
        self.pool_size = spatial(kind, "pool_size", pool_size, self.rank)
        strides = self.pool_size if strides is None else strides
        self.strides = spatial(kind, "strides", strides, self.rank)
        self.padding = choice(kind, "padding", padding, PADDINGS)
        self.data_format = data_format_name(kind, data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        rows, columns = sliding_output_size(self.describe(), "pool", input_shape, *self.window)
        return (input_shape[0], rows, columns, input_shape[3])

    @property
    def window(self) -> tuple[Pair, Pair, str]:
        """Size, strides and padding of the window, as the operations take them."""
        return as_pair(self.pool_size), as_pair(self.strides), self.padding

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        height, width, channels = known_sizes(input_shape)
        mean = self.family == "index_map"
        return window_map((height, width), *self.window, channels, mean=mean)

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's MaxPool or AveragePool, which counts only pixels of the image."""
        operator = "MaxPool" if self.family == "maximum" else "AveragePool"
        size, strides, padding = self.window
        return builder.sliding(
            operator, x, self.output_shape, window=size, strides=strides, padding=padding
        )


class MaximumPooling(Pooling):
    """Maximum of every window; base class."""

    family = "maximum"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        return ops.max_pool2d_forward(x, *self.window)

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Pass each gradient to the maximum of its window."""
        return ops.max_pool2d_backward(dy, cache), {}


class MeanPooling(Pooling):
    """Mean of every window; base class."""

    family = "index_map"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        return ops.average_pool2d_forward(x, *self.window)

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Distribute each gradient over its window."""
        return ops.average_pool2d_backward(dy, cache), {}


class MaxPooling2D(MaximumPooling):
    """Maximum of every window of an image.

    The arithmetic is `minicnn.ops.pooling.max_pool2d_forward`.

    Parameters
    ----------
    pool_size : int or (int, int)
        Height and width of the window, in pixels.
    strides : int or (int, int), optional
        Step from one window to the next; `pool_size` by default.
    padding : "valid" or "same"
        With "same", windows may extend beyond the border.
    data_format : "channels_last" or "channels_first", optional
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> MaxPooling2D(2)(np.arange(16).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)
    """


class AveragePooling2D(MeanPooling):
    """Mean of every window of an image; with "same", of its pixels inside the image.

    The arithmetic is `minicnn.ops.pooling.average_pool2d_forward`. Parameters as in
    `MaxPooling2D`.

    Examples
    --------
    >>> AveragePooling2D(2)(np.arange(16).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)
    """


class GlobalPooling(Layer):
    """Base class of the global pooling layers; parameters as in `GlobalAveragePooling2D`."""

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.data_format = data_format_name(type(self).__name__, data_format)
        self.keepdims = boolean(type(self).__name__, "keepdims", keepdims)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, channels), or (batch, 1, 1, channels) with `keepdims`."""
        _, _, channels = check_image_shape(self.describe(), input_shape)
        return (input_shape[0], 1, 1, channels) if self.keepdims else (input_shape[0], channels)

    def shaped(self, pooled: ndarray) -> ndarray:
        """Reshape (batch, 1, 1, channels) to the output."""
        return pooled if self.keepdims else pooled[:, 0, 0]

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        height, width, channels = known_sizes(input_shape)
        size, mean = (height, width), self.family == "index_map"
        return window_map(size, size, size, "valid", channels, True, mean)._replace(geometry=None)

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's ReduceMax or ReduceMean."""
        operator = "ReduceMax" if self.family == "maximum" else "ReduceMean"
        return builder.global_pool(operator, x, self.output_shape)


class GlobalMean(GlobalPooling):
    """Mean of every feature map; base class."""

    family = "index_map"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        y, cache = ops.average_pool2d_forward(x, x.shape[1:3], x.shape[1:3])
        return self.shaped(y), cache

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        return ops.average_pool2d_backward(dy.reshape(len(dy), 1, 1, dy.shape[-1]), cache), {}


class GlobalMaximum(GlobalPooling):
    """Maximum of every feature map; base class."""

    family = "maximum"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        y, cache = ops.global_max_pool2d_forward(x)
        return self.shaped(y), cache

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        return ops.global_max_pool2d_backward(dy.reshape(len(dy), 1, 1, dy.shape[-1]), cache), {}


class GlobalAveragePooling2D(GlobalMean):
    """Mean of every feature map.

    Parameters
    ----------
    data_format : "channels_last" or "channels_first", optional
    keepdims : bool
        Whether the output is (batch, 1, 1, channels), not (batch, channels).
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> GlobalAveragePooling2D()(np.arange(4).reshape(1, 2, 2, 1))
    array([[1.5]], dtype=float32)
    """


class GlobalMaxPooling2D(GlobalMaximum):
    """Maximum of every feature map; parameters as in `GlobalAveragePooling2D`.

    Examples
    --------
    >>> GlobalMaxPooling2D()(np.arange(4).reshape(1, 2, 2, 1))
    array([[3.]], dtype=float32)
    """


# Keras' other names
MaxPool2D, AvgPool2D = MaxPooling2D, AveragePooling2D
GlobalMaxPool2D, GlobalAvgPool2D = GlobalMaxPooling2D, GlobalAveragePooling2D
