"""Layers that bring images to a fixed size."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.checks import boolean, choice, finite_number, integer
from minicnn.layers.description import IndexMap, moves
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.random_images import to_index_map
from minicnn.layers.random_layer import omit_defaults
from minicnn.layers.resampling import (
    INTERPOLATIONS,
    Samples,
    locate,
    resize_positions,
    sample,
    sample_backward,
)
from minicnn.layers.shapes import Shape, channels_last, check_image_shape, known_sizes


class Resizing(Layer):
    """Resize images to a fixed size.

    Parameters
    ----------
    height, width : int
        New size in pixels.
    interpolation : "bilinear" or "nearest"
    crop_to_aspect_ratio : bool
        Whether to cut off borders, rather than to distort the image.
    pad_to_aspect_ratio : bool
        Whether to add borders, rather than to distort the image.
    fill_value : float
        Value of added borders.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If an argument is invalid, or if both ways of keeping the aspect ratio are chosen.

    Examples
    --------
    >>> Resizing(1, 4)(np.array([0.0, 4.0]).reshape(1, 1, 2, 1)).ravel()
    array([0., 1., 3., 4.], dtype=float32)
    """

    family = "index_map"

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.height = integer("Resizing", "height", height)
        self.width = integer("Resizing", "width", width)
        self.interpolation = choice("Resizing", "interpolation", interpolation, INTERPOLATIONS)
        self.crop_to_aspect_ratio = boolean(
            "Resizing", "crop_to_aspect_ratio", crop_to_aspect_ratio
        )
        self.pad_to_aspect_ratio = boolean("Resizing", "pad_to_aspect_ratio", pad_to_aspect_ratio)
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ValueError(
                "Resizing: choose crop_to_aspect_ratio or pad_to_aspect_ratio, not both."
            )
        self.fill_value = finite_number("Resizing", "fill_value", fill_value)
        if pad_to_aspect_ratio and fill_value:
            self.family = "custom"  # an index map pads with 0
        self.data_format = channels_last("Resizing", data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, height, width, channels)."""
        channels = check_image_shape(self.describe(), input_shape)[2]
        return (input_shape[0], self.height, self.width, channels)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Resize the images."""
        samples = self._samples(x.shape[1], x.shape[2])
        return sample(x, samples, self.fill_value), (samples, x.shape)

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Pass the gradients back to the pixels that were read."""
        return sample_backward(dy, *cache), {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return the pixels that each output lies between."""
        check_image_shape(self.describe(), input_shape)
        height, width, channels = known_sizes(input_shape)
        pixels = np.arange(height * width).reshape(height, width)
        rows, columns, weights = self._samples(height, width)
        return to_index_map(pixels[rows[0], columns[0]], weights[0], channels)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return omit_defaults(super().get_config())

    def _samples(self, height: int, width: int) -> Samples:
        size, new_size = [height, width], (self.height, self.width)
        offset = [0, 0]
        for axis in (0, 1):  # the size that has the new aspect ratio
            fitting = int(size[1 - axis] * new_size[axis] / new_size[1 - axis])
            if self.crop_to_aspect_ratio:
                offset[axis] = int((size[axis] - max(min(size[axis], fitting), 1)) / 2)
            elif self.pad_to_aspect_ratio:
                offset[axis] = -int((max(size[axis], fitting) - size[axis]) / 2)
        inner = [n - 2 * start for n, start in zip(size, offset, strict=True)]
        if self.crop_to_aspect_ratio:
            inner = [
                max(min(size[axis], int(size[1 - axis] * new_size[axis] / new_size[1 - axis])), 1)
                for axis in (0, 1)
            ]
        rows, columns = resize_positions((inner[0], inner[1]), new_size)
        rows = np.clip(rows, 0, inner[0] - 1) + offset[0]
        columns = np.clip(columns, 0, inner[1] - 1) + offset[1]
        return locate(rows, columns, (height, width), self.interpolation, "constant")


class CenterCrop(Layer):
    """Cut the centre out of images; smaller images are resized.

    Parameters
    ----------
    height, width : int
        New size in pixels.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If `height` or `width` is not an integer >= 1.

    Examples
    --------
    >>> CenterCrop(1, 2)(np.arange(4.0).reshape(1, 1, 4, 1)).ravel()
    array([1., 2.], dtype=float32)
    """

    family = "index_map"

    def __init__(
        self, height: int, width: int, data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.height = integer("CenterCrop", "height", height)
        self.width = integer("CenterCrop", "width", width)
        self.data_format = channels_last("CenterCrop", data_format)
        self._resizing = Resizing(height, width, crop_to_aspect_ratio=True, name=self.name)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, height, width, channels)."""
        channels = check_image_shape(self.describe(), input_shape)[2]
        return (input_shape[0], self.height, self.width, channels)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Cut the centre out."""
        top, left = (x.shape[1] - self.height) // 2, (x.shape[2] - self.width) // 2
        if top < 0 or left < 0:
            return self._resizing.forward(x)
        return x[:, top : top + self.height, left : left + self.width], (top, left, x.shape)

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Surround the gradient with zeros."""
        if len(cache) == 2:
            return self._resizing.backward(dy, cache)
        top, left, shape = cache
        dx = np.zeros(shape, dy.dtype)
        dx[:, top : top + self.height, left : left + self.width] = dy
        return dx, {}

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return omit_defaults(super().get_config())

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return which pixel each output is."""
        check_image_shape(self.describe(), input_shape)
        height, width, channels = known_sizes(input_shape)
        if height < self.height or width < self.width:
            return self._resizing.index_map(input_shape)
        pixels = np.arange(height * width).reshape(1, height, width, 1)
        return moves(self.forward(pixels)[0], channels)
