"""A layer's box, seen at a slant, and the places of all boxes in a row."""

from collections.abc import Sequence
from dataclasses import dataclass

from minicnn.visualize.layered_view.sizes import Size

Point = tuple[float, float]

_SLANT = 1 / 3  # of its depth a box' back lies to the side, and as much upwards


@dataclass
class Box:
    """Where a box is, in pixels from the picture's upper left corner."""

    width: float
    height: float
    shift: float
    left: float = 0.0
    top: float = 0.0

    @property
    def rise(self) -> float:
        """How far its back lies above its front."""
        return abs(self.shift)

    @property
    def right(self) -> float:
        """The right edge of its front."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge of its front: the lowest of all."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """The middle of its front, from left to right."""
        return self.left + self.width / 2

    def front(self) -> list[Point]:
        """Return the corners of its front."""
        left, right, top, bottom = self.left, self.right, self.top, self.bottom
        return [(left, top), (right, top), (right, bottom), (left, bottom)]

    def upper(self) -> list[Point]:
        """Return the corners of its upper face."""
        front = [(self.left, self.top), (self.right, self.top)]
        return [*front, *map(self._behind, reversed(front))]

    def side(self) -> list[Point]:
        """Return the corners of the side that is seen."""
        edge = self.right if self.shift > 0 else self.left
        front = [(edge, self.top), (edge, self.bottom)]
        return [*front, *map(self._behind, reversed(front))]

    def corners(self, edge: float) -> list[Point]:
        """Return the four corners of its left or right face, whose front edge is given."""
        front = [(edge, self.top), (edge, self.bottom)]
        return [*front, *map(self._behind, front)]

    def _behind(self, point: Point) -> Point:
        return point[0] + self.shift, point[1] - self.rise


def box_of(size: Size, volume: bool, reverse: bool) -> Box:
    """Return the box of a layer, not yet in its place."""
    shift = size.x * _SLANT if volume else 0.0
    # Whole pixels: so the lines around the fronts are sharp.
    return Box(width=round(size.z), height=round(size.y), shift=-shift if reverse else shift)


def place(boxes: Sequence[Box], spacing: float, rooms: Sequence[Sequence[float]]) -> float:
    """Put boxes side by side, centred on one line; the first begins at 0, the highest too."""
    height = max(box.height + box.rise for box in boxes)
    for number, box in enumerate(boxes):
        box.top = (height - box.height + box.rise) / 2
        if number == 0:
            box.left = max(0.0, -box.shift)
            continue
        before = boxes[number - 1]
        box.left = before.right + spacing + max(0.0, before.shift - box.shift)
        for room in rooms:
            needed = before.middle + (room[number - 1] + room[number]) / 2
            box.left += max(0.0, needed - box.middle)
    return height
