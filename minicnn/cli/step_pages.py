"""A walk as pages of text: an overview, then one page per step, shown one by one in a terminal."""

import os
import sys
from argparse import ArgumentTypeError
from functools import cached_property

from minicnn.cli.messages import say
from minicnn.cli.parser import whole_number
from minicnn.steps.step import Index, Step
from minicnn.steps.text import tables_text
from minicnn.steps.walk import Steps
from minicnn.training.progress import is_terminal
from minicnn.visualize.step_tables import Source, sources_of, tables_of

WIDTH = 80
HIGHEST = 12  # rows of a table that still leave room for the step below it
MOST = 50_000  # products in a walk that is drawn whole at every step
CLEAR = "\x1b[H\x1b[2J"


class StepPages:
    """The pages of a walk."""

    def __init__(self, walk: Steps, head: str) -> None:
        self.walk, self.head = walk, head
        self.indices: list[Index] = list(walk.indices())

    def __len__(self) -> int:
        return 1 + len(self.indices)

    def __getitem__(self, number: int) -> str:
        if number == 0:
            return self.head
        step = self.walk.step(self.indices[number - 1])
        title = say("Step {number} of {count}", number=number, count=len(self.indices))
        return "\n\n".join(filter(None, [title, self._whole(step), str(step)]))

    def number_of(self, index: Index) -> int:
        """Return the page on which a number of the output is computed."""
        return 1 + self.indices.index(checked(index, self.walk.output.shape))

    def _whole(self, step: Step) -> str:
        """Draw the arrays that the step reads and what is computed so far, if a page has room."""
        if len(self.indices) * max(len(step.terms), 1) > MOST:
            return ""
        rows = tables_of(self.walk, step, self._sources)
        drawn = [table for table in rows[0] if table.used]  # the step's own tables use none
        if not drawn or any(table.cells.ndim > 2 or len(table.cells) > HIGHEST for table in drawn):
            return ""
        text = tables_text([drawn])
        return text if max(map(len, text.splitlines())) <= WIDTH else ""

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return sources_of(self.walk, [self.walk.step(self.indices[0])])


def waits() -> bool:
    """Whether a person reads the pages and can ask for the next."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def show_all(pages: StepPages) -> None:
    """Print all pages."""
    for number in range(len(pages)):
        print(pages[number], end="\n\n" if number < len(pages) - 1 else "\n")


def show_one_by_one(pages: StepPages) -> None:
    """Show a page, wait for a key, and go on, until the last page or ``q``."""
    keys = say("Enter: next   b: back   q: quit   0,2: that cell > ")
    clear = "" if os.environ.get("TERM") == "dumb" else CLEAR  # the window slides in its place
    number, remark = 0, ""
    while number < len(pages):
        print(f"{clear}{pages[number]}\n\n{remark}{keys}", end="", flush=True)
        try:
            answer = input().strip().lower()
        except EOFError:  # Ctrl-D
            print()
            return
        if answer in ("q", "quit"):
            return
        number, remark = _next(pages, number, answer)


def cell(text: str) -> tuple[int, ...]:
    """Read the index of a number: ``0,2``."""
    try:
        return tuple(whole_number(0)(part.strip()) for part in text.split(","))
    except ArgumentTypeError:
        raise ArgumentTypeError(
            say("must be integers >= 0 with commas, such as 0,2, got {text!r}.", text=text)
        ) from None


def checked(index: Index, shape: tuple[int, ...]) -> Index:
    """Return an index after checking it; a last axis of size 1 may be left out."""
    whole = (*index, 0) if len(index) == len(shape) - 1 and shape[-1] == 1 else index
    if len(whole) == len(shape) and all(one < size for one, size in zip(whole, shape, strict=True)):
        return whole
    first, last = ",".join("0" * len(shape)), ",".join(str(size - 1) for size in shape)
    raise ValueError(
        say(
            "there is no cell {index}: they go from {first} to {last}.",
            index=",".join(map(str, index)),
            first=first,
            last=last,
        )
    )


def _next(pages: StepPages, number: int, answer: str) -> tuple[int, str]:
    """Return the page that was asked for, and a remark above the keys."""
    if not answer or answer == "n":
        return number + 1, ""
    if answer == "b":
        return max(number - 1, 0), ""
    try:
        return pages.number_of(cell(answer)), ""
    except ArgumentTypeError:
        return number, say("{answer!r} means nothing here.", answer=answer) + "\n"
    except ValueError as error:
        return number, f"{error}\n"
