"""Boxes as large as the outputs of layers: their sizes in pixels and their positions in a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from minicnn.errors import unknown_name
from minicnn.layers.shapes import Shape

Point = tuple[float, float]

# In pixels, for sizes without a scale:
LARGEST_CELL, LARGEST_CHANNEL = 8, 1.5
HIGHEST = 180  # the highest image
ROW, NARROW, BROAD = 1000, 40, 100  # the images share the row: the broadest, within these two
VECTOR = 2.5  # times as long as the broadest image, at most
ORIENTATIONS = {"x": 0, "y": 1, "z": 2}
SLANT = 1 / 3  # part of its depth by which the back of a box is shifted to the side and upwards


class Size(NamedTuple):
    """Sizes of a box: x from front to back, y upwards, z along the row; cells, then pixels."""

    x: float
    y: float
    z: float


class Scale(NamedTuple):
    """The arguments of `layered_view` that convert cells to pixels."""

    min_z: float
    min_xy: float
    max_z: float
    max_xy: float
    scale_z: float | None
    scale_xy: float | None
    one_dim_orientation: str


def box_sizes(shapes: Sequence[Shape], scale: Scale) -> list[Size]:
    """Return the size of each layer's box, by its output shape."""
    _check(scale)
    cells = [_cells(shape[1:], scale.one_dim_orientation) for shape in shapes]
    images = [size for size, shape in zip(cells, shapes, strict=True) if len(shape) > 2]
    scale_z, scale_xy, max_z, max_xy = scale.scale_z, scale.scale_xy, scale.max_z, scale.max_xy
    broad = min(max(ROW / len(shapes), NARROW), BROAD)
    if scale_xy is None:
        highest = max((max(size.x, size.y) for size in images), default=0)
        scale_xy = min(LARGEST_CELL, HIGHEST / max(highest, 1))
        max_xy = min(max_xy, max(HIGHEST, VECTOR * broad, scale.min_xy))
    if scale_z is None:
        broadest = max((size.z for size in images), default=0)
        scale_z = min(LARGEST_CHANNEL, broad / max(broadest, 1))
        max_z = min(max_z, max(VECTOR * broad, scale.min_z))
    return [
        Size(
            x=min(max(size.x * scale_xy, scale.min_xy), max_xy),
            y=min(max(size.y * scale_xy, scale.min_xy), max_xy),
            z=min(max(size.z * scale_z, scale.min_z), max_z),
        )
        for size in cells
    ]


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

    def upper(self) -> list[Point]:
        """Return the corners of its upper face."""
        return [*self.front()[:2], *self.back()[1::-1]]

    def side(self) -> list[Point]:
        """Return the corners of its visible side."""
        top, bottom = (1, 2) if self.shift > 0 else (0, 3)
        front, back = self.front(), self.back()
        return [front[top], front[bottom], back[bottom], back[top]]


def box_of(size: Size, volume: bool, reverse: bool) -> Box:
    """Return the box of a layer, not yet in its position."""
    shift = size.x * SLANT if volume else 0.0
    # Whole pixels: so the lines around the fronts are sharp.
    return Box(width=round(size.z), height=round(size.y), shift=-shift if reverse else shift)


def place(boxes: Sequence[Box], spacing: float, captions: Sequence[Sequence[float]]) -> float:
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


def _cells(shape: Shape, one_dim_orientation: str) -> Size:
    """Return the number of cells in each direction; an unknown size counts as none."""
    known = [size or 0 for size in shape]
    if len(known) == 1:
        sizes = [1, 1, 1]
        sizes[ORIENTATIONS[one_dim_orientation]] = known[0]
        return Size(*sizes)
    height, width, *rest = (*known, 1, 1)[: max(len(known), 2)]
    return Size(x=width, y=height, z=prod(rest))


def _check(scale: Scale) -> None:
    if scale.one_dim_orientation not in ORIENTATIONS:
        raise unknown_name("one_dim_orientation", scale.one_dim_orientation, ORIENTATIONS)
    for axes in ("z", "xy"):
        least, most = getattr(scale, f"min_{axes}"), getattr(scale, f"max_{axes}")
        if least > most:
            raise ValueError(f"min_{axes}={least} is larger than max_{axes}={most}.")
