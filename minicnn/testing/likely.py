"""What kind of mistake a wrong gradient looks like: guesses, tried one after the other."""

from collections.abc import Callable
from itertools import permutations, product

import numpy as np
from numpy import ndarray

from minicnn.testing.checked import Checked
from minicnn.testing.report import Entry, Place

NEAR = 1e-4  # of the largest slope: so well a guess must fit
ROUNDED = 1e-4  # errors below that share come from float32's rounding
FEW = 0.5  # of the entries looked at


def likely_mistake(array: Checked, found: list[Entry]) -> str:
    """Say what would explain the wrong entries."""
    smooth = [entry for entry in found if not entry.kink]
    sample = _Sample(
        [entry.place for entry in smooth],
        np.array([entry.said for entry in smooth]),
        np.array([entry.slope for entry in smooth]),
    )
    for guess in (
        _nothing, _only_rounding, _few_entries, _upstream_forgotten, _factor, _one_example, _turned,
        _shuffled, _term_missing,
    ):  # fmt: skip
        answer = guess(array, sample)
        if answer:
            return answer
    return (
        "It looks like none of the usual mistakes: write the formula down for one example of one or "
        "two numbers, and compare term by term."
    )


class _Sample:
    """The entries looked at, as arrays."""

    def __init__(self, places: list[Place], said: ndarray, slopes: ndarray) -> None:
        self.places, self.said, self.slopes = places, said, slopes
        self.largest = float(np.abs(slopes).max(initial=0))

    def fits(self, guess: ndarray) -> bool:
        """Whether other numbers would have been right."""
        return self.largest > 0 and bool(np.abs(guess - self.slopes).max() <= NEAR * self.largest)


Guess = Callable[[Checked, _Sample], str]


def _nothing(array: Checked, sample: _Sample) -> str:
    if np.any(array.gradient):
        return ""
    return "Likely forgotten: it is 0 everywhere, as if the output did not depend on it."


def _only_rounding(array: Checked, sample: _Sample) -> str:
    error = np.abs(sample.said - sample.slopes).max()
    if error > ROUNDED * max(sample.largest, np.abs(sample.said).max()):
        return ""
    return (
        "Likely rounded: it is right to some digits only. A number is float32 on its way, or an "
        "approximation (a small ε, a rounded constant) is in one direction and not in the other."
    )


def _few_entries(array: Checked, sample: _Sample) -> str:
    wrong = np.abs(sample.said - sample.slopes) > NEAR * sample.largest
    if not 0 < wrong.sum() <= FEW * len(wrong) or len(wrong) < 4:
        return ""
    return (
        "Likely a special case: the other entries are right. Look at what is particular to these: "
        f"{_in_common(np.array(sample.places)[wrong], array.values.shape)}."
    )


def _in_common(places: ndarray, shape: Place) -> str:
    """Say what indices wrong entries share, or where they are."""
    shared = [
        f"index {places[0, axis]} of {shape[axis]} on axis {axis}"
        for axis in range(len(shape))
        if shape[axis] > 1 and len(places) > 1 and np.ptp(places[:, axis]) == 0
    ]
    few = ", ".join(str(tuple(int(index) for index in place)) for place in places[:5])
    return " and ".join(shared) or f"{few}{', …' if len(places) > 5 else ''}"


def _upstream_forgotten(array: Checked, sample: _Sample) -> str:
    if array.gradient_for is None:
        return ""
    if not np.allclose(array.gradient_for(2 * array.upstream), array.gradient):
        return ""
    return (
        "Likely the chain rule is forgotten: it stays the same when dy is doubled. Multiply by dy."
    )


def _factor(array: Checked, sample: _Sample) -> str:
    """Of a wrong sign, or of the mean in place of the sum."""
    squares = float(sample.said @ sample.said)
    factor = float(sample.said @ sample.slopes) / squares if squares else 0.0
    if len(sample.said) < 2 and array.values.size > 1:
        return ""
    if not factor or not sample.fits(factor * sample.said):
        return ""
    if np.isclose(factor, -1, rtol=NEAR):
        return "Likely the sign: every entry is the negative of what it should be."
    meaning = _meaning(array, factor)
    return f"Likely scaled: every entry should be {factor:.6g} times as large: {meaning}."


def _meaning(array: Checked, factor: float) -> str:
    """Say what a factor reminds of."""
    batch = array.upstream.shape[0] if array.upstream.ndim else 1
    places = int(np.prod(array.upstream.shape[:-1]))
    reminders = {
        "the 2 of a square's derivative": 2,
        "a path counted twice": 1 / 2,
        f"a mean in place of the sum over the {batch} examples": batch,
        f"a sum in place of the mean over the {batch} examples": 1 / batch,
    }
    if places != batch:
        reminders[f"a mean in place of the sum over all {places} places"] = places
        reminders[f"a sum in place of the mean over all {places} places"] = 1 / places
    fitting = [text for text, number in reminders.items() if np.isclose(factor, number, rtol=NEAR)]
    return ", or ".join(fitting) or "a constant is left out, or is in there twice"


def _one_example(array: Checked, sample: _Sample) -> str:
    dy = array.upstream
    if array.gradient_for is None or array.name == "x" or len(dy) < 2:
        return ""
    for example in (0, len(dy) - 1):
        alone = np.zeros(dy.shape)
        alone[example] = dy[example]
        if np.allclose(array.gradient_for(alone), array.gradient):
            return (
                f"Likely a sum is forgotten: only example {example} of the batch takes part. "
                "Sum over the batch."
            )
    return ""


def _turned(array: Checked, sample: _Sample) -> str:
    """Of axes that changed places, or run backwards."""
    axes = range(array.gradient.ndim)
    places = tuple(np.array(sample.places).T)
    ways = sorted(
        product(permutations(axes), product((1, -1), repeat=len(axes))),
        key=lambda way: sum(a != b for a, b in zip(way[0], axes, strict=True)) - sum(way[1]),
    )
    for order, steps in ways:
        turned = array.gradient.transpose(order)[tuple(slice(None, None, step) for step in steps)]
        if turned.shape == array.gradient.shape and sample.fits(turned[places]):
            return f"Likely turned round: it fits with {_way(order, steps)}."
    return ""


def _way(order: tuple[int, ...], steps: tuple[int, ...]) -> str:
    texts = []
    if list(order) != sorted(order):
        texts.append(f"its axes transposed to {order}")
    backwards = [str(axis) for axis, step in enumerate(steps) if step < 0]
    if backwards:
        axes = "axis" if len(backwards) == 1 else "axes"
        texts.append(f"{axes} {' and '.join(backwards)} read backwards")
    return ", and ".join(texts)


def _shuffled(array: Checked, sample: _Sample) -> str:
    if len(sample.said) < array.values.size or len(sample.said) < 3:
        return ""
    if np.abs(np.sort(sample.said) - np.sort(sample.slopes)).max() > NEAR * sample.largest:
        return ""
    return (
        "Likely mixed up: these are the right numbers in other places. A reshape where a transpose "
        "is needed, or the other way round?"
    )


def _term_missing(array: Checked, sample: _Sample) -> str:
    """Of a difference that is the same everywhere, or along an axis."""
    missing = sample.slopes - sample.said
    places = np.array(sample.places)
    if len(missing) > 2 and np.ptp(missing) <= NEAR * sample.largest:
        return f"Likely a term is forgotten: every entry lacks the same {missing.mean():.6g}."
    for axis in range(places.shape[1]):
        groups = [missing[places[:, axis] == index] for index in np.unique(places[:, axis])]
        together = [group for group in groups if len(group) > 1]
        if len(together) > 1 and max(map(np.ptp, together)) <= NEAR * sample.largest:
            return (
                "Likely a term is forgotten: what entries lack is the same for all that share their "
                f"index on axis {axis}."
            )
    return ""
