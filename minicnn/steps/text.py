"""Drawings as text, 80 columns wide: tables side by side, sentences below."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from minicnn.console import encodable
from minicnn.steps.notation import cell_texts
from minicnn.steps.table import Drawing, Table

WIDTH = 80
_LIMITS = (16, 12, 10, 8, 6, 5, 4, 3, 2)  # rows and columns shown of a table, until all fit


def drawing_text(drawing: Drawing) -> str:
    """Write a drawing in the characters of `sys.stdout`; sentences are wrapped, tables are not."""
    body = tables_text(drawing.tables) or "\n".join(drawing.listing)
    parts = [wrapped(drawing.title), body, *map(wrapped, drawing.sentences)]
    return encodable("\n\n".join(filter(None, parts)))


def tables_text(rows: Sequence[Sequence[Table]]) -> str:
    """Draw rows of tables. Wide ones are cut in the middle, as NumPy does."""
    return "\n\n".join(_row_text(row) for row in rows if row)


def _row_text(row: Sequence[Table]) -> str:
    """Draw tables side by side; if they do not fit, smaller, and at last below each other."""
    for limit in _LIMITS:
        drawn = _side_by_side(row, limit)
        if max(map(len, drawn)) <= WIDTH:
            return "\n".join(drawn)
    middle = len(row) // 2
    return f"{_row_text(row[:middle])}\n\n{_row_text(row[middle:])}"


def _side_by_side(row: Sequence[Table], limit: int) -> list[str]:
    """Draw tables with at most `limit` rows and columns, the signs at half their height."""
    blocks = [_block(table, limit) for table in row]
    height = max(map(len, blocks))
    middle = 1 + (height - 2) // 2
    lines = [""] * height
    for table, block in zip(row, blocks, strict=True):
        width = max(map(len, block))
        for number in range(height):
            sign = table.sign if number == middle else ""
            part = block[number] if number < len(block) else ""
            lines[number] += f" {sign:^{len(table.sign)}} " if table.sign else "  "
            lines[number] += f"{part:<{width}}"
    return [line.rstrip() for line in lines]


def _block(table: Table, limit: int) -> list[str]:
    """Return a table's lines, the label first."""
    written = cell_texts(table.cells if table.finished is None else table.finished)
    width = max((len(cell) for row in written for cell in row), default=1)
    framed = table.padding is not None or table.marked is not None or bool(table.used)
    if framed:
        width += 2
        written = [
            [_framed(table, i, j, cell) for j, cell in enumerate(row)]
            for i, row in enumerate(written)
        ]
    aligned = [[f"{cell:>{width}}" for cell in row] for row in written]
    gap = "" if framed else " "
    shown = cut([gap.join(cut(row, limit, "…")) for row in aligned], limit, "…")
    return [table.label, *shown]


def _framed(table: Table, row: int, column: int, cell: str) -> str:
    if table.finished is not None and np.isnan(table.cells[row, column]):
        return " · "  # not computed yet
    if table.is_marked(row, column) or (row, column) in table.used:
        return f"[{cell}]"
    return f"({cell})" if table.is_padding(row, column) else f" {cell} "


def cut(items: list[Any], limit: int, gap: Any) -> list[Any]:
    """Leave out the middle of a list longer than `limit`."""
    if len(items) <= limit:
        return items
    return [*items[: limit - limit // 2], gap, *items[len(items) - limit // 2 :]]


def wrapped(sentence: str) -> str:
    """Break a sentence or an equation into lines; a result stays with its sign: ``… = 3``."""
    together = sentence.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    lines = textwrap.fill(together, WIDTH, break_on_hyphens=False)
    return lines.replace("\N{NO-BREAK SPACE}", " ")


def aligned_text(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Return rows of words as lines with aligned columns; `right` says which are flush right."""
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(len(right))]
    return [
        "  "
        + "  ".join(
            f"{cell:>{width}}" if flush else f"{cell:<{width}}"
            for cell, width, flush in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]


def listing_text(title: str, lines: Sequence[tuple[str, str]]) -> str:
    """Write named lines, such as the steps of an update, 80 columns wide."""
    width = max((len(name) for name, _ in lines), default=0)
    written = [
        textwrap.fill(
            line, WIDTH, initial_indent=f"  {name:<{width}}  ",
            subsequent_indent=" " * (width + 4), break_on_hyphens=False,
        )
        for name, line in lines
    ]  # fmt: skip
    return encodable("\n".join([title, "", *written]))
