"""The layer that brings pixels into another range."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.layers.layer import Gradients, Layer


class Rescaling(Layer):
    """Multiplies and shifts: ``y = x·scale + offset``.

    Parameters
    ----------
    scale, offset : float, or array of one number a channel
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Examples
    --------
    Pixels from 0…255 to 0…1:

    >>> Rescaling(1 / 255)(np.array([[0, 255]]))
    array([[0., 1.]], dtype=float32)
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale, self.offset = scale, offset

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        """Multiply and shift."""
        return x * self._factor() + np.asarray(self.offset, self.dtype), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        """Multiply the gradient by the scale."""
        return dy * self._factor(), {}

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return super().get_config() | {
            "scale": np.asarray(self.scale).tolist(),
            "offset": np.asarray(self.offset).tolist(),
        }

    def _factor(self) -> ndarray:
        return np.asarray(self.scale, self.dtype)
