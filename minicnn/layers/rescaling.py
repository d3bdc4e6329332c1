"""The layer that brings pixels into another range."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers.arguments import Shape, size_text
from minicnn.layers.description import Elementwise
from minicnn.layers.layer import Gradients, Layer


class Rescaling(Layer):
    """Multiplies and shifts: ``y = x·scale + offset``.

    Parameters
    ----------
    scale, offset : float, or array of one number a channel
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ShapeError
        When called, if there are neither one nor as many numbers as channels.

    Examples
    --------
    Pixels from 0…255 to 0…1:

    >>> Rescaling(1 / 255)(np.array([[0, 255]]))
    array([[0., 1.]], dtype=float32)
    """

    family = "elementwise"

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale, self.offset = scale, offset

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        for name, numbers in (("scale", self.scale), ("offset", self.offset)):
            if input_shape[-1] and np.shape(numbers) not in ((), (1,), input_shape[-1:]):
                raise ShapeError(
                    f"{self.describe()} takes {name} as one number or one a channel, got "
                    f"{np.size(numbers)} for an input of shape {size_text(input_shape)}."
                )
        return tuple(input_shape)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        """Multiply and shift."""
        return x * self._factor() + np.asarray(self.offset, self.dtype), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        """Multiply the gradient by the scale."""
        return dy * self._factor(), {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        """Return scale and offset."""
        return Elementwise(self.scale, self.offset)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return super().get_config() | {
            "scale": np.asarray(self.scale).tolist(),
            "offset": np.asarray(self.offset).tolist(),
        }

    def _factor(self) -> ndarray:
        return np.asarray(self.scale, self.dtype)
