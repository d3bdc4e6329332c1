"""Global pooling: each feature map is reduced to one number."""

from typing import Any

from numpy import ndarray

from minicnn import ops
from minicnn.checks import boolean, data_format_name
from minicnn.layers.description import IndexMap, mean_of, window_map
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, check_image_shape, known_sizes


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
        """Return all pixels, as one window."""
        height, width, channels = known_sizes(input_shape)
        size: Any = (height, width)
        return window_map(size, size, size, "valid", channels, all_winners=True)._replace(
            geometry=None
        )

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's ReduceMax or ReduceMean."""
        operator = "ReduceMax" if self.family == "maximum" else "ReduceMean"
        return builder.global_pool(operator, x, self.output_shape)


class GlobalMean(GlobalPooling):
    """Mean of every feature map; base class."""

    family = "index_map"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Pool with one window, as large as the image."""
        y, cache = ops.average_pool2d_forward(x, x.shape[1:3], x.shape[1:3])
        return self.shaped(y), cache

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Distribute each gradient over all pixels."""
        batch, channels = dy.shape[0], dy.shape[-1]
        return ops.average_pool2d_backward(dy.reshape(batch, 1, 1, channels), cache), {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return all pixels, with the factors of their mean."""
        return mean_of(super().index_map(input_shape))


class GlobalMaximum(GlobalPooling):
    """Maximum of every feature map; base class."""

    family = "maximum"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Pool with one window, as large as the image."""
        y, cache = ops.global_max_pool2d_forward(x)
        return self.shaped(y), cache

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Pass each gradient to the maximum."""
        batch, channels = dy.shape[0], dy.shape[-1]
        return ops.global_max_pool2d_backward(dy.reshape(batch, 1, 1, channels), cache), {}


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
