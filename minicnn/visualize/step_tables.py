"""Tables of a step's picture: the whole arrays that it reads, and below them its own sum."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.steps.step import Factor, Index, Step
from minicnn.steps.table import Table
from minicnn.steps.walk import Steps

SOURCES = ("input", "dy")  # drawn whole; of a kernel the step's own tables show enough
MOST_TERMS = 400_000  # read to assemble a source: a second
MOST_LONG = 16  # cells of a vector that is drawn
COLOURS = 3  # channels of an image that is drawn in its colours


class Source(NamedTuple):
    """An array that a walk reads from, with the zeros around it that the walk reads too."""

    cells: ndarray
    margins: tuple[int, int] = (0, 0)
    is_padding: ndarray | None = None


def sources_of(walk: Steps, steps: Sequence[Step]) -> dict[str, Source]:
    """Return the whole arrays that a walk reads from, as far as pictures show them."""
    own = {name: getattr(walk, name, None) for name in SOURCES}
    arrays = {name: array for name, array in own.items() if isinstance(array, ndarray)}
    if not arrays and len(walk) * len(steps[0].terms) <= MOST_TERMS:
        arrays = _gathered(walk)
    ends: list[Step] = []
    if any(array.ndim > 1 for array in arrays.values()):  # a vector has no border
        shape = walk.output.shape  # both ends of a walk reach farthest over the border
        ends = [walk.step((0,) * len(shape)), walk.step(tuple(size - 1 for size in shape))]
    return {name: _with_padding(array, name, ends) for name, array in arrays.items()}


def tables_of(walk: Steps, step: Step, sources: Mapping[str, Source]) -> list[list[Table]]:
    """Return the tables of a step's picture, row by row."""
    whole = [table for name in sources for table in _source(step, name, sources[name])]
    whole += _result(walk, step, "→" if whole else "")
    return [row for row in (whole, *step.tables) if row and not _is_among(row, whole)]


def _factors(step: Step, name: str) -> list[Factor]:
    """Return the numbers that a step reads from an array."""
    return [factor for term in step.terms for factor in term.factors if factor.name == name]


def _gathered(steps: Iterable[Step]) -> dict[str, ndarray]:
    """Return the arrays that steps read, with NaN for numbers that none reads."""
    found: dict[str, dict[Index, float]] = {name: {} for name in SOURCES}
    for step in steps:
        for name, values in found.items():
            factors = (factor for factor in _factors(step, name) if not factor.is_padding)
            values |= {factor.index: factor.value for factor in factors}
    arrays = {}
    for name, values in found.items():
        if values:
            indices = np.array(list(values))
            arrays[name] = np.full(indices.max(axis=0) + 1, np.nan)
            arrays[name][tuple(indices.T)] = list(values.values())
    return arrays


def _with_padding(array: ndarray, name: str, steps: Sequence[Step]) -> Source:
    """Surround an array with the zeros that these steps read beside it."""
    array = array.astype(np.float64)
    outside = [
        factor.index for step in steps for factor in _factors(step, name) if factor.is_padding
    ]
    if not outside:
        return Source(array)
    margins = [
        (max(-min(cells), 0), max(max(cells) + 1 - size, 0))
        for cells, size in zip(zip(*outside, strict=True), array.shape[:2], strict=False)
    ]
    beyond = [(0, 0)] * (array.ndim - 2)
    mask = np.pad(np.zeros(array.shape[:2], bool), margins, constant_values=True)
    return Source(np.pad(array, [*margins, *beyond]), (margins[0][0], margins[1][0]), mask)


def _is_among(row: Sequence[Table], whole: Sequence[Table]) -> bool:
    """Whether a row repeats a source, as for a bias: the sum of all dy."""
    return len(row) == 1 and any(
        row[0] is not table and np.array_equal(row[0].cells, table.cells) for table in whole
    )


def _source(step: Step, name: str, source: Source) -> Iterator[Table]:
    """Yield the table of an array, if the step reads from it and it can be drawn."""
    indices = [factor.index for factor in _factors(step, name)]
    if not indices or not _drawable(source.cells):
        return
    above, left = source.margins
    cells = sorted({_row_and_column(index) for index in indices})
    used = [(row + above, column + left) for row, column in cells]
    label, array = name, source.cells
    if not (name == "input" and array.ndim == 3 and array.shape[2] == COLOURS):
        label, array = _channel(name, array, _strongest(step, name))
    yield Table(label, array, padding=source.is_padding, used=used)


def _result(walk: Steps, step: Step, sign: str) -> Iterator[Table]:
    """Yield the table of the results up to this step."""
    if not _drawable(walk.output):
        return
    done = np.full(walk.output.shape, np.nan)
    for index in walk.indices():
        done[index] = walk.output[index]
        if index == step.index:
            break
    label, cells = _channel(step.name, done, step.index)
    _, finished = _channel(step.name, walk.output, step.index)
    yield Table(label, cells, sign, used=[_row_and_column(step.index)], finished=finished)


def _channel(name: str, array: ndarray, index: Index) -> tuple[str, ndarray]:
    """Return a label and the rows and columns of the channel of an index."""
    beyond = index[2:]
    if beyond:
        name = f"{name}[:, :, {', '.join(map(str, beyond))}]"
        channel: Any = (slice(None), slice(None), *beyond)
        array = array[channel]
    return name, np.atleast_2d(array.astype(np.float64))


def _strongest(step: Step, name: str) -> Index:
    """Return an index in the channel of an array that contributes most to the sum."""
    sums: dict[Index, float] = defaultdict(float)
    for term in step.terms:
        for factor in term.factors:
            if factor.name == name:
                sums[factor.index[2:]] += term.product
    return 0, 0, *max(sums, key=lambda channel: abs(sums[channel]))


def _row_and_column(index: Index) -> tuple[int, int]:
    """Return row and column of a number of a channel or a vector in its table."""
    row, column, *_ = (*index, 0, 0) if len(index) > 1 else (0, *index, 0)
    return row, column


def _drawable(array: ndarray) -> bool:
    return array.ndim > 1 or array.size <= MOST_LONG
