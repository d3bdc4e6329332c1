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
    """A table of numbers: a window, a filter, a feature map."""

    label: str
    cells: ndarray  # (rows, columns); in pictures also an image in its colours; NaN is no number
    sign: str = ""  # between this table and the one before it: "×"
    padding: ndarray | None = None  # mask of the cells outside the image
    marked: ndarray | None = None  # mask of the cells that stand out
    used: list[tuple[int, int]] = field(
        default_factory=list
    )  # in pictures: read or made by the step
    # In pictures of one step: the numbers after the last one, by which all are written and coloured;
    # `cells` is NaN where no step has been yet.
    finished: ndarray | None = None

    def is_padding(self, row: int, column: int) -> bool:
        """Whether a cell is outside the image."""
        return self.padding is not None and bool(self.padding[row, column])

    def is_marked(self, row: int, column: int) -> bool:
        """Whether a cell stands out."""
        return self.marked is not None and bool(self.marked[row, column])


@dataclass(frozen=True)
class Drawing:
    """All that is shown of a step or a walk."""

    title: str
    tables: Sequence[Sequence[Table]] = ()  # rows of tables that are drawn side by side
    listing: Sequence[str] = ()  # lines instead of tables, aligned for a font of equal widths
    sentences: Sequence[str] = ()


def as_tables(label: str, array: ndarray, sign: str = "") -> list[Table]:
    """Return an array of any number of axes as tables of its first two."""
    if array.ndim <= 2:
        return [Table(label, np.atleast_2d(array), sign)]
    tables: list[Table] = []
    for rest in islice(np.ndindex(array.shape[2:]), _TABLES):
        name = f"{label}[:, :, {', '.join(map(str, rest))}]"
        tables.append(Table(name, array[:, :, *rest], "" if tables else sign))
    return tables


def left_out(array: ndarray) -> int:
    """Return how many tables of an array `as_tables` leaves out."""
    return max(math.prod(array.shape[2:]) - _TABLES, 0)
