"""Checks of what layers are made with: each returns the value as the layer keeps it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from minicnn.errors import ShapeError, unknown_name
from minicnn.ops.windows import PADDINGS

Shape = tuple[int | None, ...]
DTYPES = ("float32", "float64")


def whole_number(layer: str, name: str, value: Any, least: int = 1) -> int:
    """Return `value` as an int."""
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_whole or value < least:
        raise ValueError(f"{layer} takes {name} as a whole number from {least} on, got {value!r}.")
    return int(value)


def axis_number(layer: str, value: Any) -> int:
    """Return `value`, an axis counted from either end."""
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_whole or value == 0:
        raise ValueError(
            f"{layer} takes axis as a whole number, -1 for the last one, and not 0, which is the "
            f"batch's, got {value!r}."
        )
    return int(value)


def check_axis(layer: str, axis: int, input_shape: Shape) -> None:
    """Raise where an input has no such axis beside its batch's."""
    if not -len(input_shape) < axis < len(input_shape):
        raise ShapeError(
            f"{layer} works along axis {axis}, got an input of shape {size_text(input_shape)}."
        )


def pair(layer: str, name: str, value: Any, least: int = 1) -> tuple[int, int]:
    """Return `value`, one number for both axes or one for each, as (down, across)."""
    values = (
        tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    )
    if len(values) not in (1, 2):
        raise ValueError(
            f"{layer} takes {name} as one whole number or a pair (down, across), got {value!r}."
        )
    down, across = values * 2 if len(values) == 1 else values
    return whole_number(layer, name, down, least), whole_number(layer, name, across, least)


def example_shape(layer: str, name: str, value: Any) -> Shape:
    """Return `value`, the shape of one example, as a tuple; a size may be None."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError(
            f"{layer} takes {name} as the shape of one example, a tuple such as (28, 28, 1) or "
            f"(784,), got {value!r}."
        )
    return tuple(
        None if size is None else whole_number(layer, f"the sizes of {name}", size)
        for size in value
    )


def one_of(layer: str, name: str, value: Any, choice: Sequence[str]) -> str:
    """Return `value` in lower case."""
    lower = value.lower() if isinstance(value, str) else value
    if lower not in choice:
        raise unknown_name(f"{name} of {layer}", value, choice)
    return lower


def padding_name(layer: str, value: Any) -> str:
    """Return "valid" or "same"."""
    return one_of(layer, "padding", value, PADDINGS)


def channels_last(layer: str, data_format: Any) -> str:
    """Return "channels_last", the one order of axes there is."""
    if data_format == "channels_first":
        raise ValueError(
            f"{layer} takes images as (batch, height, width, channels), got "
            'data_format="channels_first". Leave the argument out, and move the channels with '
            "np.moveaxis(images, 1, -1)."
        )
    return one_of(layer, "data_format", data_format or "channels_last", ("channels_last",))


def dtype_name(layer: str, value: Any) -> str:
    """Return "float32" or "float64"; Keras' files hold a policy ``{"config": {"name": …}}``."""
    if isinstance(value, dict):
        value = value.get("config", {}).get("name")
    name = "float32" if value is None else str(getattr(value, "name", None) or value)
    with suppress(TypeError):
        name = np.dtype(value or "float32").name
    if name not in DTYPES:
        raise unknown_name(f"dtype of {layer}", name, DTYPES)
    return name


def size_text(shape: Sequence[int | None]) -> str:
    """Write a shape for an error: ``batch`` in place of an open first axis."""
    words = [
        "batch" if place == 0 and size is None else str(size) for place, size in enumerate(shape)
    ]
    return f"({', '.join(words)}{',' if len(words) == 1 else ''})"
