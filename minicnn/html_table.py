"""Tables for notebooks: plain HTML in the notebook's own colours, light or dark."""

from collections.abc import Iterable, Sequence
from html import escape

_BOX = "max-height: 24em; overflow: auto; margin: 0.4em 0"
_TABLE = "border-collapse: collapse; margin: 0; color: inherit; font-variant-numeric: tabular-nums"
_CELL = "padding: 0.25em 0.8em; border: 1px solid rgba(128, 128, 128, 0.5); color: inherit"
_ROW = "background: none"


def html_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[bool]
) -> str:
    """Return a table as HTML with all its styles inside; a long one can be scrolled."""
    sides = ["right" if number else "left" for number in numbers]
    head = _row(columns, sides, 'th scope="col"')
    body = "".join(_row(row, sides, "td") for row in rows)
    return (
        f'<div style="{_BOX}"><table style="{_TABLE}">'
        f"<thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: Sequence[str], sides: Sequence[str], tag: str) -> str:
    kind = tag.split()[0]
    inside = "".join(
        f'<{tag} style="{_CELL}; text-align: {side}">{escape(cell)}</{kind}>'
        for cell, side in zip(cells, sides, strict=True)
    )
    return f'<tr style="{_ROW}">{inside}</tr>'
