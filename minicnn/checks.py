"""Validate arguments: each function returns the value in the type that the library stores.

All messages have one form, ``owner: name must be …, got …``:

>>> integer("Conv2D", "filters", 0)
Traceback (most recent call last):
    ...
ValueError: Conv2D: filters must be an integer >= 1, got 0.
"""

import math
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from minicnn.errors import unknown_name


def integer(
    owner: str, name: str, value: Any, minimum: int | None = 1, maximum: int | None = None
) -> int:
    """Return `value` as an int; floats, booleans and text are refused.

    Parameters
    ----------
    owner : str
        Class or function whose argument it is.
    name : str
        Name of the argument.
    value : int or NumPy integer
    minimum, maximum : int or None
        Smallest and largest allowed value; None for no limit.

    Raises
    ------
    ValueError
        If `value` is not an integer in this range.

    Examples
    --------
    >>> integer("Dense", "units", np.int64(3))
    3
    """
    is_integer = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if is_integer and _in_range(value, ge=minimum, le=maximum):
        return int(value)
    raise _error(owner, name, "an integer" + _range_text(ge=minimum, le=maximum), value)


def finite_number(
    owner: str,
    name: str,
    value: Any,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> float:
    """Return `value` as a float; NaN, infinity, booleans and text are refused.

    Parameters
    ----------
    owner, name
        As in `integer`.
    value : int, float, NumPy scalar or array of no dimensions
    ge, gt, le, lt : float, optional
        Limits: greater or equal, greater, less or equal, less.

    Raises
    ------
    ValueError
        If `value` is not a finite number within the limits.

    Examples
    --------
    >>> finite_number("Adam", "beta_1", 1, ge=0, lt=1)
    Traceback (most recent call last):
        ...
    ValueError: Adam: beta_1 must be a number >= 0 and < 1, got 1.
    """
    if _is_real(value) and math.isfinite(value) and _in_range(value, ge=ge, gt=gt, le=le, lt=lt):
        return float(value)
    raise _error(owner, name, "a number" + _range_text(ge=ge, gt=gt, le=le, lt=lt), value)


def fraction(owner: str, name: str, value: Any, *, below_one: bool = False) -> float:
    """Return `value` as a float if it is between 0 and 1, 1 excluded with `below_one`.

    Raises
    ------
    ValueError
        If `value` is not a number in this range.

    Examples
    --------
    >>> fraction("Dropout", "rate", 0.5)
    0.5
    """
    limits: dict[str, float] = {"lt": 1} if below_one else {"le": 1}
    return finite_number(owner, name, value, ge=0, **limits)


def boolean(owner: str, name: str, value: Any) -> bool:
    """Return `value` as a bool; the integers 0 and 1 are accepted, text is not.

    Raises
    ------
    ValueError
        If `value` is neither True nor False.

    Examples
    --------
    >>> boolean("Layer", "trainable", "False")
    Traceback (most recent call last):
        ...
    ValueError: Layer: trainable must be True or False, got 'False'.
    """
    if isinstance(value, (bool, np.bool_)) or (isinstance(value, int) and value in (0, 1)):
        return bool(value)
    raise _error(owner, name, "True or False", value)


def choice(owner: str, name: str, value: Any, choices: Iterable[str]) -> str:
    """Return `value` in lower case if it is among `choices`, which are in lower case.

    Raises
    ------
    UnknownNameError
        If it is not; the message suggests the nearest choice.

    Examples
    --------
    >>> choice("Conv2D", "padding", "SAME", ("valid", "same"))
    'same'
    """
    choices = list(choices)
    lower = value.lower() if isinstance(value, str) else value
    if not isinstance(lower, str) or lower not in choices:
        raise unknown_name(f"{name} of {owner}", value, choices)
    return lower


def text(owner: str, name: str, value: Any) -> str:
    """Return `value` if it is a string that is not empty.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> text("Dense", "name", "output")
    'output'
    """
    if isinstance(value, str) and value:
        return str(value)
    raise _error(owner, name, "a non-empty string", value)


def path(owner: str, name: str, value: Any) -> str:
    """Return a path as text; raise TypeError if it is none.

    Examples
    --------
    >>> path("load_model", "filepath", None)
    Traceback (most recent call last):
        ...
    TypeError: load_model: filepath must be a path, such as 'folder/name', got None.
    """
    try:
        return os.fsdecode(value)
    except TypeError:
        raise TypeError(
            f"{owner}: {name} must be a path, such as 'folder/name', got {value!r}."
        ) from None


def optional_text(owner: str, name: str, value: Any, default: str) -> str:
    """Return `default` for None, else `value` as `text` does.

    Examples
    --------
    >>> optional_text("Adam", "name", None, "adam")
    'adam'
    """
    return default if value is None else text(owner, name, value)


def real_array(owner: str, value: Any, dtype: str) -> np.ndarray:
    """Return the input of a layer as an array; raise TypeError if it is not one of real numbers.

    Examples
    --------
    >>> real_array("Flatten", [[1, 2]], "float32")
    array([[1., 2.]], dtype=float32)
    """
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

    Raises
    ------
    ValueError
        If it is anything else, or contains an axis less than `minimum`.

    Examples
    --------
    >>> axes("MaxNorm", "axis", (0, 1)), axes("MaxNorm", "axis", 2)
    ([0, 1], [2])
    """
    several = isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, (str, bytes))
    return [integer(owner, name, axis, minimum) for axis in (value if several else [value])]


def pair(owner: str, name: str, value: Any, minimum: int = 1) -> tuple[int, int]:
    """Return `value`, one integer for both spatial axes or one for each, as a pair.

    Parameters
    ----------
    owner, name
        As in `integer`.
    value : int or sequence of two ints
        (rows, columns).
    minimum : int
        Smallest allowed value of each.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> pair("Conv2D", "kernel_size", 3), pair("Conv2D", "kernel_size", [3, 5])
    ((3, 3), (3, 5))
    """
    expected = f"an integer >= {minimum} or a pair of them"
    values = [value, value]
    if isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, str):
        values = list(value)
    if len(values) != 2:
        raise _error(owner, name, expected, value)
    try:
        rows, columns = (integer(owner, name, size, minimum) for size in values)
    except ValueError:
        raise _error(owner, name, expected, value) from None
    return rows, columns


def _is_real(value: Any) -> bool:
    """Whether `value` is a real number, or an array that holds just one."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iuf"
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _in_range(
    value: Any,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> bool:
    return not (
        (ge is not None and not value >= ge)
        or (gt is not None and not value > gt)
        or (le is not None and not value <= le)
        or (lt is not None and not value < lt)
    )


def _range_text(
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> str:
    limits = {">=": ge, ">": gt, "<=": le, "<": lt}
    parts = [f"{sign} {limit:g}" if isinstance(limit, float) else f"{sign} {limit}"
             for sign, limit in limits.items() if limit is not None]  # fmt: skip
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
