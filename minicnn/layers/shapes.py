"""Shapes, axes and data types of layers: how they are checked, computed and written in messages."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from minicnn.checks import integer, pair
from minicnn.errors import ShapeError, unknown_name
from minicnn.ops.windows import effective_size, output_size

Shape = tuple[int | None, ...]
Pair = tuple[int, int]
DTYPES = ("float32", "float64")


def known_sizes(shape: Shape) -> tuple[int, ...]:
    """Return the sizes of one example, all of which must be known."""
    sizes = tuple(size for size in shape[1:] if size is not None)
    if len(sizes) < len(shape) - 1:
        raise ShapeError(f"this needs an input whose sizes are known, got {shape_text(shape)}.")
    return sizes


def axis_number(owner: str, value: Any) -> int:
    """Return `value`, an axis counted from either end, as an int; 0 is the batch's and refused."""
    axis = integer(owner, "axis", value, minimum=None)
    if axis == 0:
        raise ValueError(f"{owner}: axis must not be 0, which is the batch, got {value!r}.")
    return axis


def check_axis(owner: str, axis: int, input_shape: Shape) -> None:
    """Raise if an input has no such axis besides the batch."""
    if not -len(input_shape) < axis < len(input_shape):
        raise ShapeError(
            f"{owner} works along axis {axis}, got an input of shape {shape_text(input_shape)}."
        )


def example_shape(owner: str, name: str, value: Any) -> Shape:
    """Return `value`, the shape of one example, as a tuple; a size may be None."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        value = (value,)
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError(
            f"{owner}: {name} must be the shape of one example, a tuple such as (28, 28, 1) or "
            f"(784,), got {value!r}."
        )
    return tuple(None if size is None else integer(owner, name, size) for size in value)


def dtype_name(owner: str, value: Any) -> str:
    """Return "float32" or "float64"; files of Keras contain ``{"config": {"name": …}}``."""
    if isinstance(value, dict):
        value = value.get("config", {}).get("name")
    value = "float32" if value is None else getattr(value, "name", None) or value
    name = str(value)
    with suppress(TypeError):
        name = np.dtype(value).name
    if name not in DTYPES:
        raise unknown_name(f"dtype of {owner}", name, DTYPES)
    return name


def spatial(owner: str, name: str, value: Any, rank: int) -> tuple[int, ...]:
    """Return `value`, an integer >= 1 for all `rank` spatial axes or one for each, as a tuple."""
    if rank == 2:
        return pair(owner, name, value)
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 1:
        value = value[0]
    return (integer(owner, name, value),)


def as_pair(values: tuple[int, ...]) -> Pair:
    """Return a tuple for an image; one for a sequence describes an image with one row."""
    return values if len(values) == 2 else (1, *values)  # type: ignore[return-value]


def shape_text(shape: Sequence[int | None]) -> str:
    """Write a shape for a message, with ``batch`` for an open first axis."""
    words = [
        "batch" if axis == 0 and size is None else str(size) for axis, size in enumerate(shape)
    ]
    return f"({', '.join(words)}{',' if len(words) == 1 else ''})"


def check_image_shape(owner: str, shape: Shape) -> tuple[int | None, int | None, int | None]:
    """Return height, width and channels of a batch of images."""
    if len(shape) == 4:
        return shape[1], shape[2], shape[3]
    hint = {
        3: "image[np.newaxis] adds a missing batch axis, images[..., np.newaxis] a channel axis.",
        2: "image[np.newaxis, :, :, np.newaxis] makes a batch of one grey image of it.",
    }.get(len(shape), "Reshape them first.")
    if shape[:1] == (None,):
        hint = "input_shape is the shape of one image without the batch axis: (28, 28, 1)."
        if len(shape) == 3:
            hint += " images[..., np.newaxis] adds a missing channel axis."
    raise ShapeError(
        f"{owner} takes images of shape (batch, height, width, channels), got {shape_text(shape)}. "
        f"{hint}"
    )


def sliding_output_size(
    owner: str,
    part: str,
    input_shape: Shape,
    window: Pair,
    strides: Pair,
    padding: str,
    dilation_rate: Pair = (1, 1),
) -> tuple[int | None, int | None]:
    """Return the rows and columns of the output of a window that slides over images."""
    height, width, _ = check_image_shape(owner, input_shape)
    counts = []
    for axis, size in ((0, height), (1, width)):
        count = size and output_size(
            size, window[axis], strides[axis], padding, dilation_rate[axis]
        )
        if count == 0:
            if input_shape[1] in (1, 3) and (input_shape[3] or 0) > 4:
                raise ShapeError(
                    f"{owner} takes images of shape (batch, height, width, channels), got "
                    f"{shape_text(input_shape)}: the channels seem to come first. Write input_shape="
                    f"{(*input_shape[2:], input_shape[1])}, and np.moveaxis(images, 1, -1)."
                )
            raise ShapeError(
                f"the {part} of {owner} covers {effective_size(window[axis], dilation_rate[axis])} "
                f"{('rows', 'columns')[axis]}, and its images have only {size}. Use a smaller "
                f'{part}_size, padding="same", or fewer layers before it that shrink the image.'
            )
        counts.append(count)
    return counts[0], counts[1]
