"""Validate arguments: each function returns the value in the type that the library stores.

All messages have one form, ``owner: name must be …, got …``, and are ValueErrors:

>>> integer("Conv2D", "filters", 0)
Traceback (most recent call last):
    ...
ValueError: Conv2D: filters must be an integer >= 1, got 0.
"""

import math
import operator
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from minicnn.errors import unknown_name

LIMITS = {
    "ge": (">=", operator.ge), "gt": (">", operator.gt),
    "le": ("<=", operator.le), "lt": ("<", operator.lt),
}  # fmt: skip


def integer(
    owner: str, name: str, value: Any, minimum: int | None = 1, maximum: int | None = None
) -> int:
    """Return `value` as an int; floats, booleans and text are refused.

    >>> integer("Dense", "units", np.int64(3))
    3
    """
    limits = {"ge": minimum, "le": maximum}
    is_integer = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if is_integer and _in_range(value, limits):
        return int(value)
    raise _error(owner, name, "an integer" + _range_text(limits), value)


def finite_number(owner: str, name: str, value: Any, **limits: float | None) -> float:
    """Return `value` as a float; NaN, infinity, booleans and text are refused.

    The limits are `ge` (greater or equal), `gt`, `le` and `lt`.

    >>> finite_number("Adam", "beta_1", 1, ge=0, lt=1)
    Traceback (most recent call last):
        ...
    ValueError: Adam: beta_1 must be a number >= 0 and < 1, got 1.
    """
    if _is_real(value) and math.isfinite(value) and _in_range(value, limits):
        return float(value)
    raise _error(owner, name, "a number" + _range_text(limits), value)


def fraction(owner: str, name: str, value: Any, *, below_one: bool = False) -> float:
    """Return `value` as a float if it is between 0 and 1, 1 excluded with `below_one`."""
    return finite_number(owner, name, value, ge=0, **{"lt" if below_one else "le": 1})


def boolean(owner: str, name: str, value: Any) -> bool:
    """Return `value` as a bool; the integers 0 and 1 are accepted, text is not."""
    if isinstance(value, (bool, np.bool_)) or (isinstance(value, int) and value in (0, 1)):
        return bool(value)
    raise _error(owner, name, "True or False", value)


def choice(owner: str, name: str, value: Any, choices: Iterable[str]) -> str:
    """Return `value` in lower case if it is among `choices`, which are in lower case.

    If it is not, the UnknownNameError suggests the nearest choice.

    >>> choice("Conv2D", "padding", "SAME", ("valid", "same"))
    'same'
    """
    choices = list(choices)
    lower = value.lower() if isinstance(value, str) else value
    if not isinstance(lower, str) or lower not in choices:
        raise unknown_name(f"{name} of {owner}", value, choices)
    return lower


def text(owner: str, name: str, value: Any) -> str:
    """Return `value` if it is a string that is not empty."""
    if isinstance(value, str) and value:
        return str(value)
    raise _error(owner, name, "a non-empty string", value)


def optional_text(owner: str, name: str, value: Any, default: str) -> str:
    """Return `default` for None, else `value` as `text` does."""
    return default if value is None else text(owner, name, value)


def path(owner: str, name: str, value: Any) -> str:
    """Return a path as text; raise TypeError if it is none."""
    try:
        return os.fsdecode(value)
    except TypeError:
        raise TypeError(
            f"{owner}: {name} must be a path, such as 'folder/name', got {value!r}."
        ) from None


def real_array(owner: str, value: Any, dtype: str) -> np.ndarray:
    """Return the input of a layer as an array; raise TypeError if it is not one of real numbers."""
    try:
        array = np.asarray(value)
    except ValueError:  # lists of unequal lengths
        array = np.empty(0, object)
    if array.dtype.kind in "biuf":
        return array.astype(dtype, copy=False)
    got = "text" if isinstance(value, str) else type(value).__name__
    raise TypeError(f"{owner} takes an array of real numbers, got {got}.")


def axes(owner: str, name: str, value: Any, minimum: int | None = None) -> list[int]:
    """Return `value`, an integer or a sequence of them, as a list.

    >>> axes("MaxNorm", "axis", (0, 1)), axes("MaxNorm", "axis", 2)
    ([0, 1], [2])
    """
    return [integer(owner, name, axis, minimum) for axis in _listed(value, [value])]


def pair(owner: str, name: str, value: Any, minimum: int = 1) -> tuple[int, int]:
    """Return `value`, one integer for both spatial axes or one for each, as (rows, columns).

    >>> pair("Conv2D", "kernel_size", 3), pair("Conv2D", "kernel_size", [3, 5])
    ((3, 3), (3, 5))
    """
    try:
        rows, columns = (
            integer(owner, name, size, minimum) for size in _listed(value, [value, value])
        )
    except ValueError:
        expected = f"an integer >= {minimum} or a pair of them"
        raise _error(owner, name, expected, value) from None
    return rows, columns


def _listed(value: Any, alone: list[Any]) -> list[Any]:
    """Return a sequence as a list, and `alone` for anything else."""
    if isinstance(value, np.ndarray):
        return list(value) if value.ndim else alone
    is_sequence = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
    return list(value) if is_sequence else alone


def _is_real(value: Any) -> bool:
    """Whether `value` is a real number, or an array that holds just one."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iuf"
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _in_range(value: Any, limits: dict[str, Any]) -> bool:
    return all(LIMITS[name][1](value, limit) for name, limit in limits.items() if limit is not None)


def _range_text(limits: dict[str, Any]) -> str:
    parts = [
        f"{LIMITS[name][0]} {limit:g}" if isinstance(limit, float) else f"{LIMITS[name][0]} {limit}"
        for name, limit in limits.items()
        if limit is not None
    ]
    return " " + " and ".join(parts) if parts else ""


def _error(owner: str, name: str, expected: str, value: Any) -> ValueError:
    prefix = f"{owner}: " if owner else ""
    return ValueError(f"{prefix}{name} must be {expected}, got {value!r}.")


DATA_FORMATS = ("channels_last", "channels_first")
_default_format = "channels_last"


def default_data_format() -> str:
    """Return the order of the axes of images."""
    return _default_format


def set_default_data_format(value: str) -> None:
    """Choose the order of the axes of layers that are made without `data_format`."""
    global _default_format
    _default_format = choice("set_image_data_format", "data_format", value, DATA_FORMATS)


def data_format_name(owner: str, value: Any) -> str:
    """Return "channels_last" or "channels_first"; by default what `set_image_data_format` chose."""
    value = _default_format if value is None else value
    return choice(owner, "data_format", value, DATA_FORMATS)
