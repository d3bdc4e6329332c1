"""A step drawn: tables of numbers side by side, the cells in use framed, the sum below."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from minicnn.steps.notation import cell_texts
from minicnn.steps.step import Step
from minicnn.steps.table import Table
from minicnn.visualize.cells import draw_cells, draw_image
from minicnn.visualize.colours import GREY, SIGNED, VERMILION, Shade, readable_on
from minicnn.visualize.step_layout import (
    LINE,
    SIGN_GAP,
    Layout,
    Slot,
    cell_size,
    text_lines,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

READABLE = 0.6  # units: in smaller cells there are no numbers
PALE = 0.7  # part of the colours' range that is used: numbers stay readable
HATCH = "#cccccc"  # of padding


def draw_step(axes: "Axes", step: Step, tables: Sequence[Sequence[Table]], layout: Layout) -> None:
    """Draw a step."""
    axes.clear()
    for row, slots in zip(tables, layout.slots, strict=False):
        for table, slot in zip(row, slots, strict=False):
            _draw_table(axes, table, slot)
    axes.text(0, LINE, step.drawing.title, fontsize=12, va="center", fontweight="bold")
    for number, (line, font) in enumerate(text_lines(step.drawing, layout.letters)):
        axes.text(0, layout.below + number * LINE, line, fontsize=10, va="center", family=font)
    axes.set_xlim(-0.3, layout.width + 0.3)
    axes.set_ylim(layout.height, 0)
    axes.set_aspect("equal")
    axes.axis("off")


def _draw_table(axes: "Axes", table: Table, slot: Slot) -> None:
    rows, columns = table.cells.shape[:2]
    unit = cell_size(table)
    corners = (slot.right, slot.right + columns * unit, slot.down + rows * unit, slot.down)
    label: dict[str, Any] = {"ha": "left", "va": "bottom", "fontsize": 10, "color": "#444444"}
    axes.text(slot.right, slot.down - 0.12, table.label, **label)
    if table.sign:
        beside = (slot.right - SIGN_GAP / 2, slot.down + rows * unit / 2)
        axes.text(*beside, table.sign, ha="center", va="center", fontsize=15)
    if table.cells.ndim == 3:
        draw_image(axes, table.cells, extent=corners)
    else:
        _draw_numbers(axes, table, slot, unit, corners)
    for row, column in _places(table.padding):
        _frame(axes, slot, unit, (row, column, 1, 1), color=HATCH, lw=0, hatch="///", zorder=1)
    for cells in [*_frames(table.used), *((*place, 1, 1) for place in _places(table.marked))]:
        _frame(axes, slot, unit, cells, color=VERMILION, lw=2.5)


def _draw_numbers(axes: "Axes", table: Table, slot: Slot, unit: float, corners: Any) -> None:
    """Draw the cells of a table in colours, with their numbers if they are readable."""
    rows, columns = table.cells.shape
    known = np.isfinite(table.cells)
    readable = unit >= READABLE
    whole = table.cells[known] if table.finished is None else table.finished
    strongest = float(np.abs(whole).max(initial=0.0)) or 1.0
    shade = Shade(SIGNED, -strongest / PALE, strongest / PALE)
    if not readable and known.all() and table.cells.min() >= 0 and table.cells.any():
        shade = Shade("gray", 0, strongest)  # an image
    draw_cells(axes, table.cells, shade, extent=corners)
    if not readable:
        _frame(axes, slot, unit, (0, 0, rows, columns), color=GREY, lw=0.8)
        return
    lines: dict[str, Any] = {"colors": GREY, "lw": 0.6}
    axes.hlines(slot.down + unit * np.arange(rows + 1), corners[0], corners[1], **lines)
    axes.vlines(slot.right + unit * np.arange(columns + 1), corners[3], corners[2], **lines)
    written = cell_texts(np.where(known, table.cells, 0))
    longest = max(len(text) for row in written for text in row)
    size = min(11.0, 11 * unit, 11 * unit * 4.2 / longest)
    for row, column in np.argwhere(known):
        axes.text(
            slot.right + (column + 0.5) * unit, slot.down + (row + 0.5) * unit,
            written[row][column], ha="center", va="center", fontsize=size,
            color=readable_on(shade.colour(table.cells[row, column])),
        )  # fmt: skip


def _frame(
    axes: "Axes", slot: Slot, unit: float, cells: tuple[int, int, int, int], **look: Any
) -> None:
    """Draw a rectangle around cells: first row and column, height, width."""
    from matplotlib.patches import Rectangle

    row, column, height, width = cells
    corner = (slot.right + column * unit, slot.down + row * unit)
    look = {"fill": False, "zorder": 3} | look
    axes.add_patch(Rectangle(corner, width * unit, height * unit, **look))


def _frames(used: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Return one frame around adjacent cells, or one around each."""
    if not used:
        return []
    rows, columns = ({place[axis] for place in used} for axis in (0, 1))
    height, width = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
    if height * width == len(used):
        return [(min(rows), min(columns), height, width)]
    return [(row, column, 1, 1) for row, column in used]


def _places(mask: ndarray | None) -> list[tuple[int, int]]:
    """Return row and column of the cells in a mask."""
    return [] if mask is None else [(int(row), int(column)) for row, column in np.argwhere(mask)]
