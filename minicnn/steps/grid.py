"""Tables of numbers, as they are drawn."""

import math
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy import ndarray

_TABLES = 4  # of an array with more channels only these are drawn


@dataclass(frozen=True)
class Grid:
    """A table of numbers: a window, a filter, a feature map."""

    label: str
    cells: ndarray
    sign: str = ""
    padding: ndarray | None = None
    marked: ndarray | None = None

    def is_padding(self, row: int, column: int) -> bool:
        """Whether a cell lies outside the image."""
        return self.padding is not None and bool(self.padding[row, column])

    def is_marked(self, row: int, column: int) -> bool:
        """Whether a cell stands out."""
        return self.marked is not None and bool(self.marked[row, column])


def tables(label: str, array: ndarray, sign: str = "") -> list[Grid]:
    """Return an array of any number of axes as tables of its first two."""
    if array.ndim <= 2:
        return [Grid(label, np.atleast_2d(array), sign)]
    beyond = list(islice(np.ndindex(array.shape[2:]), _TABLES))
    return [
        Grid(f"{label}[:, :, {', '.join(map(str, place))}]", array[:, :, *place],
             sign if number == 0 else "")
        for number, place in enumerate(beyond)
    ]  # fmt: skip


def left_out(array: ndarray) -> int:
    """Return how many tables of an array `tables` leaves out."""
    return max(math.prod(array.shape[2:]) - _TABLES, 0)
