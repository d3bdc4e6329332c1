"""Products of the examples of two inputs."""

from collections.abc import Sequence
from string import ascii_lowercase
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.checks import boolean, integer
from minicnn.errors import ShapeError
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.merging import places, several
from minicnn.layers.shapes import Shape, shape_text

EPSILON = 1e-7


class Dot(Layer):
    """Dot products along one axis of each of two inputs, example by example.

    Parameters
    ----------
    axes : int or (int, int)
        Axis of both inputs, or of each. Not 0, the batch.
    normalize : bool
        Whether to divide by the lengths along the axis first, which returns cosines.
    **options : `name`, `dtype` as in `Layer`

    Raises
    ------
    ShapeError
        When called with other than two inputs, or with different sizes of the axes.

    Examples
    --------
    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[11.]], dtype=float32)
    >>> Dot(axes=(2, 1))([np.ones((1, 3, 4)), np.ones((1, 4, 5))]).shape
    (1, 3, 5)
    """

    family = "merge"

    def __init__(self, axes: Any, normalize: bool = False, **options: Any) -> None:
        super().__init__(**options)
        pair = axes if isinstance(axes, (list, tuple)) else (axes, axes)
        if len(pair) != 2:
            raise ValueError(f"Dot: axes must be an integer or a pair of integers, got {axes!r}.")
        self.axes = tuple(integer("Dot", "axes", axis, minimum=None) for axis in pair)
        self.normalize = boolean("Dot", "normalize", normalize)

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:  # type: ignore[override]
        """Return the axes that are left of the first input, then of the second."""
        shapes = several(self, input_shape)
        if len(shapes) != 2:
            raise ShapeError(f"{self.describe()} takes 2 inputs, got {len(shapes)}.")
        axes = [axis % len(one) if -len(one) <= axis < len(one) else 0 for one, axis in
                  zip(shapes, self.axes, strict=True)]  # fmt: skip
        sizes = {one[axis] for one, axis in zip(shapes, axes, strict=True)} - {None}
        if 0 in axes or len(sizes) > 1:
            raise ShapeError(
                f"{self.describe()} multiplies along the axes {self.axes}, which must have equal sizes, "
                f"got {' and '.join(map(shape_text, shapes))}."
            )
        left = [
            [size for i, size in enumerate(one) if i not in (0, axis)]
            for one, axis in zip(shapes, axes, strict=True)
        ]
        return (shapes[0][0], *(left[0] + left[1] or [1]))

    def forward(self, x: list[ndarray], training: bool = False) -> tuple[ndarray, Any]:  # type: ignore[override]
        norms = []
        if self.normalize:
            norms = [
                np.maximum(np.linalg.norm(one, axis=axis, keepdims=True), EPSILON)
                for one, axis in zip(x, self.axes, strict=True)
            ]
            x = [one / norm for one, norm in zip(x, norms, strict=True)]
        y = np.einsum(self._equation([one.ndim for one in x]), *x)
        return y.reshape(len(y), -1) if y.ndim == 1 else y, (x, norms)

    def backward(self, dy: ndarray, cache: Any) -> tuple[list[ndarray], Gradients]:
        x, norms = cache
        inputs, output = self._equation([one.ndim for one in x]).split("->")
        first, second = inputs.split(",")
        dy = dy.reshape(dy.shape[: len(output)])
        dxs = [
            np.einsum(f"{output},{second}->{first}", dy, x[1]),
            np.einsum(f"{output},{first}->{second}", dy, x[0]),
        ]
        if self.normalize:
            for i, axis in enumerate(self.axes):
                along = (dxs[i] * x[i]).sum(axis=axis, keepdims=True)
                dxs[i] = (dxs[i] - along * x[i]) / norms[i]
        return dxs, {}

    def products(self, input_shape: Sequence[Shape]) -> ndarray | None:
        """Return the places of the two factors of each term of each output; None if normalized.

        Shape (outputs, terms, 2), among the numbers of both inputs, flat, one after the other.
        """
        if self.normalize:
            return None
        moved = [
            np.moveaxis(numbers, axis - (axis > 0), -1)
            for numbers, axis in zip(places(input_shape), self.axes, strict=True)
        ]
        first, second = (one.reshape(-1, one.shape[-1]) for one in moved)
        pairs = np.broadcast_arrays(first[:, None], second[None])
        return np.stack(pairs, axis=-1).reshape(-1, first.shape[-1], 2)

    def onnx(self, builder: Any, x: list[Any]) -> Any:
        """Add ONNX's Einsum."""
        equation = self._equation([one.rank for one in x])
        if self.normalize:
            x = [
                builder.add("LpNormalization", builder.channels_last(one), axis=axis, p=2)
                for one, axis in zip(x, self.axes, strict=True)
            ]
        y = builder.merge("Einsum", x, self.output_shape, equation=equation)
        return builder.reshape(y, self.output_shape)

    def _equation(self, ranks: list[int]) -> str:
        """Return the product in the notation of `numpy.einsum`."""
        first = ascii_lowercase[: ranks[0]]
        second = list(first[0] + ascii_lowercase[ranks[0] : ranks[0] + ranks[1] - 1])
        shared = first[self.axes[0]]
        second[self.axes[1]] = shared
        output = [letter for letter in first + "".join(second[1:]) if letter != shared]
        return f"{first},{''.join(second)}->{''.join(output)}"


def dot(inputs: Sequence[Any], axes: Any = -1, **options: Any) -> Any:
    """Call `Dot` on the inputs: ``Dot(axes, **options)(inputs)``."""
    return Dot(axes, **options)(inputs)
