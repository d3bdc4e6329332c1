"""A rectangle of an array that takes part in a step, and the step that multiplies two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy import ndarray

from minicnn.steps.grid import Grid
from minicnn.steps.notation import number_text
from minicnn.steps.step import Factor, Place, Step, Term

_DRAWN = 3  # of more channels the strongest are drawn


@dataclass(frozen=True)
class Patch:
    """Some rows and columns of some channels of an array, with the places that they were read from."""

    label: str
    name: str
    cells: ndarray
    rows: Sequence[int]
    columns: Sequence[int]
    beyond: Sequence[Place]
    is_padding: ndarray | None = None

    @property
    def outside(self) -> ndarray:
        """Which cells lie outside the array: (rows, columns) of bool."""
        if self.is_padding is None:
            return np.zeros(self.cells.shape[:2], bool)
        return self.is_padding

    def factor(self, row: int, column: int, channel: int) -> Factor:
        """Return one of its numbers, counted inside the patch."""
        place = (self.rows[row], self.columns[column], *self.beyond[channel])
        outside = self.is_padding is not None and bool(self.is_padding[row, column])
        return Factor(self.name, place, self.cells[row, column, channel].item(), outside)

    def grid(self, channel: int, sign: str = "", before: str = "") -> Grid:
        """Return one channel as a table."""
        return Grid(before + self.label, self.cells[:, :, channel], sign, self.is_padding)


def window_of(
    label: str,
    image: ndarray,
    rows: Sequence[int],
    columns: Sequence[int],
    channels: Sequence[int],
    beyond: Sequence[Place],
) -> Patch:
    """Read a window from an image; where it hangs over the border there are zeros."""
    height, width, _ = image.shape
    down, across = np.array(rows), np.array(columns)
    outside = ~np.outer((down >= 0) & (down < height), (across >= 0) & (across < width))
    inner = np.ix_(down.clip(0, height - 1), across.clip(0, width - 1), np.array(channels))
    cells = np.where(outside[:, :, None], 0, image[inner])
    return Patch(label, "input", cells, rows, columns, beyond, outside if outside.any() else None)


class ProductStep(Step):
    """A sum of two patches multiplied cell by cell: ``value = Σ left·right + bias``."""

    def __init__(
        self,
        name: str,
        place: Place,
        value: float,
        left: Patch,
        right: Patch,
        bias: float | None = None,
        note: str = "",
        channel_kind: str = "channel",
        equation: str | None = None,
    ) -> None:
        super().__init__(name, place, value, bias=bias, note=note, equation=equation)
        self.left = left
        self.right = right
        self._channel_kind = channel_kind

    @cached_property
    def _products(self) -> ndarray:
        return self.left.cells * self.right.cells  # (rows, columns, channels)

    @property
    def terms(self) -> Sequence[Term]:
        """The products that are summed: channel by channel, row by row."""
        return self._made_terms

    @cached_property
    def _made_terms(self) -> list[Term]:
        rows, columns, channels = self.left.cells.shape
        return [
            Term((self.left.factor(i, j, k), self.right.factor(i, j, k)))
            for k, i, j in np.ndindex(channels, rows, columns)
        ]

    @property
    def grids(self) -> list[list[Grid]]:
        """Left × right = products, for each channel; of many for the strongest."""
        return [self._row(channel) for channel in sorted(self._strongest) if self._products.size]

    @property
    def remark(self) -> str:
        """What each channel gives, what those give that are not drawn, and the bias."""
        sums = self._products.sum(axis=(0, 1))
        added = [] if self.bias is None else [f"bias: {number_text(self.bias)}"]
        if len(sums) == 1 or not self._products.size:
            return "".join(added)
        kind, drawn = self._channel_kind, sorted(self._strongest)
        parts = [f"{kind} {self._number(one)}: {number_text(sums[one].item())}" for one in drawn]
        others = len(sums) - len(drawn)
        if others:
            rest = number_text((sums.sum() - sums[drawn].sum()).item())
            parts.append(f"the {others} weaker {kind}s: {rest}")
        return "; ".join(parts + added)

    @cached_property
    def _strongest(self) -> list[int]:
        """The channels whose sums are farthest from 0."""
        sums = np.abs(self._products.sum(axis=(0, 1)))
        return np.argsort(-sums, kind="stable")[:_DRAWN].tolist()

    def _row(self, channel: int) -> list[Grid]:
        several = self._products.shape[2] > 1
        before = f"{self._channel_kind} {self._number(channel)}: " if several else ""
        products = Grid("products", self._products[:, :, channel], "=")
        return [self.left.grid(channel, before=before), self.right.grid(channel, "×"), products]

    def _number(self, channel: int) -> int:
        """Return a channel's number in the whole array; with groups it is another than in the patch."""
        beyond = self.left.beyond[channel]
        return beyond[-1] if beyond else 0


class SumStep(Step):
    """A sum over one patch: ``value = Σ cells``."""

    def __init__(self, name: str, place: Place, value: float, cells: Patch, note: str = "") -> None:
        rows, columns, _ = cells.cells.shape
        terms = [Term((cells.factor(i, j, 0),)) for i, j in np.ndindex(rows, columns)]
        super().__init__(name, place, value, terms, note=note)
        self.cells = cells

    @property
    def grids(self) -> list[list[Grid]]:
        """The patch."""
        return [[self.cells.grid(0)]]
