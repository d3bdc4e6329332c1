"""Positions in the picture of a step, in units: a unit is a cell of a small table.

In an animation every table keeps its position, with room for its largest step.
"""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from minicnn.steps.step import Step
from minicnn.steps.table import Drawing, Table

LARGEST = 9  # units: tables of more rows or columns have smaller cells
GAP, SIGN_GAP = 0.6, 1.3  # between tables, without and with a sign
HEAD, BELOW = 1.0, 0.5  # above a row of tables for their labels, below it
LINE = 0.55  # a line of text
LETTER, BOLD_LETTER = 0.175, 0.22  # a letter of a line, of the title
NARROWEST = 14.0

Drawn = tuple[Step, list[list[Table]]]


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


def lay_out(steps: Sequence[Drawn]) -> Layout:
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
    lines = max(len(text_lines(step.drawing, letters)) for step, _ in steps)
    return Layout(slots, below, width, below + lines * LINE, letters)


def cell_size(table: Table) -> float:
    """Return how large a cell of the table is drawn."""
    return min(1.0, LARGEST / max(table.cells.shape[:2]))


def text_lines(drawing: Drawing, letters: int) -> list[tuple[str, str | None]]:
    """Return the lines below the tables, each with its font."""
    wrapped = [line for one in drawing.sentences for line in textwrap.wrap(one, letters)]
    return [(line, "monospace") for line in drawing.listing] + [(line, None) for line in wrapped]


def _row(rows: Sequence[Sequence[Table]], down: float) -> list[Slot]:
    """Place the tables of a row side by side; `rows` are its forms in all steps."""
    slots: list[Slot] = []
    right = 0.0
    for place in range(max(map(len, rows))):
        forms = [tables[place] for tables in rows if place < len(tables)]
        if place:
            right += SIGN_GAP if any(table.sign for table in forms) else GAP
        heights, widths = zip(*(table.cells.shape[:2] for table in forms), strict=True)
        sizes = [cell_size(table) for table in forms]
        height = max(count * size for count, size in zip(heights, sizes, strict=True))
        width = max(count * size for count, size in zip(widths, sizes, strict=True))
        slots.append(Slot(right, down, width, height))
        right += max(width, *(len(table.label) * LETTER for table in forms))
    return slots
