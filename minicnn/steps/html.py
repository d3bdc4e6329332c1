"""Steps and walks as HTML, for notebooks: light or dark, and told apart by the colour-blind.

Blue is positive and red-orange negative, the stronger the larger; text and lines have the notebook's
own colour. A padding cell has a dashed border, one that stands out a thick one.
"""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from minicnn.steps import text
from minicnn.steps.grid import Grid
from minicnn.steps.notation import cell_texts

if TYPE_CHECKING:
    from minicnn.steps.step import Step
    from minicnn.steps.walk import Steps

# Okabe & Ito 2008, "Color Universal Design": blue and vermilion.
_POSITIVE, _NEGATIVE = "0, 114, 178", "213, 94, 0"
_STRONGEST = 0.55  # opacity: text stays readable on it, on white and on black
_LARGEST = 32  # rows and columns shown of a table
_BOX = "display: flex; flex-wrap: wrap; align-items: center; gap: 0.8em; margin: 0.6em 0"
_TABLE = "border-collapse: collapse; margin: 0; width: auto; color: inherit"
_CAPTION = (
    "caption-side: top; text-align: left; white-space: nowrap; padding: 0 0 0.2em; color: inherit"
)
_CELL = "padding: 0.15em 0.45em; text-align: right; min-width: 1.4em; color: inherit"


def step_html(step: "Step") -> str:
    """Draw a step: what it is, the tables that are multiplied, the sum."""
    title = f"{step.label}: {step.note}" if step.note else step.label
    drawn = _rows(step.grids) or f"<pre>{escape(text.list_of_terms(step))}</pre>"
    return _whole(title, drawn, _line(step.remark), _line(step.equation))


def walk_html(walk: "Steps") -> str:
    """Draw a walk: what it computes, and from what."""
    return _whole(walk.title, _rows(walk.grids), _line(walk.remark))


def _whole(title: str, *parts: str) -> str:
    return (
        '<div style="font-variant-numeric: tabular-nums; overflow-x: auto">'
        f"<strong>{escape(title)}</strong>{''.join(parts)}</div>"
    )


def _line(sentence: str) -> str:
    return f'<div style="margin: 0.4em 0">{escape(sentence)}</div>' if sentence else ""


def _rows(rows: Sequence[Sequence[Grid]]) -> str:
    return "".join(f'<div style="{_BOX}">{"".join(map(_grid, row))}</div>' for row in rows if row)


def _grid(grid: Grid) -> str:
    """Return the sign and the table."""
    sign = f'<span style="font-size: 1.4em">{grid.sign}</span>' if grid.sign else ""
    written = cell_texts(grid.cells)
    finite = np.abs(grid.cells[np.isfinite(grid.cells)])
    largest = float(finite.max(initial=0)) or 1.0
    rows, columns = (text.cut(list(range(size)), _LARGEST, None) for size in grid.cells.shape)
    body = "".join(
        "<tr style='background: none'>"
        + "".join(
            f'<td style="{_CELL}">…</td>'
            if row is None or column is None
            else _cell(grid, row, column, written[row][column], largest)
            for column in columns
        )
        + "</tr>"
        for row in rows
    )
    caption = f'<caption style="{_CAPTION}">{escape(grid.label)}</caption>'
    return f'{sign}<table style="{_TABLE}">{caption}<tbody>{body}</tbody></table>'


def _cell(grid: Grid, row: int, column: int, written: str, largest: float) -> str:
    value = float(grid.cells[row, column])
    share = min(abs(value) / largest, 1.0) if np.isfinite(value) else 0.0
    colour = f"rgba({_NEGATIVE if value < 0 else _POSITIVE}, {share * _STRONGEST:.2f})"
    style = f"{_CELL}; background: {colour}; border: 1px solid rgba(128, 128, 128, 0.5)"
    hint = ""
    if grid.is_padding(row, column):
        style += "; border: 2px dashed rgba(128, 128, 128, 0.9); font-style: italic"
        hint = ' title="padding"'
    if grid.is_marked(row, column):
        style += "; border: 3px solid currentColor; font-weight: bold"
    return f'<td style="{style}"{hint}>{written}</td>'
