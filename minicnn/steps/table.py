"""Contents of a step or a walk as data: tables of numbers, and sentences below them.

Text, notebook HTML, terminal pages and pictures all draw from this; see `Step.drawing` and
`Steps.drawing`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy import ndarray

_TABLES = 4  # of an array with more channels only these are shown


@dataclass(frozen=True)
class Table:
    """A table of numbers: a window, a filter, a feature map.

    Parameters
    ----------
    label : str
    cells : (rows, columns)
        In pictures also (rows, columns, 3), an image in its colours; NaN is a cell without a number.
    sign : str
        Between this table and the one before it: "×".
    padding, marked : (rows, columns) of bool, optional
        Cells outside the image; cells that stand out.
    used : list of (int, int)
        In pictures: cells that the step reads or makes.
    finished : (rows, columns), optional
        In pictures of one step: the numbers after the last step, which decide how all are written
        and coloured; `cells` is NaN where no step has been yet.
    """

    label: str
    cells: ndarray
    sign: str = ""
    padding: ndarray | None = None
    marked: ndarray | None = None
    used: list[tuple[int, int]] = field(default_factory=list)
    finished: ndarray | None = None

    def is_padding(self, row: int, column: int) -> bool:
        """Whether a cell is outside the image."""
        return self.padding is not None and bool(self.padding[row, column])

    def is_marked(self, row: int, column: int) -> bool:
        """Whether a cell stands out."""
        return self.marked is not None and bool(self.marked[row, column])


@dataclass(frozen=True)
class Drawing:
    """All that is shown of a step or a walk.

    Parameters
    ----------
    title : str
    tables : rows of tables that are drawn side by side
    listing : list of str
        Lines instead of tables: the terms of a sum, aligned for a font of equal widths.
    sentences : list of str
        Below the tables.
    """

    title: str
    tables: Sequence[Sequence[Table]] = ()
    listing: Sequence[str] = ()
    sentences: Sequence[str] = ()


def as_tables(label: str, array: ndarray, sign: str = "") -> list[Table]:
    """Return an array of any number of axes as tables of its first two."""
    if array.ndim <= 2:
        return [Table(label, np.atleast_2d(array), sign)]
    beyond = list(islice(np.ndindex(array.shape[2:]), _TABLES))
    return [
        Table(f"{label}[:, :, {', '.join(map(str, rest))}]", array[:, :, *rest],
              sign if number == 0 else "")
        for number, rest in enumerate(beyond)
    ]  # fmt: skip


def left_out(array: ndarray) -> int:
    """Return how many tables of an array `as_tables` leaves out."""
    return max(math.prod(array.shape[2:]) - _TABLES, 0)
