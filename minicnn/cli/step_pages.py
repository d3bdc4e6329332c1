"""A walk as pages of text: first the whole, then one page for every step."""

from functools import cached_property

from minicnn.steps.step import Index, Step
from minicnn.steps.text import tables_text
from minicnn.steps.walk import Steps
from minicnn.visualize.step_sources import Source, sources_of
from minicnn.visualize.step_tables import tables_of

WIDTH = 80
HIGHEST = 12  # rows of a table that still leave room for the step below it
MOST = 50_000  # products in a walk that is drawn whole at every step


class StepPages:
    """The pages of a walk."""

    def __init__(self, walk: Steps, head: str) -> None:
        self.walk, self.head = walk, head
        self.places: list[Index] = list(walk.indices())

    def __len__(self) -> int:
        return 1 + len(self.places)

    def __getitem__(self, number: int) -> str:
        if number == 0:
            return self.head
        step = self.walk.step(self.places[number - 1])
        title = f"Step {number} of {len(self.places)}"
        return "\n\n".join(filter(None, [title, self._whole(step), str(step)]))

    def number_of(self, place: Index) -> int:
        """Return the number of the page on which a number of the output is made."""
        return 1 + self.places.index(checked(place, self.walk.output.shape))

    def _whole(self, step: Step) -> str:
        """Draw what the step reads from, and what is computed so far, if a page has room for it."""
        if len(self.places) * max(len(step.terms), 1) > MOST:
            return ""
        rows = tables_of(self.walk, step, self._sources)
        drawn = [table for table in rows[0] if table.used]  # what the step itself draws has none
        if not drawn or any(table.cells.ndim > 2 or len(table.cells) > HIGHEST for table in drawn):
            return ""
        text = tables_text([drawn])
        return text if max(map(len, text.splitlines())) <= WIDTH else ""

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return sources_of(self.walk, [self.walk.step(self.places[0])])


def checked(place: Index, shape: tuple[int, ...]) -> Index:
    """Return a place as an index; a last axis of size 1 may be left out."""
    whole = (*place, 0) if len(place) == len(shape) - 1 and shape[-1] == 1 else place
    inside = len(whole) == len(shape) and all(
        one < size for one, size in zip(whole, shape, strict=True)
    )
    if not inside:
        first, last = (",".join(str(one) for one in end) for end in _ends(shape))
        raise ValueError(
            f"there is no cell {','.join(map(str, place))}: they go from {first} to {last}."
        )
    return whole


def _ends(shape: tuple[int, ...]) -> tuple[Index, Index]:
    return tuple(0 for _ in shape), tuple(size - 1 for size in shape)
