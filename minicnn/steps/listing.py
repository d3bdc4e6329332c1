"""Named lines, such as the steps of an update, and tables of words, as text."""

import textwrap
from collections.abc import Sequence

from minicnn.steps.text import WIDTH


def listing_text(title: str, lines: Sequence[tuple[str, str]]) -> str:
    """Write names and what belongs to them, 80 columns wide."""
    width = max((len(name) for name, _ in lines), default=0)
    indent = " " * (width + 4)
    written = [
        textwrap.fill(
            text, WIDTH, initial_indent=f"  {name:<{width}}  ", subsequent_indent=indent,
            break_on_hyphens=False,
        )
        for name, text in lines
    ]  # fmt: skip
    return "\n".join([title, "", *written])


def table_text(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table; a column stands right where its head begins with a blank."""
    lines = [[one.strip() for one in head], *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  "
        + "  ".join(
            f"{cell:>{width}}" if name.startswith(" ") else f"{cell:<{width}}"
            for cell, width, name in zip(line, widths, head, strict=True)
        ).rstrip()
        for line in lines
    )
