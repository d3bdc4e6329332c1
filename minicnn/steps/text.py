"""Steps and walks as text, 80 columns wide: tables side by side, and the sum below."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from minicnn.steps.grid import Grid
from minicnn.steps.notation import cell_texts, number_text

if TYPE_CHECKING:
    from minicnn.steps.step import Step
    from minicnn.steps.walk import Steps

WIDTH = 80
_LIMITS = (16, 12, 10, 8, 6, 5, 4, 3, 2)  # rows and columns shown of a table, until all fit
_LISTED = 12  # terms


def step_text(step: "Step") -> str:
    """Draw a step: what it is, the tables that are multiplied, the sum."""
    title = f"{step.label}: {step.note}" if step.note else step.label
    body = grids_text(step.grids) if step.grids else list_of_terms(step)
    return _paragraphs(title, body, step.remark, step.equation)


def walk_text(walk: "Steps") -> str:
    """Draw a walk: what it computes, and from what."""
    return _paragraphs(walk.title, grids_text(walk.grids), walk.remark)


def grids_text(rows: Sequence[Sequence[Grid]]) -> str:
    """Draw rows of tables. What is too wide is cut in the middle, as NumPy does."""
    return "\n\n".join(_row_text(row) for row in rows if row)


def _row_text(row: Sequence[Grid]) -> str:
    """Draw tables side by side; where they do not fit, smaller, and at last below each other."""
    for limit in _LIMITS:
        drawn = _side_by_side(row, limit)
        if max(map(len, drawn)) <= WIDTH:
            return "\n".join(drawn)
    middle = len(row) // 2
    return f"{_row_text(row[:middle])}\n\n{_row_text(row[middle:])}"


def _side_by_side(row: Sequence[Grid], limit: int) -> list[str]:
    """Draw tables with as many rows and columns as `limit` says, the signs at half their height."""
    blocks = [_table(grid, limit) for grid in row]
    height = max(map(len, blocks))
    lines = [""] * height
    for grid, block in zip(row, blocks, strict=True):
        width = max(map(len, block))
        middle = 1 + (height - 2) // 2
        for number in range(height):
            sign = grid.sign if number == middle else ""
            part = block[number] if number < len(block) else ""
            lines[number] += f" {sign:^{len(grid.sign)}} " if grid.sign else "  "
            lines[number] += f"{part:<{width}}"
    return [line.rstrip() for line in lines]


def _table(grid: Grid, limit: int) -> list[str]:
    """Return a table's lines, the label first."""
    written = cell_texts(grid.cells)
    framed = grid.padding is not None or grid.marked is not None
    if framed:
        written = [
            [_framed(grid, i, j, cell) for j, cell in enumerate(row)]
            for i, row in enumerate(written)
        ]
    width = max((len(cell) for row in written for cell in row), default=1)
    aligned = [[f"{cell:>{width}}" for cell in row] for row in written]
    gap = "" if framed else " "
    shown = cut([gap.join(cut(row, limit, "…")) for row in aligned], limit, "…")
    return [grid.label, *shown]


def _framed(grid: Grid, row: int, column: int, cell: str) -> str:
    if grid.is_padding(row, column):
        return f"({cell})"
    return f"[{cell}]" if grid.is_marked(row, column) else f" {cell} "


def cut(items: list[Any], limit: int, gap: Any) -> list[Any]:
    """Leave out the middle of what is longer than `limit`."""
    if len(items) <= limit:
        return items
    return [*items[: limit - limit // 2], gap, *items[len(items) - limit // 2 :]]


def list_of_terms(step: "Step") -> str:
    """List the terms, one a line: where its numbers are, the numbers, the product."""
    terms = sorted(step.terms, key=lambda term: -abs(term.product))
    few = len(terms) <= _LISTED
    listed = step.terms if few else terms[:_LISTED]
    lines = [(term.where, str(term), number_text(term.product)) for term in listed]
    if not few:
        others = sum(term.product for term in terms[_LISTED:])
        lines.append((f"{len(terms) - _LISTED} smaller ones", "", number_text(others)))
    if step.bias is not None:
        lines.append(("bias", "", number_text(step.bias)))
    widths = [max((len(line[part]) for line in lines), default=0) for part in range(3)]
    return "\n".join(
        f"  {where:<{widths[0]}}  {factors:<{widths[1]}}  {product:>{widths[2]}}"
        for where, factors, product in lines
    )


def _paragraphs(*parts: str) -> str:
    """Join what is not empty; sentences are wrapped, tables left alone."""
    whole = []
    for part in filter(None, parts):
        whole.append(part if "\n" in part else _wrapped(part))
    return "\n\n".join(whole)


def _wrapped(sentence: str) -> str:
    """Break a sentence or an equation into lines; a result stays with its sign: ``… = 3``."""
    together = sentence.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    lines = textwrap.fill(together, WIDTH, break_on_hyphens=False)
    return lines.replace("\N{NO-BREAK SPACE}", " ")
