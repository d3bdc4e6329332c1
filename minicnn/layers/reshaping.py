"""Layers that change only the shape."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.checks import integer
from minicnn.errors import ShapeError
from minicnn.layers.description import IndexMap, moves
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, channels_last, known_sizes, shape_text


class Rearranging(Layer):
    """Base class of `Flatten` and `Reshape`."""

    family = "index_map"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, tuple[int, ...]]:
        """Reshape."""
        shape = self.compute_output_shape(x.shape)
        return x.reshape([-1 if size is None else size for size in shape]), x.shape

    def backward(self, dy: ndarray, cache: tuple[int, ...]) -> tuple[ndarray, Gradients]:
        """Restore the shape of the input."""
        return dy.reshape(cache), {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return the identity: all numbers keep their order."""
        return moves(np.arange(math.prod(known_sizes(input_shape))))

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's Reshape."""
        return builder.reshape(x, self.output_shape)


class Flatten(Rearranging):
    """Flatten every example into one row.

    Parameters
    ----------
    data_format : "channels_last", optional
        The only format supported.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Examples
    --------
    >>> import numpy as np
    >>> Flatten()(np.zeros((2, 24, 24, 32))).shape
    (2, 18432)
    """

    family = "index_map"

    def __init__(self, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.data_format = channels_last("Flatten", data_format)

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's Flatten."""
        return builder.add("Flatten", builder.channels_last(x), axis=1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, features)."""
        batch, *sizes = input_shape
        return (batch, None if None in sizes else math.prod(sizes))  # type: ignore[arg-type]


class Reshape(Rearranging):
    """Reshape every example.

    Parameters
    ----------
    target_shape : tuple of int
        Without the batch axis; one size may be −1, computed from the others.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If `target_shape` contains anything but positive integers and one −1.

    Examples
    --------
    >>> import numpy as np
    >>> Reshape((28, 28, 1))(np.zeros((2, 784))).shape
    (2, 28, 28, 1)
    """

    family = "index_map"

    def __init__(self, target_shape: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        sizes = tuple(target_shape) if isinstance(target_shape, Sequence) else (target_shape,)
        if sizes.count(-1) > 1:
            raise ValueError(
                f"Reshape: target_shape must contain -1 at most once, got {target_shape!r}."
            )
        self.target_shape = tuple(
            size if size == -1 else integer("Reshape", "target_shape", size) for size in sizes
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(batch, *target_shape)``."""
        if any(size is None for size in input_shape[1:]):
            return (input_shape[0], *(None if size == -1 else size for size in self.target_shape))
        numbers = math.prod(size for size in input_shape[1:] if size is not None)
        known = math.prod(size for size in self.target_shape if size != -1)
        fits = numbers % known == 0 if -1 in self.target_shape else numbers == known
        if not fits:
            raise ShapeError(
                f"{self.describe()} has target_shape {self.target_shape}, which does not fit the "
                f"{numbers} elements of each example of shape {shape_text(input_shape)}."
            )
        return (
            input_shape[0],
            *(numbers // known if size == -1 else size for size in self.target_shape),
        )
