"""How a window slides over an image, the rectangles that it reads, and the sum of their products."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.ops.windows import effective_size, output_size, padding_amounts, window_indices
from minicnn.steps.notation import counted, number_text
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.table import Table

Pair = tuple[int, int]
_DRAWN = 3  # of more channels the strongest are drawn


@dataclass(frozen=True)
class Sliding:
    """A window that slides over an image; axis 0 is rows, axis 1 columns."""

    operation: str
    size: Pair
    window: Pair
    strides: Pair
    padding: str
    dilation_rate: Pair = (1, 1)

    def __post_init__(self) -> None:
        if not (self.positions(0) and self.positions(1)):
            rows, columns = (
                effective_size(self.window[axis], self.dilation_rate[axis]) for axis in (0, 1)
            )
            raise ShapeError(
                f"the window of {self.operation} covers {rows}×{columns} cells, and the image has "
                f"only {self.size[0]}×{self.size[1]}. Take a smaller window, a larger image or "
                'padding="same".'
            )

    def positions(self, axis: int) -> int:
        """Return the number of positions along an axis."""
        return output_size(*self._along(axis))

    def covered(self, axis: int, position: int) -> list[int]:
        """Return the image's rows or columns under the window; padding is outside 0…size−1."""
        return window_indices(position, *self._along(axis))

    def window_at(self, position: int) -> tuple[list[int], list[int]]:
        """Return the rows and columns under the window at a position, row by row."""
        row, column = divmod(position, self.positions(1))
        return self.covered(0, row), self.covered(1, column)

    def reached(self, axis: int, cell: int) -> tuple[list[int], list[int]]:
        """Return the positions whose window covers a cell, and where the cell is in each."""
        windows = [self.covered(axis, position) for position in range(self.positions(axis))]
        positions = [position for position, window in enumerate(windows) if cell in window]
        return positions, [windows[position].index(cell) for position in positions]

    def sizes_text(self) -> str:
        """Write the equations of the output's rows and columns."""
        rows, columns = self.size_equation(0), self.size_equation(1)
        if rows == columns:
            return f"Rows and columns: {rows}."
        return f"Rows: {rows}. Columns: {columns}."

    def size_equation(self, axis: int) -> str:
        """Write the equation of the number of positions along an axis."""
        size, window, stride, padding, dilation = self._along(axis)
        count = self.positions(axis)
        if padding == "same":
            before, after = padding_amounts(size, window, stride, padding, dilation)
            quotient, cells = _quotient(str(size), size, stride, "⌈⌉"), counted(before, "cell")
            return f"{quotient} = {count}, with {cells} of padding before and {after} after"
        left = size - effective_size(window, dilation)
        return f"{_quotient(f'({size} − {size - left})', left, stride, '⌊⌋')} + 1 = {count}"

    def _along(self, axis: int) -> tuple[int, int, int, str, int]:
        """Return the arguments of `minicnn.ops.windows`: size, window, stride, padding, dilation."""
        return (
            self.size[axis], self.window[axis], self.strides[axis], self.padding,
            self.dilation_rate[axis],
        )  # fmt: skip


def span_text(rows: Sequence[int], columns: Sequence[int]) -> str:
    """Write the rows and columns that a window covers."""
    return f"{_span('row', rows)}, {_span('column', columns)}"


def _quotient(written: str, number: int, stride: int, brackets: str) -> str:
    """Write a division, in rounding brackets if it has a remainder."""
    quotient = f"{written}/{stride}"
    return quotient if number % stride == 0 else f"{brackets[0]}{quotient}{brackets[1]}"


def _span(kind: str, cells: Sequence[int]) -> str:
    if len(cells) == 1:
        text = f"{kind} {cells[0]}"
    elif list(cells) == list(range(cells[0], cells[-1] + 1)):
        text = f"{kind}s {cells[0]} to {cells[-1]}"
    else:
        listed = cells if len(cells) <= 5 else [*cells[:2], "…", cells[-1]]
        text = f"{kind}s {', '.join(map(str, listed))}"
    return text.replace("-", "−")


@dataclass(frozen=True)
class Patch:
    """Rows and columns of some channels of an array, with the indices that they were read from."""

    label: str
    name: str
    cells: ndarray  # (rows, columns, channels)
    rows: Sequence[int]
    columns: Sequence[int]
    beyond: Sequence[Index]
    outside: ndarray  # mask of the cells outside the array: (rows, columns)

    def factor(self, row: int, column: int, channel: int) -> Factor:
        """Return one of its numbers; row, column and channel are counted inside the patch."""
        index = (self.rows[row], self.columns[column], *self.beyond[channel])
        value = self.cells[row, column, channel].item()
        return Factor(self.name, index, value, bool(self.outside[row, column]))

    def table(self, channel: int, sign: str = "", before: str = "") -> Table:
        """Return one channel as a table."""
        padding = self.outside if self.outside.any() else None
        return Table(before + self.label, self.cells[:, :, channel], sign, padding)


class Maps(NamedTuple):
    """An array seen as (rows, columns, channels), with its name and the index that it really has.

    `end_of` returns the rest of the index after row and column, for a channel.
    """

    name: str
    array: ndarray
    end_of: Callable[[int], Index]

    def patch(
        self, label: str, rows: Sequence[int], columns: Sequence[int], channels: Sequence[int]
    ) -> Patch:
        """Read some rows, columns and channels; beyond the border there are zeros."""
        height, width, _ = self.array.shape
        i, j = np.array(rows, int), np.array(columns, int)
        outside = ~np.outer((i >= 0) & (i < height), (j >= 0) & (j < width))
        inner = np.ix_(i.clip(0, height - 1), j.clip(0, width - 1), np.array(channels, int))
        cells = np.where(outside[:, :, None], 0, self.array[inner])
        ends = list(map(self.end_of, channels))
        return Patch(label, self.name, cells, rows, columns, ends, outside)


class ProductStep(Step):
    """A sum of two patches multiplied cell by cell: ``value = Σ left·right + bias``."""

    def __init__(
        self,
        name: str,
        index: Index,
        value: float,
        left: Patch,
        right: Patch,
        bias: float | None = None,
        note: str = "",
        channel_kind: str = "channel",
    ) -> None:
        super().__init__(name, index, value, bias=bias, note=note)
        self.left, self.right = left, right
        self._channel_kind = channel_kind
        self._products = left.cells * right.cells  # (rows, columns, channels)
        self._sums = self._products.sum(axis=(0, 1))
        strongest = np.argsort(-np.abs(self._sums), kind="stable")[:_DRAWN]
        self._drawn = sorted(strongest.tolist()) if self._products.size else []

    @cached_property
    def terms(self) -> Sequence[Term]:
        """The products that are summed: channel by channel, row by row."""
        rows, columns, channels = self.left.cells.shape
        return [
            Term((self.left.factor(i, j, k), self.right.factor(i, j, k)))
            for k, i, j in np.ndindex(channels, rows, columns)
        ]

    @property
    def tables(self) -> list[list[Table]]:
        """Left × right = products, for each channel; of many for the strongest."""
        several = len(self._sums) > 1
        return [
            [
                self.left.table(k, before=f"{self._label_of(k)}: " if several else ""),
                self.right.table(k, "×"),
                Table("products", self._products[:, :, k], "="),
            ]
            for k in self._drawn
        ]

    @property
    def remark(self) -> str:
        """The sum of each channel, of those that are not drawn, and the bias."""
        parts = []
        if len(self._sums) > 1 and self._drawn:
            parts = [
                f"{self._label_of(k)}: {number_text(self._sums[k].item())}" for k in self._drawn
            ]
            others = len(self._sums) - len(self._drawn)
            if others:
                rest = number_text((self._sums.sum() - self._sums[self._drawn].sum()).item())
                parts.append(f"the {others} weaker {self._channel_kind}s: {rest}")
        if self.bias is not None:
            parts.append(f"bias: {number_text(self.bias)}")
        return "; ".join(parts)

    def _label_of(self, channel: int) -> str:
        """Name a channel with its number in the whole array, which groups make another."""
        return f"{self._channel_kind} {(0, *self.left.beyond[channel])[-1]}"
