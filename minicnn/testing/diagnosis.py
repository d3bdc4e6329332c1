"""Guess the mistake behind a wrong gradient by testing usual mistakes one after the other."""

from collections.abc import Iterator
from itertools import permutations, product

import numpy as np
from numpy import ndarray

from minicnn.testing.numerical import CheckedArray
from minicnn.testing.report import Entry, Index

MATCH = 1e-4  # of the largest gradient: how closely a corrected gradient must match
ROUNDING = 1e-4  # smaller errors, relative to the largest gradient, are due to float32
MINORITY = 0.5  # of the compared entries
_NO_GUESS = (
    "It matches none of the usual mistakes: write down the formula for one example with one or two "
    "features, and compare term by term."
)


def diagnose(array: CheckedArray, entries: list[Entry]) -> str:
    """Return the likely mistake for the wrong entries."""
    sample = _Sample([entry for entry in entries if not entry.kink])
    return next(_guesses(array, sample), _NO_GUESS)


class _Sample:
    """The compared entries as arrays."""

    def __init__(self, entries: list[Entry]) -> None:
        self.indices, self.analytic, self.numerical = (
            np.array([getattr(entry, name) for entry in entries])
            for name in ("position", "analytic", "numerical")
        )
        self.error = np.abs(self.analytic - self.numerical)
        self.largest = float(np.abs(self.numerical).max(initial=0))

    def matches(self, corrected: ndarray) -> bool:
        """Whether these values would have been right."""
        difference = np.abs(corrected - self.numerical).max()
        return self.largest > 0 and bool(difference <= MATCH * self.largest)


def _guesses(array: CheckedArray, sample: _Sample) -> Iterator[str]:
    """Yield what explains the errors, the simplest first."""
    gradient, gradient_for, error = array.gradient, array.gradient_for, sample.error
    if not np.any(gradient):
        yield "Likely missing: it is 0 everywhere, as if the output did not depend on it."
    if error.max() <= ROUNDING * max(sample.largest, np.abs(sample.analytic).max()):
        yield (
            "Likely rounded: only the first digits are right. Either some intermediate result is "
            "float32, or forward and backward use different approximations (an ε, a rounded constant)."
        )
    wrong = error > MATCH * sample.largest
    if 0 < wrong.sum() <= MINORITY * len(wrong) and len(wrong) >= 4:
        yield (
            "Likely a special case: the other entries are right. The wrong entries are at "
            f"{_in_common(sample.indices[wrong], array.values.shape)}."
        )
    if gradient_for and np.allclose(gradient_for(2 * array.upstream), gradient):
        yield (
            "Likely the chain rule is missing: the result does not change when dy is doubled. "
            "Multiply by dy."
        )
    yield from _scaled(array, sample)
    yield from _single_example(array)
    yield from _rearranged(gradient, sample)
    is_whole = len(sample.analytic) >= max(array.values.size, 3)
    difference = np.sort(sample.analytic) - np.sort(sample.numerical)
    if is_whole and np.abs(difference).max() <= MATCH * sample.largest:
        yield (
            "Likely shuffled: the values are right, but at other indices. A reshape instead of a "
            "transpose, or the other way round?"
        )
    yield from _term_missing(sample)


def _in_common(indices: ndarray, shape: Index) -> str:
    """Return the index that the wrong entries share, or the first few indices."""
    shared = [
        f"index {indices[0, axis]} of {shape[axis]} on axis {axis}"
        for axis in range(len(shape))
        if shape[axis] > 1 and len(indices) > 1 and np.ptp(indices[:, axis]) == 0
    ]
    few = ", ".join(str(tuple(int(i) for i in index)) for index in indices[:5])
    return " and ".join(shared) or f"{few}{', …' if len(indices) > 5 else ''}"


def _scaled(array: CheckedArray, sample: _Sample) -> Iterator[str]:
    """Recognise a wrong sign, and a mean instead of a sum."""
    squares = float(sample.analytic @ sample.analytic)
    factor = float(sample.analytic @ sample.numerical) / squares if squares else 0.0
    is_too_small = len(sample.analytic) < 2 and array.values.size > 1
    if is_too_small or not factor or not sample.matches(factor * sample.analytic):
        return
    if np.isclose(factor, -1, rtol=MATCH):
        yield "Likely the sign: every entry is the negative of the right value."
    meaning = _meaning(array, factor)
    yield f"Likely scaled: every entry should be {factor:.6g} times as large: {meaning}."


def _meaning(array: CheckedArray, factor: float) -> str:
    """Return a likely reason for a factor."""
    batch = array.upstream.shape[0] if array.upstream.ndim else 1
    positions = int(np.prod(array.upstream.shape[:-1]))
    reasons = {
        "the 2 of a square's derivative": 2,
        "a path counted twice": 1 / 2,
        f"a mean instead of the sum over the {batch} examples": batch,
        f"a sum instead of the mean over the {batch} examples": 1 / batch,
    }
    if positions != batch:
        reasons[f"a mean instead of the sum over all {positions} positions"] = positions
        reasons[f"a sum instead of the mean over all {positions} positions"] = 1 / positions
    fitting = [text for text, number in reasons.items() if np.isclose(factor, number, rtol=MATCH)]
    return ", or ".join(fitting) or "a constant is missing, or is applied twice"


def _single_example(array: CheckedArray) -> Iterator[str]:
    dy = array.upstream
    if array.gradient_for is None or array.name.startswith("x") or len(dy) < 2:
        return
    for example in (0, len(dy) - 1):
        alone = np.zeros(dy.shape)
        alone[example] = dy[example]
        if np.allclose(array.gradient_for(alone), array.gradient):
            yield (
                f"Likely a sum is missing: only example {example} of the batch contributes. Sum over "
                "the batch."
            )


def _rearranged(gradient: ndarray, sample: _Sample) -> Iterator[str]:
    """Recognise transposed and reversed axes."""
    axes, indices = range(gradient.ndim), tuple(sample.indices.T)
    candidates = sorted(
        product(permutations(axes), product((1, -1), repeat=len(axes))),
        key=lambda item: sum(a != b for a, b in zip(item[0], axes, strict=True)) - sum(item[1]),
    )
    for order, steps in candidates:
        slices = tuple(slice(None, None, step) for step in steps)
        rearranged = gradient.transpose(order)[slices]
        if rearranged.shape == gradient.shape and sample.matches(rearranged[indices]):
            yield f"Likely transposed or reversed: it matches with {_arrangement(order, steps)}."


def _arrangement(order: tuple[int, ...], steps: tuple[int, ...]) -> str:
    texts = []
    if list(order) != sorted(order):
        texts.append(f"its axes transposed to {order}")
    reversed_axes = [str(axis) for axis, step in enumerate(steps) if step < 0]
    if reversed_axes:
        axes = "axis" if len(reversed_axes) == 1 else "axes"
        texts.append(f"{axes} {' and '.join(reversed_axes)} reversed")
    return ", and ".join(texts)


def _term_missing(sample: _Sample) -> Iterator[str]:
    """Recognise a difference that is constant, or constant along an axis."""
    missing, limit = sample.numerical - sample.analytic, MATCH * sample.largest
    if len(missing) > 2 and np.ptp(missing) <= limit:
        yield f"Likely a term is missing: every entry lacks the same {missing.mean():.6g}."
    for axis, indices in enumerate(sample.indices.T):
        groups = [missing[indices == index] for index in np.unique(indices)]
        groups = [group for group in groups if len(group) > 1]
        if len(groups) > 1 and max(map(np.ptp, groups)) <= limit:
            yield (
                "Likely a term is missing: the difference is the same for all entries with the same "
                f"index on axis {axis}."
            )
