"""Global pooling layers: each feature map shrinks to one number."""

from typing import Any

from numpy import ndarray

from minicnn import ops
from minicnn.layers.arguments import Shape, channels_last
from minicnn.layers.description import IndexMap, mean_of, window_map
from minicnn.layers.images import images_only
from minicnn.layers.layer import Gradients, Layer


class GlobalPooling2D(Layer):
    """What both global poolings share: pooling with a window as large as the image.

    Parameters
    ----------
    data_format : "channels_last", optional
        There is no other.
    keepdims : bool
        Whether the output is (batch, 1, 1, channels), not (batch, channels).
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.
    """

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.data_format = channels_last(type(self).__name__, data_format)
        self.keepdims = bool(keepdims)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, channels), or (batch, 1, 1, channels) with `keepdims`."""
        _, _, channels = images_only(self, input_shape)
        return (input_shape[0], 1, 1, channels) if self.keepdims else (input_shape[0], channels)

    def shaped(self, pooled: ndarray) -> ndarray:
        """Return (batch, 1, 1, channels) in the output's shape."""
        return pooled if self.keepdims else pooled[:, 0, 0]

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return all pixels, as one window."""
        height, width, channels = input_shape[1:]
        size: Any = (height, width)
        return window_map(size, size, size, "valid", channels, all_winners=True)._replace(  # type: ignore[arg-type]
            geometry=None
        )

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's ReduceMax or ReduceMean."""
        operator = "ReduceMax" if self.family == "maximum" else "ReduceMean"
        return builder.global_pool(operator, x, self.output_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return super().get_config() | {"data_format": self.data_format, "keepdims": self.keepdims}


class GlobalAveragePooling2D(GlobalPooling2D):
    """Takes the mean of every feature map; arguments as in `GlobalPooling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> GlobalAveragePooling2D()(np.arange(4).reshape(1, 2, 2, 1))
    array([[1.5]], dtype=float32)
    """

    family = "index_map"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Pool with one window, as large as the image."""
        y, cache = ops.average_pool2d_forward(x, x.shape[1:3], x.shape[1:3])
        return self.shaped(y), cache

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Share each gradient among all cells."""
        batch, channels = dy.shape[0], dy.shape[-1]
        return ops.average_pool2d_backward(dy.reshape(batch, 1, 1, channels), cache), {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return all pixels, whose mean it is."""
        return mean_of(super().index_map(input_shape))


class GlobalMaxPooling2D(GlobalPooling2D):
    """Keeps the largest cell of every feature map; arguments as in `GlobalPooling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> GlobalMaxPooling2D()(np.arange(4).reshape(1, 2, 2, 1))
    array([[3.]], dtype=float32)
    """

    family = "maximum"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Pool with one window, as large as the image."""
        y, cache = ops.global_max_pool2d_forward(x)
        return self.shaped(y), cache

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Send each gradient to the cells that won."""
        batch, channels = dy.shape[0], dy.shape[-1]
        return ops.global_max_pool2d_backward(dy.reshape(batch, 1, 1, channels), cache), {}
