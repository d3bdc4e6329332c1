"""Tables of a step's picture: the whole arrays that it reads, and below them its own sum."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.steps.step import Index, Step
from minicnn.steps.table import Table
from minicnn.steps.walk import Steps
from minicnn.visualize.step_sources import Source, factors_of, sources_of

__all__ = ["Source", "Table", "sources_of", "tables_of"]

MOST_LONG = 16  # cells of a vector that is drawn
COLOURS = 3  # channels of an image that is drawn in its colours


def tables_of(walk: Steps, step: Step, sources: Mapping[str, Source]) -> list[list[Table]]:
    """Return the tables of a step's picture, row by row."""
    whole = [one for name in sources for one in _source(step, name, sources[name])]
    whole += _result(walk, step, "→" if whole else "")
    return [row for row in (whole, *step.tables) if row and not _is_among(row, whole)]


def _is_among(row: Sequence[Table], whole: Sequence[Table]) -> bool:
    """Whether a row shows nothing but a source once more, as for a bias: the sum of all dy."""
    return len(row) == 1 and any(
        row[0] is not one and np.array_equal(row[0].cells, one.cells) for one in whole
    )


def _source(step: Step, name: str, source: Source) -> Iterator[Table]:
    """Yield the table of an array, if the step reads from it and it can be drawn."""
    places = [factor.index for factor in factors_of(step) if factor.name == name]
    if not places or not _drawable(source.cells):
        return
    above, left = source.margins
    used = sorted({_row_and_column(place) for place in places})
    used = [(row + above, column + left) for row, column in used]
    label, cells = name, source.cells
    if not (name == "input" and cells.ndim == 3 and cells.shape[2] == COLOURS):
        label, cells = _channel(name, cells, _strongest(step, name))
    yield Table(label, cells, padding=source.is_padding, used=used)


def _result(walk: Steps, step: Step, sign: str) -> Iterator[Table]:
    """Yield the table of the results up to this step."""
    if not _drawable(walk.output):
        return
    done = np.full(walk.output.shape, np.nan)
    for place in walk.indices():
        done[place] = walk.output[place]
        if place == step.index:
            break
    label, cells = _channel(step.name, done, step.index)
    _, finished = _channel(step.name, walk.output, step.index)
    yield Table(label, cells, sign, used=[_row_and_column(step.index)], finished=finished)


def _channel(name: str, array: ndarray, place: Index) -> tuple[str, ndarray]:
    """Return a label and the rows and columns of the channel of an index."""
    beyond = place[2:]
    if beyond:
        name = f"{name}[:, :, {', '.join(map(str, beyond))}]"
        channel: tuple[Any, ...] = (slice(None), slice(None), *beyond)
        array = array[channel]
    return name, np.atleast_2d(array.astype(np.float64))


def _strongest(step: Step, name: str) -> Index:
    """Return an index in the channel of an array that contributes most to the sum."""
    sums: dict[Index, float] = {}
    places = {}
    for term in step.terms:
        for factor in term.factors:
            if factor.name == name:
                beyond = factor.index[2:]
                sums[beyond] = sums.get(beyond, 0.0) + term.product
                places[beyond] = factor.index
    return places[max(sums, key=lambda beyond: abs(sums[beyond]))]


def _row_and_column(place: Index) -> tuple[int, int]:
    """Return row and column of a number of a channel or a vector in its table."""
    if len(place) > 1:
        return place[0], place[1]
    return 0, place[0] if place else 0


def _drawable(array: ndarray) -> bool:
    return array.ndim > 1 or array.size <= MOST_LONG
