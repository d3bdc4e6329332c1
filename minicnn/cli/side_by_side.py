"""Tables of numbers next to each other, as text: what a step reads and makes stands in brackets."""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from minicnn.steps.notation import cell_texts
from minicnn.visualize.step_tables import Table

UNKNOWN = " · "  # not computed yet


def side_by_side(tables: Sequence[Table], in_the_end: Sequence[ndarray]) -> str:
    """Draw tables next to each other; padding stands in parentheses, what the step uses in brackets."""
    blocks = [_block(*pair) for pair in zip(tables, in_the_end, strict=True)]
    height = max(map(len, blocks))
    lines = [""] * height
    for table, block in zip(tables, blocks, strict=True):
        width = max(map(len, block))
        middle = 1 + (height - 2) // 2
        for number in range(height):
            sign = table.sign if number == middle else ""
            part = block[number] if number < len(block) else ""
            lines[number] += (
                f"  {sign:^{len(table.sign)}}{'  ' if table.sign else ''}{part:<{width}}"
            )
    return "\n".join(line.rstrip() for line in lines)


def _block(table: Table, numbers: ndarray) -> list[str]:
    """Return a table's lines, its name first; written as these numbers are."""
    rows, columns = table.cells.shape
    written = cell_texts(np.nan_to_num(numbers))
    framed = [
        [_framed(table, (row, column), written[row][column]) for column in range(columns)]
        for row in range(rows)
    ]
    width = 2 + max(len(text) for row in written for text in row)
    return [table.label, *("".join(f"{text:>{width}}" for text in row) for row in framed)]


def _framed(table: Table, place: tuple[int, int], text: str) -> str:
    if np.isnan(table.cells[place]):
        return UNKNOWN
    if place in table.used:
        return f"[{text}]"
    padding = table.padding is not None and bool(table.padding[place])
    return f"({text})" if padding else f" {text} "
