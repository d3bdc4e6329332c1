"""Tables of numbers, as they are drawn."""

import math
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy import ndarray

_TABLES = 4  # of an array with more channels only these are drawn


@dataclass(frozen=True)
class Grid:
    """A table of numbers: a window, a filter, a feature map.

    Parameters
    ----------
    label : str
        What stands above it.
    cells : (rows, columns)
    sign : str
        What stands before it in a row of tables: "×", "=" or nothing.
    padding, marked : (rows, columns) of bool, optional
        Cells outside the image; cells that stand out, such as the largest of a window.

    Examples
    --------
    >>> Grid("filter", np.ones((3, 3)), sign="×").cells.shape
    (3, 3)
    """

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
    """Return an array of any number of axes as tables of its first two.

    Parameters
    ----------
    label : str
    array : ndarray
        A vector becomes one row, a stack of feature maps (rows, columns, maps) one table a map. Of
        more than four the first four are returned.
    sign : str
        Before the first of them.

    Examples
    --------
    >>> [grid.label for grid in tables("output", np.zeros((4, 4, 2)))]
    ['output[:, :, 0]', 'output[:, :, 1]']
    >>> [grid.cells.shape for grid in tables("bias", np.zeros(3))]
    [(1, 3)]
    """
    if array.ndim <= 2:
        return [Grid(label, np.atleast_2d(array), sign)]
    beyond = list(islice(np.ndindex(array.shape[2:]), _TABLES))
    return [
        Grid(f"{label}[:, :, {', '.join(map(str, place))}]", array[:, :, *place],
             sign if number == 0 else "")
        for number, place in enumerate(beyond)
    ]  # fmt: skip


def left_out(array: ndarray) -> int:
    """Return how many tables of an array `tables` leaves out.

    Examples
    --------
    >>> left_out(np.zeros((4, 4, 64))), left_out(np.zeros((4, 4)))
    (60, 0)
    """
    return max(math.prod(array.shape[2:]) - _TABLES, 0)
