"""Pages shown one after the other, as the reader asks for them."""

import os
import sys
from argparse import ArgumentTypeError

from minicnn.cli.step_pages import StepPages
from minicnn.cli.steps_options import cell
from minicnn.training.progress import is_terminal

KEYS = "Enter: next   b: back   q: quit   0,2: that cell > "
CLEAR = "\x1b[H\x1b[2J"


def waits() -> bool:
    """Whether somebody is there who sees the pages, and can ask for the next."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def show_all(pages: StepPages) -> None:
    """Print all pages."""
    for number in range(len(pages)):
        print(pages[number], end="\n\n" if number < len(pages) - 1 else "\n")


def show_one_by_one(pages: StepPages) -> None:
    """Show a page, wait for what the reader wants, and go on, until the last or ``q``."""
    number, remark = 0, ""
    while number < len(pages):
        print(f"{_clear()}{pages[number]}\n\n{remark}{KEYS}", end="", flush=True)
        try:
            answer = input().strip().lower()
        except EOFError:  # Ctrl-D
            print()
            return
        if answer in ("q", "quit"):
            return
        number, remark = _next(pages, number, answer)


def _next(pages: StepPages, number: int, answer: str) -> tuple[int, str]:
    """Return which page was asked for, and what to say above the keys."""
    if not answer or answer == "n":
        return number + 1, ""
    if answer == "b":
        return max(number - 1, 0), ""
    try:
        return pages.number_of(cell(answer)), ""
    except ArgumentTypeError:
        return number, f"{answer!r} means nothing here.\n"
    except ValueError as error:
        return number, f"{error}\n"


def _clear() -> str:
    """Return what empties the screen, so that the window slides in its place."""
    return "" if os.environ.get("TERM") == "dumb" else CLEAR
