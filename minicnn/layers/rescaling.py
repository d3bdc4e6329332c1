"""Rescaling."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers.description import Elementwise
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, shape_text


class Rescaling(Layer):
    """Multiply and shift the input: ``y = x·scale + offset``.

    Parameters
    ----------
    scale, offset : float, or array with one number for each channel
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Raises
    ------
    ValueError
        If `scale` or `offset` is not a finite number or an array of them.
    ShapeError
        When called, if there is neither one number nor one for each channel.

    Examples
    --------
    Pixels from 0…255 to 0…1:

    >>> Rescaling(1 / 255)(np.array([[0, 255]]))
    array([[0., 1.]], dtype=float32)
    """

    family = "elementwise"

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale = _numbers("scale", scale)
        self.offset = _numbers("offset", offset)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        for name, numbers in (("scale", self.scale), ("offset", self.offset)):
            if input_shape[-1] and np.shape(numbers) not in ((), (1,), input_shape[-1:]):
                raise ShapeError(
                    f"{self.describe()}: {name} must be one number or one for each channel, got "
                    f"{np.size(numbers)} for an input of shape {shape_text(input_shape)}."
                )
        return tuple(input_shape)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        return x * self._factor() + np.asarray(self.offset, self.dtype), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        return dy * self._factor(), {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        return Elementwise(self.scale, self.offset)

    def _factor(self) -> ndarray:
        return np.asarray(self.scale, self.dtype)


def _numbers(name: str, value: Any) -> Any:
    """Check a number, or an array of them, and return it unchanged."""
    try:
        finite = bool(np.isfinite(np.asarray(value, np.float64)).all())
    except (TypeError, ValueError):
        finite = False
    if value is None or not finite:
        raise ValueError(f"Rescaling: {name} must be a number or an array of them, got {value!r}.")
    return value
