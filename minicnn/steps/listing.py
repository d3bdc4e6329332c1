"""Named lines, such as the steps of an update, and tables of words, as text."""

import textwrap
from collections.abc import Sequence

from minicnn.steps.text import WIDTH


def listing_text(title: str, lines: Sequence[tuple[str, str]]) -> str:
    """Write names and what belongs to them, 80 columns wide.

    Parameters
    ----------
    title : str
    lines : list of (name, text)

    Returns
    -------
    str

    Examples
    --------
    >>> print(listing_text("Adam, step 1", [("m", "0.9·0 + 0.1·0.5 = 0.05"), ("weight", "0.9")]))
    Adam, step 1
    <BLANKLINE>
      m       0.9·0 + 0.1·0.5 = 0.05
      weight  0.9
    """
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
    """Write a table; a column stands right where its head begins with a blank.

    Parameters
    ----------
    head : list of str
    rows : list of list of str

    Returns
    -------
    str
        As wide as it needs to be.

    Examples
    --------
    >>> print(table_text(["layer", " weights"], [["conv2d", "640"], ["flatten", "0"]]))
      layer    weights
      conv2d       640
      flatten        0
    """
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
