"""Separate the ink of the digit from specks, folds of the paper and other digits."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

FAINTEST = 0.06  # of the range from paper to full ink: below is a fold of the paper
NOISES = 5.0  # standard deviations of the noise up to which a pixel counts as paper
CORE, EDGE, FULL = 0.4, 0.15, 0.85  # of the strongest ink: core of a stroke, its edge, full ink
OUTLINE = 0.25  # of a stroke's strength: contour at which the digit is measured
SMALLEST, FEWEST_PIXELS = 0.03, 4  # longer side, of the picture's and in pixels: below is a speck
SPECK = 0.02  # of the digit's ink
BLUR = 0.04  # reach of a stroke's edge beyond its core, relative to the digit
NEAR, NEARER = 0.25, 0.08  # gaps between parts of a digit, relative to the digit
PART = 0.5  # of the digit's height: a higher component beside it is another digit


class Box(NamedTuple):
    """Edges in pixels; bottom and right are exclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left


class Digit(NamedTuple):
    """A digit in a picture, and the number of other digits."""

    ink: ndarray
    box: Box
    others: int


class _Component(NamedTuple):
    """Connected ink."""

    label: int  # in the array of labels
    box: Box
    amount: float


def find_digit(ink: ndarray, noise: float = 0.0) -> Digit | None:
    """Find the digit: the largest component of ink, and those near enough to belong to it."""
    from scipy.ndimage import distance_transform_edt, label, sum_labels

    least = max(FAINTEST, NOISES * noise)
    if not (ink > least).any():
        return None
    full = float(np.percentile(ink[ink > least], 95))  # strength of the strongest ink
    labels, count = label(ink > max(least, CORE * full), np.ones((3, 3)))
    amounts = sum_labels(ink, labels, range(1, count + 1)).tolist()
    smallest = max(FEWEST_PIXELS, SMALLEST * max(ink.shape))
    components = [
        component
        for component in map(_Component, range(1, count + 1), boxes_of(labels), amounts)
        if max(component.box.height, component.box.width) >= smallest
    ]
    if not components:
        return None
    parts, others = _parts(components)
    strokes = np.isin(labels, [part.label for part in parts])
    (box,) = boxes_of(strokes)
    reach = max(1.5, BLUR * max(box.height, box.width))
    edge = max(least / 2, EDGE * full)
    whole = (distance_transform_edt(~strokes) <= reach) & (ink > edge)
    strength = np.clip((ink - edge) / (FULL * full - edge), 0, 1)
    strength = np.where(whole, strength, 0).astype(np.float32)
    (box,) = boxes_of(strength > OUTLINE)
    return Digit(strength, box, others)


def boxes_of(labels: ndarray) -> list[Box]:
    """Return the box around each component, or around the pixels of a mask."""
    from scipy.ndimage import find_objects

    found = find_objects(labels.astype(np.int32))
    return [Box(rows.start, columns.start, rows.stop, columns.stop) for rows, columns in found]


def _parts(components: list[_Component]) -> tuple[list[_Component], int]:
    """Return the parts of the digit, and the number of other digits."""
    main, *rest = sorted(components, key=lambda item: -item.amount)
    parts, box = [main], main.box
    rest = [item for item in rest if item.amount > SPECK * main.amount]
    while near := [item for item in rest if _belongs(item.box, box)]:
        rest.remove(near[0])
        parts.append(near[0])
        other = near[0].box
        box = Box(*map(min, box[:2], other[:2]), *map(max, box[2:], other[2:]))
    others = [item for item in rest if item.box.height >= PART * box.height]
    return parts, len(others)


def _belongs(box: Box, digit: Box) -> bool:
    """Whether a component is near enough to be part of the digit, such as the bar of a 5."""
    size = max(digit.height, digit.width)
    gap_down = max(box.top - digit.bottom, digit.top - box.bottom)
    gap_across = max(box.left - digit.right, digit.left - box.right)
    gap = max(gap_down, gap_across)
    beside = -gap_across < box.width / 2
    return gap <= NEARER * size or (
        gap <= NEAR * size and not (beside and box.height >= PART * digit.height)
    )
