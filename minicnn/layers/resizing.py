"""Layers that bring images to a fixed size."""

from typing import Any

import numpy as np

from minicnn.checks import boolean, choice, data_format_name, finite_number, integer
from minicnn.layers.random_layer import NEW_IN_KERAS_3
from minicnn.layers.resampling import INTERPOLATIONS, Resampling, Samples, locate, resize_positions
from minicnn.layers.shapes import Shape, check_image_shape


class FixedSize(Resampling):
    """A layer that makes images of a fixed size; base class."""

    omitted_defaults = NEW_IN_KERAS_3

    def __init__(
        self, height: int, width: int, data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        kind = type(self).__name__
        self.height = integer(kind, "height", height)
        self.width = integer(kind, "width", width)
        self.data_format = data_format_name(kind, data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        channels = check_image_shape(self.describe(), input_shape)[2]
        return (input_shape[0], self.height, self.width, channels)


class Resizing(FixedSize):
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
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Raises
    ------
    ValueError
        If an argument is invalid, or if both ways of keeping the aspect ratio are chosen.

    Examples
    --------
    >>> Resizing(1, 4)(np.array([0.0, 4.0]).reshape(1, 1, 2, 1)).ravel()
    array([0., 1., 3., 4.], dtype=float32)
    """

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
        super().__init__(height, width, data_format, **options)
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

    def _samples(self, shape: tuple[int, ...]) -> Samples:
        return resized(
            shape[1:3], (self.height, self.width), self.interpolation,
            self.crop_to_aspect_ratio, self.pad_to_aspect_ratio,
        )  # fmt: skip


class CenterCrop(FixedSize):
    """Cut the centre out of images; smaller images are resized.

    Parameters
    ----------
    height, width : int
        New size in pixels.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> CenterCrop(1, 2)(np.arange(4.0).reshape(1, 1, 4, 1)).ravel()
    array([1., 2.], dtype=float32)
    """

    def _samples(self, shape: tuple[int, ...]) -> Samples:
        _, height, width = shape[:3]
        top, left = (height - self.height) // 2, (width - self.width) // 2
        if top < 0 or left < 0:
            return resized((height, width), (self.height, self.width), "bilinear", crop=True)
        rows, columns = np.mgrid[top : top + self.height, left : left + self.width]
        return locate(rows[np.newaxis], columns[np.newaxis], (height, width), "nearest", "constant")


def resized(
    size: tuple[int, ...],
    new_size: tuple[int, int],
    interpolation: str,
    crop: bool = False,
    pad: bool = False,
) -> Samples:
    """Return the samples that resize images, after cropping or padding to the new aspect ratio."""
    offset, inner = [0, 0], [*size]
    for axis in (0, 1):
        fitting = int(size[1 - axis] * new_size[axis] / new_size[1 - axis])
        if crop:
            inner[axis] = max(min(size[axis], fitting), 1)
            offset[axis] = (size[axis] - inner[axis]) // 2
        elif pad:
            offset[axis] = -((max(size[axis], fitting) - size[axis]) // 2)
            inner[axis] = size[axis] - 2 * offset[axis]
    rows, columns = resize_positions((inner[0], inner[1]), new_size)
    rows = np.clip(rows, 0, inner[0] - 1) + offset[0]
    columns = np.clip(columns, 0, inner[1] - 1) + offset[1]
    return locate(rows, columns, (size[0], size[1]), interpolation, "constant")
