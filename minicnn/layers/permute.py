"""The layer that reorders axes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers.description import IndexMap, moves
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, shape_text


class Permute(Layer):
    """Reorder the axes of every example, as ``np.transpose`` does.

    Parameters
    ----------
    dims : tuple of int
        For each axis of the output the axis of the input, counted from 1: ``(2, 1)`` swaps two.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If `dims` is not a permutation of 1, 2, …
    ShapeError
        When called, if the input has another number of axes.

    Examples
    --------
    >>> Permute((2, 1))(np.zeros((1, 3, 5))).shape
    (1, 5, 3)
    """

    family = "index_map"

    def __init__(self, dims: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.dims = tuple(dims) if isinstance(dims, (Sequence, np.ndarray)) else (dims,)
        if sorted(self.dims, key=repr) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                "Permute: dims must be a permutation of the axes counted from 1, such as (2, 1, 3), "
                f"got {dims!r}."
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the sizes in their new order."""
        if len(input_shape) != len(self.dims) + 1:
            raise ShapeError(
                f"{self.describe()} reorders {len(self.dims)} axes, got an input of shape "
                f"{shape_text(input_shape)}."
            )
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        """Transpose."""
        return np.ascontiguousarray(x.transpose(0, *self.dims)), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        """Transpose back."""
        return np.ascontiguousarray(dy.transpose(0, *(np.argsort(self.dims) + 1))), {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return which number each output is."""
        sizes: Any = input_shape[1:]
        numbers = np.arange(np.prod(sizes)).reshape(sizes)
        return moves(numbers.transpose([axis - 1 for axis in self.dims]))

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's Transpose."""
        return builder.add("Transpose", builder.channels_last(x), perm=(0, *self.dims))
