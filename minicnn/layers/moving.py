"""Layers that move the elements of their input, and the family's base class."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.checks import axes, data_format_name, integer, pair
from minicnn.errors import ShapeError
from minicnn.layers.description import IndexMap, moves
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, check_image_shape, known_sizes, shape_text

__all__ = ["Cropping2D", "Flatten", "Permute", "Reshape", "ZeroPadding2D"]

Margin = tuple[int, int]


class Moving(Layer):
    """Base class of layers that copy one input, or 0, to each output.

    A subclass defines shapes, `forward` and `backward`. The index map follows from passing indices.
    """

    family = "index_map"
    moves_channels_together = True

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return which input each output is; −1 for a zero."""
        self.compute_output_shape(input_shape)  # raises if the shape does not fit
        sizes = known_sizes(input_shape)
        channels = sizes[-1] if self.moves_channels_together else 1
        one_channel = (*sizes[:-1], sizes[-1] // channels)
        indices = np.arange(math.prod(one_channel)).reshape(1, *one_channel)
        return moves(self.forward(indices + 1)[0] - 1, channels)


class ZeroPadding2D(Moving):
    """Pad every image with zeros.

    Parameters
    ----------
    padding : int, (int, int) or ((int, int), (int, int))
        Pixels to add: on all sides; rows and columns; or ((top, bottom), (left, right)).
    data_format : "channels_last" or "channels_first", optional
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> ZeroPadding2D(((1, 0), (0, 2)))(np.ones((1, 1, 1, 1)))[0, :, :, 0]
    array([[0., 0., 0.],
           [1., 0., 0.]], dtype=float32)
    """

    def __init__(
        self, padding: Any = (1, 1), data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.padding = margins("ZeroPadding2D", "padding", padding)
        self.data_format = data_format_name("ZeroPadding2D", data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return changed_sizes(self.describe(), input_shape, self.padding, +1)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        return np.pad(x, ((0, 0), *self.padding, (0, 0))), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        return crop(dy, self.padding), {}

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's Pad."""
        return builder.pad(x, self.output_shape, self.padding)


class Cropping2D(Moving):
    """Cut rows and columns off every image.

    Parameters
    ----------
    cropping : int, (int, int) or ((int, int), (int, int))
        Pixels to cut off: on all sides; rows and columns; or ((top, bottom), (left, right)).
    data_format : "channels_last" or "channels_first", optional
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Raises
    ------
    ValueError
        If `cropping` has another form.
    ShapeError
        When called, if nothing of the image is left.

    Examples
    --------
    >>> Cropping2D(((0, 0), (1, 0)))(np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1)).ravel()
    array([2., 3.], dtype=float32)
    """

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.cropping = margins("Cropping2D", "cropping", cropping)
        self.data_format = data_format_name("Cropping2D", data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = changed_sizes(self.describe(), input_shape, self.cropping, -1)
        if any(size is not None and size < 1 for size in shape[1:3]):
            raise ShapeError(
                f"{self.describe()} cuts {self.cropping} off, which leaves nothing of images of "
                f"shape {shape_text(input_shape)}. Cut fewer rows and columns."
            )
        return shape

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        return crop(x, self.cropping), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        return np.pad(dy, ((0, 0), *self.cropping, (0, 0))), {}


class Permute(Moving):
    """Reorder the axes of every example, as ``np.transpose`` does.

    Parameters
    ----------
    dims : tuple of int
        For each axis of the output the axis of the input, counted from 1: ``(2, 1)`` swaps two.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

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

    moves_channels_together = False

    def __init__(self, dims: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.dims = tuple(dims) if isinstance(dims, (Sequence, ndarray)) else (dims,)
        if sorted(self.dims, key=repr) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                "Permute: dims must be a permutation of the axes counted from 1, such as (2, 1, 3), "
                f"got {dims!r}."
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != len(self.dims) + 1:
            raise ShapeError(
                f"{self.describe()} reorders {len(self.dims)} axes, got an input of shape "
                f"{shape_text(input_shape)}."
            )
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        return np.ascontiguousarray(x.transpose(0, *self.dims)), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        return np.ascontiguousarray(dy.transpose(0, *(np.argsort(self.dims) + 1))), {}

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's Transpose."""
        return builder.add("Transpose", builder.channels_last(x), perm=(0, *self.dims))


class Rearranging(Moving):
    """A layer that only changes the shape; base class."""

    moves_channels_together = False

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, tuple[int, ...]]:
        shape: Any = self.compute_output_shape(x.shape)
        return x.reshape(shape), x.shape

    def backward(self, dy: ndarray, cache: tuple[int, ...]) -> tuple[ndarray, Gradients]:
        return dy.reshape(cache), {}

    def onnx(self, builder: Any, x: Any) -> Any:
        """Add ONNX's Reshape."""
        return builder.reshape(x, self.output_shape)


class Flatten(Rearranging):
    """Flatten every example into one row.

    Parameters
    ----------
    data_format : "channels_last" or "channels_first", optional
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> Flatten()(np.zeros((2, 24, 24, 32))).shape
    (2, 18432)
    """

    def __init__(self, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.data_format = data_format_name("Flatten", data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        if not input_shape:
            raise ShapeError(f"{self.describe()} takes a batch of examples, got a single number.")
        batch, *sizes = input_shape
        return (batch, None if None in sizes else math.prod(sizes))  # type: ignore[arg-type]

    def onnx(self, builder: Any, x: Any) -> Any:
        return builder.add("Flatten", builder.channels_last(x), axis=1)


class Reshape(Rearranging):
    """Reshape every example.

    Parameters
    ----------
    target_shape : tuple of int
        Without the batch axis; one size may be −1, computed from the others.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Raises
    ------
    ValueError
        If `target_shape` contains anything but positive integers and one −1.

    Examples
    --------
    >>> Reshape((28, 28, 1))(np.zeros((2, 784))).shape
    (2, 28, 28, 1)
    """

    def __init__(self, target_shape: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        sizes = axes("Reshape", "target_shape", target_shape, minimum=-1)
        if sizes.count(-1) > 1:
            raise ValueError(
                f"Reshape: target_shape must contain -1 at most once, got {target_shape!r}."
            )
        self.target_shape = tuple(
            size if size == -1 else integer("Reshape", "target_shape", size) for size in sizes
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, *sizes = input_shape
        free: int | None = None  # the size of -1, if that of the input is known
        if None not in sizes:
            elements = math.prod(sizes)  # type: ignore[arg-type]
            free, rest = divmod(elements, math.prod(size for size in self.target_shape if size > 0))
            if rest or (free != 1 and -1 not in self.target_shape):
                raise ShapeError(
                    f"{self.describe()} has target_shape {self.target_shape}, which does not fit the "
                    f"{elements} elements of each example of shape {shape_text(input_shape)}."
                )
        return (batch, *(free if size == -1 else size for size in self.target_shape))


def margins(owner: str, name: str, value: Any) -> tuple[Margin, Margin]:
    """Return ((top, bottom), (left, right))."""
    if isinstance(value, Sequence) and any(isinstance(one, Sequence) for one in value):
        if len(value) != 2:
            raise ValueError(
                f"{owner}: {name} must be ((top, bottom), (left, right)), got {value!r}."
            )
        rows, columns = (pair(owner, name, one, minimum=0) for one in value)
        return rows, columns
    down, across = pair(owner, name, value, minimum=0)
    return (down, down), (across, across)


def crop(x: ndarray, cut: tuple[Margin, Margin]) -> ndarray:
    """Return images without their margins."""
    (top, bottom), (left, right) = cut
    return x[:, top : x.shape[1] - bottom, left : x.shape[2] - right]


def changed_sizes(owner: str, shape: Shape, margins: tuple[Margin, Margin], sign: int) -> Shape:
    """Return the shape of images with margins added or cut off."""
    height, width, channels = check_image_shape(owner, shape)
    rows, columns = (
        None if size is None else size + sign * sum(margin)
        for size, margin in zip((height, width), margins, strict=True)
    )
    return (shape[0], rows, columns, channels)
