"""One array's gradient against slopes: some entries one by one, and all of them in one sum."""

import numpy as np
from numpy import ndarray

from minicnn.testing.checked import Checked
from minicnn.testing.likely import likely_mistake
from minicnn.testing.report import ArrayReport, Entry, Place
from minicnn.testing.slopes import Ruler

DIRECTIONS = 3  # tried, should the first one cross a kink
MORE = 100  # entries looked at before a guess at what is wrong


def check_array(
    array: Checked, entries: int | None, tolerance: float, random: np.random.Generator
) -> ArrayReport:
    """Compare a gradient with the slopes of the loss."""
    ruler = Ruler(array, tolerance)
    places = _some_places(array.gradient, entries, random)
    found = [_look(ruler, place) for place in places]
    if _all_right(found) and len(found) < array.values.size:
        wrong_place = _search(ruler, random)
        if wrong_place is not None:
            found.append(_look(ruler, wrong_place))
    if not _all_right(found):
        seen = {entry.place for entry in found}
        others = _some_places(array.gradient, MORE, random)
        found += [_look(ruler, place) for place in others if place not in seen]
    return _report(array, found)


def _look(ruler: Ruler, place: Place) -> Entry:
    """Compare one entry."""
    change = np.zeros(ruler.array.values.shape)
    change[place] = 1.0
    slope = ruler.compare(change)
    said = float(ruler.array.gradient[place])
    return Entry(place, said, slope.value, slope.error, slope.kink, slope.right)


def _all_right(found: list[Entry]) -> bool:
    return all(entry.right or entry.kink for entry in found)


def _search(ruler: Ruler, random: np.random.Generator) -> Place | None:
    """Look for a wrong entry in sums over ever fewer of them; None where the sum of all is right."""
    size = ruler.array.values.size
    for _ in range(DIRECTIONS):
        signs = random.choice([-1.0, 1.0], size=size)
        low, high = 0, size
        whole = _sum(ruler, signs, low, high)
        if whole is None:
            continue  # across a kink a sum says nothing
        if whole:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _sum(ruler, signs, low, middle) else (low, middle)
        return tuple(int(index) for index in np.unravel_index(low, ruler.array.values.shape))
    return None


def _sum(ruler: Ruler, signs: ndarray, low: int, high: int) -> bool | None:
    """Whether the slope is right where entries from `low` to `high` move together; None at a kink."""
    change = np.zeros(len(signs))
    change[low:high] = signs[low:high] / np.sqrt(high - low)  # together as far as one would alone
    slope = ruler.compare(change.reshape(ruler.array.values.shape))
    return None if slope.kink else slope.right


def _some_places(
    gradient: ndarray, entries: int | None, random: np.random.Generator
) -> list[Place]:
    """Return all places of a small array; of a large one the first, the last and a random choice."""
    size = gradient.size
    if entries is None or entries >= size:
        chosen = np.arange(size)
    else:
        order = random.permutation(size)
        active = order[gradient.ravel()[order] != 0][: entries // 2]
        wanted = np.array([0, size - 1, *active, *order])
        _, first = np.unique(wanted, return_index=True)
        chosen = np.sort(wanted[np.sort(first)[:entries]])
    return [
        tuple(int(index) for index in np.unravel_index(flat, gradient.shape)) for flat in chosen
    ]


def _report(array: Checked, found: list[Entry]) -> ArrayReport:
    smooth = [entry for entry in found if not entry.kink]
    wrong = sorted((entry for entry in smooth if not entry.right), key=lambda entry: -entry.error)
    return ArrayReport(
        array.owner,
        array.name,
        array.values.shape,
        len(found),
        len(found) - len(smooth),
        max((entry.error for entry in smooth), default=0.0),
        tuple(wrong),
        likely_mistake(array, found) if wrong else "",
    )
