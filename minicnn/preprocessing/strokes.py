"""Separate the ink of the digit from specks, folds of the paper and other digits."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

FAINTEST = 0.06  # of the range from paper to full ink: below is a fold of the paper
NOISES = 5.0  # standard deviations of the noise up to which a pixel counts as paper
CORE, EDGE, FULL = 0.4, 0.15, 0.85  # of the strongest ink: core of a stroke, its edge, full ink
OUTLINE = 0.25  # of a stroke's strength: contour at which the digit is measured
SMALLEST, FEWEST_PIXELS = (
    0.03,
    4,
)  # longer side, relative to the picture and in pixels: below is a speck
SPECK = 0.02  # of the digit's ink
BLUR = 0.04  # reach of a stroke's edge beyond its core, relative to the digit
NEAR, NEARER = 0.25, 0.08  # gaps between parts of a digit, relative to the digit
PART = 0.5  # of the digit's height: a higher component beside it is another digit

Box = tuple[int, int, int, int]
"""Top, left, bottom, right, in pixels; bottom and right are exclusive."""


class Digit(NamedTuple):
    """A digit in a picture, and the number of other digits."""

    ink: ndarray
    box: Box
    full: float
    others: int


class _Component(NamedTuple):
    """Connected ink."""

    label: int  # in the array of labels
    box: Box
    amount: float


def find_digit(ink: ndarray, noise: float = 0.0) -> Digit | None:
    """Find the digit: the largest component of ink, and those near enough to belong to it."""
    from scipy.ndimage import distance_transform_edt

    least = max(FAINTEST, NOISES * noise)
    labels, components, full = _components(ink, least)
    if not components:
        return None
    parts, others = _parts(components)
    strokes = np.isin(labels, [part.label for part in parts])
    top, left, bottom, right = _box(strokes)
    reach = max(1.5, BLUR * max(bottom - top, right - left))
    edge = max(least / 2, EDGE * full)
    near = distance_transform_edt(~strokes) <= reach
    whole = near & (ink > edge)
    strength = np.clip((ink - edge) / (FULL * full - edge), 0, 1)
    strength = np.where(whole, strength, 0).astype(np.float32)
    return Digit(strength, _box(strength > OUTLINE), full, others)


def _components(ink: ndarray, least: float) -> tuple[ndarray, list[_Component], float]:
    """Return the labels of the pixels, the components, and the strength of the strongest ink."""
    from scipy import ndimage

    if not (ink > least).any():
        return np.zeros(ink.shape, int), [], 0.0
    full = float(np.percentile(ink[ink > least], 95))
    core = ink > max(least, CORE * full)
    labels, count = ndimage.label(core, np.ones((3, 3)))
    amounts = ndimage.sum(ink, labels, range(1, count + 1))
    smallest = max(FEWEST_PIXELS, SMALLEST * max(ink.shape))
    components = []
    for label, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        box = (rows.start, columns.start, rows.stop, columns.stop)
        if max(_height(box), _width(box)) >= smallest:
            components.append(_Component(label, box, float(amounts[label - 1])))
    return labels, components, full


def _parts(components: list[_Component]) -> tuple[list[_Component], int]:
    """Return the parts of the digit, and the number of other digits."""
    main, *rest = sorted(components, key=lambda item: -item.amount)
    parts, box = [main], main.box
    rest = [item for item in rest if item.amount > SPECK * main.amount]
    while near := [item for item in rest if _belongs(item.box, box)]:
        rest.remove(near[0])
        parts.append(near[0])
        box = _around(box, near[0].box)
    others = [item for item in rest if _height(item.box) >= PART * _height(box)]
    return parts, len(others)


def _belongs(box: Box, digit: Box) -> bool:
    """Whether a component is near enough to be part of the digit, such as the bar of a 5."""
    size = max(_height(digit), _width(digit))
    gap_down = max(box[0] - digit[2], digit[0] - box[2])
    gap_across = max(box[1] - digit[3], digit[1] - box[3])
    gap = max(gap_down, gap_across)
    beside = -gap_across < _width(box) / 2
    return gap <= NEARER * size or (
        gap <= NEAR * size and not (beside and _height(box) >= PART * _height(digit))
    )


def _box(mask: ndarray) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _around(one: Box, other: Box) -> Box:
    top, left = min(one[0], other[0]), min(one[1], other[1])
    return top, left, max(one[2], other[2]), max(one[3], other[3])


def _height(box: Box) -> int:
    return box[2] - box[0]


def _width(box: Box) -> int:
    return box[3] - box[1]
