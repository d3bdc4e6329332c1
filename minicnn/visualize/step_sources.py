"""The whole arrays that the steps of a walk read from, assembled for pictures."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.steps.step import Factor, Index, Step
from minicnn.steps.walk import Steps

SOURCES = ("input", "dy")  # drawn whole; of a kernel the step's own tables show enough
MOST_TERMS = 400_000  # read to put a source together: a second


class Source(NamedTuple):
    """An array that a walk reads from, with the zeros around it that the walk reads too."""

    cells: ndarray
    margins: tuple[int, int] = (0, 0)
    is_padding: ndarray | None = None


def sources_of(walk: Steps, steps: Sequence[Step]) -> dict[str, Source]:
    """Return the whole arrays that a walk reads from, as far as pictures show them."""
    own = {name: getattr(walk, name, None) for name in SOURCES}
    arrays = {name: array for name, array in own.items() if isinstance(array, ndarray)}
    if not arrays:
        terms = len(walk) * len(steps[0].terms)
        arrays = _gathered(walk) if terms <= MOST_TERMS else {}
    corners: list[Step] = []
    if any(array.ndim > 1 for array in arrays.values()):  # a vector has no border
        corners = [walk.step(place) for place in _first_and_last(walk)]
    return {name: _with_padding(array, name, corners) for name, array in arrays.items()}


def factors_of(step: Step) -> Iterator[Factor]:
    """Go through all numbers that a step reads."""
    for term in step.terms:
        yield from term.factors


def _gathered(steps: Iterable[Step]) -> dict[str, ndarray]:
    """Return the arrays that steps read, with NaN for numbers that none reads."""
    found: dict[str, dict[Index, float]] = {name: {} for name in SOURCES}
    for step in steps:
        for factor in factors_of(step):
            if factor.name in found and not factor.is_padding:
                found[factor.name][factor.index] = factor.value
    arrays = {}
    for name, values in found.items():
        if values:
            arrays[name] = np.full([1 + max(sizes) for sizes in zip(*values, strict=True)], np.nan)
            for place, value in values.items():
                arrays[name][place] = value
    return arrays


def _first_and_last(walk: Steps) -> Iterator[Index]:
    """Yield the two ends of a walk: they reach farthest over the border."""
    yield tuple(0 for _ in walk.output.shape)
    yield tuple(size - 1 for size in walk.output.shape)


def _with_padding(array: ndarray, name: str, steps: Sequence[Step]) -> Source:
    """Surround an array with the zeros that these steps read beside it."""
    array = array.astype(np.float64)
    outside = [
        factor.index
        for step in steps
        for factor in factors_of(step)
        if factor.name == name and factor.is_padding
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
