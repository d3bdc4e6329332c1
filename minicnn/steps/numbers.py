"""Arrays to calculate with: whole numbers stay whole."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike


def numbers(name: str, values: ArrayLike) -> ndarray:
    """Return integers as an int64 array, other numbers as float64."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name} takes rows of equal length, got rows of different ones."
        ) from None
    if array.dtype.kind in "biu":
        return array.astype(np.int64)
    if array.dtype.kind != "f":
        raise ValueError(f"{name} takes numbers, got an array of {array.dtype}.")
    return array.astype(np.float64)
