"""Boxes as large as the outputs of layers: their sizes in pixels and their positions in a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy import ndarray

from minicnn.errors import unknown_name
from minicnn.layers.shapes import Shape

Point = tuple[float, float]

# In pixels, for sizes without a scale:
LARGEST_CELL, LARGEST_CHANNEL = 8, 1.5
HIGHEST = 180  # the highest image
ROW, NARROW, BROAD = 1000, 40, 100  # the images share the row: the broadest, within these two
VECTOR = 2.5  # times as long as the broadest image, at most
SLANT = 1 / 3  # part of its depth by which the back of a box is shifted to the side and upwards


def box_sizes(
    shapes: Sequence[Shape],
    least: Mapping[str, float],
    most: Mapping[str, float],
    scales: Mapping[str, float | None],
    one_dim_orientation: str,
) -> ndarray:
    """Return the size of each layer's box in pixels, (layers, 3), by its output shape.

    The axes are x from front to back, y upwards, and z along the row. Limits and scales have the keys
    "xy" and "z"; scales are None for such that the whole fits a page.
    """
    if one_dim_orientation not in ("x", "y", "z"):
        raise unknown_name("one_dim_orientation", one_dim_orientation, ("x", "y", "z"))
    for axes in ("z", "xy"):
        if least[axes] > most[axes]:
            raise ValueError(f"min_{axes}={least[axes]} is larger than max_{axes}={most[axes]}.")
    cells = np.array([_cells(shape[1:], one_dim_orientation) for shape in shapes], np.float64)
    images = cells[[len(shape) > 2 for shape in shapes]]
    broad = min(max(ROW / len(shapes), NARROW), BROAD)
    scale_z, scale_xy, max_z, max_xy = scales["z"], scales["xy"], most["z"], most["xy"]
    if scale_xy is None:
        scale_xy = min(LARGEST_CELL, HIGHEST / images[:, :2].max(initial=1))
        max_xy = min(max_xy, max(HIGHEST, VECTOR * broad, least["xy"]))
    if scale_z is None:
        scale_z = min(LARGEST_CHANNEL, broad / images[:, 2].max(initial=1))
        max_z = min(max_z, max(VECTOR * broad, least["z"]))
    return np.clip(
        cells * (scale_xy, scale_xy, scale_z),
        (least["xy"], least["xy"], least["z"]),
        (max_xy, max_xy, max_z),
    )


def _cells(shape: Shape, one_dim_orientation: str) -> tuple[int, int, int]:
    """Return the number of cells along x, y and z; an unknown size counts as none."""
    known = [size or 0 for size in shape]
    if len(known) == 1:
        x, y, z = (known[0] if axis == one_dim_orientation else 1 for axis in "xyz")
        return x, y, z
    height, width, *rest = (*known, 1, 1)[: max(len(known), 2)]
    return width, height, prod(rest)


@dataclass
class Box:
    """A box seen at a slant, in pixels from the picture's upper left corner."""

    width: float
    height: float
    shift: float  # of its back to the right; negative to the left
    left: float = 0.0
    top: float = 0.0

    @property
    def rise(self) -> float:
        """How far its back is above its front."""
        return abs(self.shift)

    @property
    def right(self) -> float:
        """The right edge of its front."""
        return self.left + self.width

    @property
    def middle(self) -> float:
        """The middle of its front, from left to right."""
        return self.left + self.width / 2

    def front(self) -> list[Point]:
        """Return the corners of its front, clockwise from the upper left one."""
        left, right, top, bottom = self.left, self.right, self.top, self.top + self.height
        return [(left, top), (right, top), (right, bottom), (left, bottom)]

    def back(self) -> list[Point]:
        """Return the corners of its back, in the same order."""
        return [(x + self.shift, y - self.rise) for x, y in self.front()]

    def faces(self) -> list[tuple[list[Point], int]]:
        """Return the visible faces from back to front, each with its lightness: 1, 0 or -1."""
        front, back = self.front(), self.back()
        top, bottom = (1, 2) if self.shift > 0 else (0, 3)
        upper = [*front[:2], *back[1::-1]]
        side = [front[top], front[bottom], back[bottom], back[top]]
        return [(upper, 1), (side, -1)] * bool(self.shift) + [(front, 0)]


def box_of(size: ndarray, volume: bool, reverse: bool) -> Box:
    """Return the box of a layer, not yet in its position."""
    x, y, z = size.tolist()
    shift = x * SLANT if volume else 0.0
    # Whole pixels: so the lines around the fronts are sharp.
    return Box(width=round(z), height=round(y), shift=-shift if reverse else shift)


def place(boxes: Sequence[Box], spacing: float, captions: Sequence[ndarray]) -> float:
    """Position boxes side by side, centred on one line; return the height of the row.

    `captions` holds rows of widths, one at each box, that must not overlap.
    """
    height = max(box.height + box.rise for box in boxes)
    for number, box in enumerate(boxes):
        box.top = (height - box.height + box.rise) / 2
        if number == 0:
            box.left = max(0.0, -box.shift)
            continue
        before = boxes[number - 1]
        box.left = before.right + spacing + max(0.0, before.shift - box.shift)
        for widths in captions:
            needed = before.middle + (widths[number - 1] + widths[number]) / 2
            box.left += max(0.0, needed - box.middle)
    return height
