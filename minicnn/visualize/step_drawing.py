"""A step drawn: tables of numbers side by side, the cells in use framed, the sum below.

Lengths are in units: a unit is a cell of a small table. In an animation every table keeps its
position, with room for its largest step.
"""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minicnn.steps.notation import cell_texts
from minicnn.steps.step import Step
from minicnn.steps.table import Drawing, Table
from minicnn.visualize.cells import draw_cells, draw_image, outline, write_numbers
from minicnn.visualize.colours import GREY, SIGNED, VERMILION, Shade

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGEST = 9  # units: tables of more rows or columns have smaller cells
GAP, SIGN_GAP = 0.6, 1.3  # between tables, without and with a sign
HEAD, BELOW = 1.0, 0.5  # above a row of tables for their labels, below it
LINE = 0.55  # a line of text
LETTER, BOLD_LETTER = 0.175, 0.22  # a letter of a line, of the title
NARROWEST = 14.0
READABLE = 0.6  # in smaller cells there are no numbers
PALE = 0.7  # part of the colours' range that is used: numbers stay readable
HATCH = "#cccccc"  # of padding


class Slot(NamedTuple):
    """The position of a table."""

    right: float
    down: float
    width: float
    height: float


class Layout(NamedTuple):
    """The positions of everything."""

    slots: list[list[Slot]]
    below: float
    width: float
    height: float
    letters: int


def lay_out(steps: Sequence[tuple[Step, list[list[Table]]]]) -> Layout:
    """Find room for steps that are drawn in turn: for each table its largest form."""
    slots: list[list[Slot]] = []
    down = 2 * LINE  # below the title
    for row in range(max(len(tables) for _, tables in steps)):
        slots.append(_row([tables[row] for _, tables in steps if row < len(tables)], down + HEAD))
        down += HEAD + max(slot.height for slot in slots[-1]) + BELOW
    widest = max((slot.right + slot.width for row in slots for slot in row), default=0)
    width = max(widest, NARROWEST, *(len(step.drawing.title) * BOLD_LETTER for step, _ in steps))
    letters = int(width / LETTER)
    below = down + LINE / 2
    lines = max(len(_text_lines(step.drawing, letters)) for step, _ in steps)
    return Layout(slots, below, width, below + lines * LINE, letters)


def draw_step(axes: "Axes", step: Step, tables: Sequence[Sequence[Table]], layout: Layout) -> None:
    """Draw a step."""
    axes.clear()
    for row, slots in zip(tables, layout.slots, strict=False):
        for table, slot in zip(row, slots, strict=False):
            _draw_table(axes, table, slot)
    axes.text(0, LINE, step.drawing.title, fontsize=12, va="center", fontweight="bold")
    for number, (line, font) in enumerate(_text_lines(step.drawing, layout.letters)):
        axes.text(0, layout.below + number * LINE, line, fontsize=10, va="center", family=font)
    axes.set(xlim=(-0.3, layout.width + 0.3), ylim=(layout.height, 0), aspect="equal")
    axes.axis("off")


def _row(rows: Sequence[Sequence[Table]], down: float) -> list[Slot]:
    """Place the tables of a row side by side; `rows` are its forms in all steps."""
    slots: list[Slot] = []
    right = 0.0
    for number in range(max(map(len, rows))):
        forms = [tables[number] for tables in rows if number < len(tables)]
        if number:
            right += SIGN_GAP if any(table.sign for table in forms) else GAP
        sizes = [np.array(table.cells.shape[:2]) * _cell_size(table) for table in forms]
        height, width = np.max(sizes, axis=0).tolist()
        slots.append(Slot(right, down, width, height))
        right += max(width, *(len(table.label) * LETTER for table in forms))
    return slots


def _cell_size(table: Table) -> float:
    return min(1.0, LARGEST / max(table.cells.shape[:2]))


def _text_lines(drawing: Drawing, letters: int) -> list[tuple[str, str | None]]:
    """Return the lines below the tables, each with its font."""
    wrapped = [line for text in drawing.sentences for line in textwrap.wrap(text, letters)]
    return [(line, "monospace") for line in drawing.listing] + [(line, None) for line in wrapped]


def _draw_table(axes: "Axes", table: Table, slot: Slot) -> None:
    rows, columns = table.cells.shape[:2]
    unit = _cell_size(table)
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
    padding, marked = (
        [] if mask is None else [(row, column, 1, 1) for row, column in np.argwhere(mask).tolist()]
        for mask in (table.padding, table.marked)
    )
    for cells in padding:
        _frame(axes, slot, unit, cells, edgecolor=HATCH, lw=0, hatch="///", zorder=1)
    for cells in [*_frames(table.used), *marked]:
        _frame(axes, slot, unit, cells, edgecolor=VERMILION, lw=2.5)


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
        _frame(axes, slot, unit, (0, 0, rows, columns), edgecolor=GREY, lw=0.8)
        return
    lines: dict[str, Any] = {"colors": GREY, "lw": 0.6}
    axes.hlines(slot.down + unit * np.arange(rows + 1), corners[0], corners[1], **lines)
    axes.vlines(slot.right + unit * np.arange(columns + 1), corners[3], corners[2], **lines)
    written = cell_texts(np.where(known, table.cells, 0))
    longest = max(len(text) for row in written for text in row)
    size = min(11.0, 11 * unit, 11 * unit * 4.2 / longest)
    write_numbers(axes, table.cells, shade, (slot.right, slot.down), 1 / unit, size)


def _frame(
    axes: "Axes", slot: Slot, unit: float, cells: tuple[int, int, int, int], **look: Any
) -> None:
    """Draw a rectangle around cells: first row and column, height, width."""
    row, column, height, width = cells
    left, top = slot.right + column * unit, slot.down + row * unit
    outline(axes, left, top, width * unit, height * unit, **{"zorder": 3} | look)


def _frames(used: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Return one frame around adjacent cells, or one around each."""
    if not used:
        return []
    rows, columns = ({cell[axis] for cell in used} for axis in (0, 1))
    height, width = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
    if height * width == len(used):
        return [(min(rows), min(columns), height, width)]
    return [(row, column, 1, 1) for row, column in used]
