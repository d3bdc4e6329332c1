"""The layer that enlarges images."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.checks import choice, data_format_name, pair
from minicnn.layers.description import IndexMap, moves
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, check_image_shape
from minicnn.ops.windows import INTERPOLATIONS, linear_neighbours


class UpSampling2D(Layer):
    """Enlarge images by whole factors.

    The arithmetic is `minicnn.ops.upsampling.upsample2d_forward`.

    Parameters
    ----------
    size : int or (int, int)
        Factors for rows and columns.
    data_format : "channels_last" or "channels_first", optional
    interpolation : "nearest" or "bilinear"
        Repeat each pixel, or interpolate between pixels.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> UpSampling2D((1, 2))(np.array([[1.0, 2.0]]).reshape(1, 1, 2, 1)).ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """

    family = "index_map"

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.size = pair("UpSampling2D", "size", size)
        self.data_format = data_format_name("UpSampling2D", data_format)
        self.interpolation = choice("UpSampling2D", "interpolation", interpolation, INTERPOLATIONS)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        height, width, channels = check_image_shape(self.describe(), input_shape)
        rows, columns = (
            n and n * factor for n, factor in zip((height, width), self.size, strict=True)
        )
        return (input_shape[0], rows, columns, channels)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        return ops.upsample2d_forward(x, self.size, self.interpolation)

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Sum the gradients of all pixels that an input pixel contributed to."""
        return ops.upsample2d_backward(dy, cache), {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return the pixel that each output repeats, or the four that it lies between."""
        sizes: Any = input_shape[1:]
        height, width, channels = sizes
        pixels = np.arange(height * width).reshape(height, width)
        if self.interpolation == "nearest":
            return moves(np.kron(pixels, np.ones(self.size, int)), channels)
        (rows, down), (columns, across) = (
            linear_neighbours(count, factor)
            for count, factor in zip((height, width), self.size, strict=True)
        )
        sources = pixels[rows[:, None, :, None], columns[None, :, None, :]]
        factors = down[:, None, :, None] * across[None, :, None, :]
        return IndexMap(sources.reshape(-1, 4), channels, factors.reshape(-1, 4), window=(2, 2))

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's Resize, which uses the same centres."""
        x = builder.channels_first(x)
        scales = builder.constant("scales", [1, 1, *self.size])
        linear = self.interpolation == "bilinear"
        return builder.add(
            "Resize", x, "", scales, mode="linear" if linear else "nearest",
            coordinate_transformation_mode="half_pixel" if linear else "asymmetric",
            nearest_mode="floor",
        )  # fmt: skip
