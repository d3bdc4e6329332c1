"""Drawings as HTML for notebooks: light or dark, and with colours that the colour-blind tell apart.

Blue is positive and red-orange negative, the stronger the larger; text and lines have the notebook's
own colour. A padding cell has a dashed border, a marked one a thick border.
"""

from collections.abc import Sequence
from html import escape

import numpy as np

from minicnn.steps import text
from minicnn.steps.notation import cell_texts
from minicnn.steps.table import Drawing, Table

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


def drawing_html(drawing: Drawing) -> str:
    """Write a drawing as one element."""
    body = _rows(drawing.tables)
    if drawing.listing and not body:
        body = f"<pre>{escape(chr(10).join(drawing.listing))}</pre>"
    sentences = "".join(
        f'<div style="margin: 0.4em 0">{escape(sentence)}</div>' for sentence in drawing.sentences
    )
    return (
        '<div style="font-variant-numeric: tabular-nums; overflow-x: auto">'
        f"<strong>{escape(drawing.title)}</strong>{body}{sentences}</div>"
    )


def _rows(rows: Sequence[Sequence[Table]]) -> str:
    return "".join(f'<div style="{_BOX}">{"".join(map(_table, row))}</div>' for row in rows if row)


def _table(table: Table) -> str:
    """Return the sign and the table."""
    sign = f'<span style="font-size: 1.4em">{table.sign}</span>' if table.sign else ""
    written = cell_texts(table.cells)
    finite = np.abs(table.cells[np.isfinite(table.cells)])
    largest = float(finite.max(initial=0)) or 1.0
    rows, columns = (text.cut(list(range(size)), _LARGEST, None) for size in table.cells.shape)
    body = "".join(
        "<tr style='background: none'>"
        + "".join(
            f'<td style="{_CELL}">…</td>'
            if row is None or column is None
            else _cell(table, row, column, written[row][column], largest)
            for column in columns
        )
        + "</tr>"
        for row in rows
    )
    caption = f'<caption style="{_CAPTION}">{escape(table.label)}</caption>'
    return f'{sign}<table style="{_TABLE}">{caption}<tbody>{body}</tbody></table>'


def _cell(table: Table, row: int, column: int, written: str, largest: float) -> str:
    value = float(table.cells[row, column])
    opacity = min(abs(value) / largest, 1.0) * _STRONGEST if np.isfinite(value) else 0.0
    colour = f"rgba({_NEGATIVE if value < 0 else _POSITIVE}, {opacity:.2f})"
    style = f"{_CELL}; background: {colour}; border: 1px solid rgba(128, 128, 128, 0.5)"
    hint = ""
    if table.is_padding(row, column):
        style += "; border: 2px dashed rgba(128, 128, 128, 0.9); font-style: italic"
        hint = ' title="padding"'
    if table.is_marked(row, column):
        style += "; border: 3px solid currentColor; font-weight: bold"
    return f'<td style="{style}"{hint}>{written}</td>'
