"""Layers that merge several inputs into one."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.checks import integer
from minicnn.errors import ShapeError
from minicnn.layers.activation import name_of_next
from minicnn.layers.description import IndexMap
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, shape_text

__all__ = [
    "Add",
    "Average",
    "Concatenate",
    "Maximum",
    "Minimum",
    "Multiply",
    "Subtract",
    "add",
    "average",
    "concatenate",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]


class Merge(Layer):
    """Base class of layers with several inputs, which are combined element by element.

    The shapes of the inputs are broadcast against each other, except for the batch.

    Parameters
    ----------
    **options : `name`, `dtype` as in `Layer`

    Raises
    ------
    ShapeError
        When called with fewer than two inputs, or with shapes that cannot be broadcast.
    """

    family = "merge"
    operation = ""  # of the terms of `index_map`: "sum", "maximum", "minimum" or "product"
    onnx_operator = ""
    ufunc: Any = None  # combines two inputs

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:  # type: ignore[override]
        shapes = several(self, input_shape)
        if len({len(shape) for shape in shapes}) > 1 or len({shape[0] for shape in shapes}) > 1:
            raise self._mismatch(shapes)
        sizes = [self._size(sizes, shapes) for sizes in zip(*shapes, strict=True)]
        return (shapes[0][0], *sizes[1:])

    def forward(self, x: list[ndarray], training: bool = False) -> tuple[ndarray, Any]:  # type: ignore[override]
        return self.combine(x), x

    def backward(self, dy: ndarray, cache: list[ndarray]) -> tuple[list[ndarray], Gradients]:
        """Return the gradient of each input; it is summed over the axes that were broadcast."""
        gradients = self.gradients(dy, cache)
        return [_unbroadcast(dx, x.shape) for dx, x in zip(gradients, cache, strict=True)], {}

    def combine(self, x: list[ndarray]) -> ndarray:
        """Return the output."""
        return reduce(self.ufunc, x)

    def gradients(self, dy: ndarray, x: list[ndarray]) -> list[ndarray]:
        """Return the gradient of each input, in the shape of `dy`."""
        raise NotImplementedError

    def index_map(self, input_shape: Any, training: bool = False) -> IndexMap:
        """Return which numbers make each output; the inputs are flat, one after the other."""
        sources = np.stack(np.broadcast_arrays(*places(input_shape)), axis=-1)
        alike = len(set(input_shape)) == 1
        rows = _rows(sources, len(input_shape), sources[..., 0].size if alike else 1)
        return IndexMap(*rows, factors=self.factors(rows[0].shape))

    def factors(self, shape: tuple[int, ...]) -> ndarray | None:
        """Return the factors of a map of a shape; None for 1."""
        return None

    def onnx(self, builder: Any, x: list[Any]) -> Any:
        """Add ONNX's operator of the same kind, for two inputs at a time if it takes no more."""
        return builder.merge(self.onnx_operator, x, self.output_shape)

    def _size(self, sizes: tuple[int | None, ...], shapes: Sequence[Shape]) -> int | None:
        known = {size for size in sizes if size not in (None, 1)}
        if len(known) > 1:
            raise self._mismatch(shapes)
        return known.pop() if known else (None if None in sizes else 1)

    def _mismatch(self, shapes: Sequence[Shape]) -> ShapeError:
        return ShapeError(
            f"{self.describe()} combines inputs of equal shapes, got "
            f"{' and '.join(map(shape_text, shapes))}."
        )


class Add(Merge):
    """Sum of the inputs; see `Merge`.

    Examples
    --------
    >>> Add()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[4., 6.]], dtype=float32)
    """

    operation, onnx_operator = "sum", "Sum"

    def forward_through(
        self, x: list[ndarray], following: Sequence[Layer], training: bool, caches: bool
    ) -> tuple[ndarray, Any, int]:
        """Add, also with a ReLU that follows."""
        activation = name_of_next(following)
        y = ops.add_forward(self.combine(x[:-1]), x[-1], activation)
        return y, (x, y, activation), int(activation == "relu")

    def forward(self, x: list[ndarray], training: bool = False) -> tuple[ndarray, Any]:  # type: ignore[override]
        return self.forward_through(x, [], training, True)[:2]

    def backward(self, dy: ndarray, cache: Any) -> tuple[list[ndarray], Gradients]:
        x, y, activation = cache
        return super().backward(ops.add_backward(dy, y, activation), x)

    def combine(self, x: list[ndarray]) -> ndarray:
        return reduce(ops.add_forward, x)

    def gradients(self, dy: ndarray, x: list[ndarray]) -> list[ndarray]:
        return [dy] * len(x)


class Average(Merge):
    """Mean of the inputs; see `Merge`.

    Examples
    --------
    >>> Average()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[2., 3.]], dtype=float32)
    """

    operation, onnx_operator = "sum", "Mean"

    def factors(self, shape: tuple[int, ...]) -> ndarray:
        return np.full(shape, 1 / shape[1])

    def combine(self, x: list[ndarray]) -> ndarray:
        return reduce(np.add, x) / len(x)

    def gradients(self, dy: ndarray, x: list[ndarray]) -> list[ndarray]:
        return [dy / len(x)] * len(x)


class Subtract(Merge):
    """The first input minus the second; see `Merge`.

    Examples
    --------
    >>> Subtract()([np.array([[5.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[ 2., -2.]], dtype=float32)
    """

    operation, onnx_operator, ufunc = "sum", "Sub", np.subtract

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:  # type: ignore[override]
        if len(input_shape) != 2:
            raise ShapeError(f"{self.describe()} takes 2 inputs, got {len(input_shape)}.")
        return super().compute_output_shape(input_shape)

    def factors(self, shape: tuple[int, ...]) -> ndarray:
        return np.broadcast_to([1.0, -1.0], shape)

    def gradients(self, dy: ndarray, x: list[ndarray]) -> list[ndarray]:
        return [dy, -dy]


class Multiply(Merge):
    """Product of the inputs; see `Merge`.

    Examples
    --------
    >>> Multiply()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[3., 8.]], dtype=float32)
    """

    operation, onnx_operator, ufunc = "product", "Mul", np.multiply

    def gradients(self, dy: ndarray, x: list[ndarray]) -> list[ndarray]:
        return [reduce(np.multiply, x[:i] + x[i + 1 :], dy) for i in range(len(x))]


class Maximum(Merge):
    """Largest of the inputs; see `Merge`.

    Equal inputs share the gradient as in TensorFlow: it all goes to the first of a pair.

    Examples
    --------
    >>> Maximum()([np.array([[1.0, 5.0]]), np.array([[3.0, 4.0]])])
    array([[3., 5.]], dtype=float32)
    """

    operation, onnx_operator = "maximum", "Max"
    ufunc: Any = np.maximum

    def gradients(self, dy: ndarray, x: list[ndarray]) -> list[ndarray]:
        y = self.combine(x)
        left = np.ones(y.shape, bool)
        gradients = []
        for one in x:
            chosen = left & (one == y)
            gradients.append(dy * chosen)
            left &= ~chosen
        return gradients


class Minimum(Maximum):
    """Smallest of the inputs; see `Maximum`.

    Examples
    --------
    >>> Minimum()([np.array([[1.0, 5.0]]), np.array([[3.0, 4.0]])])
    array([[1., 4.]], dtype=float32)
    """

    operation, onnx_operator, ufunc = "minimum", "Min", np.minimum


class Concatenate(Layer):
    """Join the inputs along an axis.

    Parameters
    ----------
    axis : int
        Not 0, the batch.
    **options : `name`, `dtype` as in `Layer`

    Raises
    ------
    ShapeError
        When called with fewer than two inputs, or with shapes that differ along other axes.

    Examples
    --------
    >>> Concatenate()([np.array([[1.0, 2.0]]), np.array([[3.0]])])
    array([[1., 2., 3.]], dtype=float32)
    """

    family, operation = "merge", "sum"

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = integer("Concatenate", "axis", axis, minimum=None)

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:  # type: ignore[override]
        shapes = several(self, input_shape)
        rank = len(shapes[0])
        axis = self.axis % rank if -rank <= self.axis < rank else 0
        if axis == 0:
            raise ShapeError(
                f"{self.describe()} joins along axis {self.axis}, got inputs of shape "
                f"{shape_text(shapes[0])}."
            )
        others = [(*shape[1:axis], *shape[axis + 1 :]) for shape in shapes]
        sizes = [{*of_axis} - {None} for of_axis in zip(*others, strict=False)]
        if len({len(shape) for shape in shapes}) > 1 or any(len(known) > 1 for known in sizes):
            raise ShapeError(
                f"{self.describe()} joins inputs along axis {self.axis}, and their other sizes must "
                f"be equal, got {' and '.join(map(shape_text, shapes))}."
            )
        joined = [shape[axis] for shape in shapes]
        shape = [shapes[0][0], *(known.pop() if known else None for known in sizes)]
        shape.insert(axis, None if None in joined else sum(size or 0 for size in joined))
        return tuple(shape)

    def forward(self, x: list[ndarray], training: bool = False) -> tuple[ndarray, Any]:  # type: ignore[override]
        return np.concatenate(x, self.axis), [one.shape[self.axis] for one in x]

    def backward(self, dy: ndarray, cache: list[int]) -> tuple[list[ndarray], Gradients]:
        return np.split(dy, np.cumsum(cache)[:-1], self.axis), {}

    def index_map(self, input_shape: Any, training: bool = False) -> IndexMap:
        """Return which number each output is; the inputs are flat, one after the other."""
        axis = self.axis % len(input_shape[0]) - 1
        after = int(np.prod(input_shape[0][axis + 2 :]))
        common = int(np.gcd.reduce([shape[axis + 1] for shape in input_shape]))
        return IndexMap(*_rows(np.concatenate(places(input_shape), axis), 1, common * after))

    def onnx(self, builder: Any, x: list[Any]) -> Any:
        """Add ONNX's Concat."""
        return builder.merge("Concat", x, self.output_shape, axis=self.axis)


def _function(layer: type[Layer]) -> Callable[..., Any]:
    """Return Keras' function of the same name: make the layer and call it."""

    def merge(inputs: Sequence[Any], **options: Any) -> Any:
        return layer(**options)(inputs)

    merge.__name__ = merge.__qualname__ = layer.__name__.lower()
    merge.__doc__ = (
        f"Call `{layer.__name__}` on the inputs: ``{layer.__name__}(**options)(inputs)``."
    )
    return merge


add, average, concatenate = map(_function, (Add, Average, Concatenate))
maximum, minimum = map(_function, (Maximum, Minimum))
multiply, subtract = map(_function, (Multiply, Subtract))


def several(layer: Layer, shapes: Any) -> list[Shape]:
    """Return the shapes of at least two inputs."""
    if not shapes or not isinstance(shapes[0], (tuple, list)) or len(shapes) < 2:
        raise ShapeError(
            f"{layer.describe()} merges at least two inputs: call it with a list, "
            f"{type(layer).__name__}()([a, b])."
        )
    return [tuple(shape) for shape in shapes]


def places(shapes: Sequence[Any]) -> list[ndarray]:
    """Return the places of each input's numbers among those of all inputs, in its shape."""
    ends = np.cumsum([0, *(np.prod(shape[1:]) for shape in shapes)]).astype(int)
    pairs = zip(ends, ends[1:], shapes, strict=False)
    return [np.arange(start, end).reshape(shape[1:]) for start, end, shape in pairs]


def _rows(sources: ndarray, terms: int, inner: int) -> tuple[ndarray, int]:
    """Return the sources of rows of `inner` numbers that stay together, and `inner`."""
    return sources.reshape(-1, inner, terms)[:, 0] // inner, inner


def _unbroadcast(gradient: ndarray, shape: tuple[int, ...]) -> ndarray:
    """Sum over the axes along which an input of `shape` was repeated."""
    if gradient.shape == shape:
        return gradient
    axes = tuple(i for i, size in enumerate(shape) if size == 1 and gradient.shape[i] != 1)
    return gradient.sum(axis=axes, keepdims=True)
