"""Smooth shapes with Pillow: drawn several times too large, then made smaller."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from minicnn.visualize.layered_view.box import Box, Point

if TYPE_CHECKING:
    from PIL.Image import Image

Colour = str | tuple[int, ...]

_TIMES = (5, 3, 1)  # odd: then a pixel has a middle, and a line through it fills it
_MOST_PIXELS = 30_000_000  # of what is drawn too large; a larger picture has coarser edges
_OUTLINE = 1.0


class Canvas:
    """An empty picture to draw boxes and lines on."""

    def __init__(self, width: float, height: float, background: Colour) -> None:
        from PIL import Image, ImageDraw

        columns, rows = ceil(width), ceil(height)
        self.times = next((n for n in _TIMES if n * n * columns * rows <= _MOST_PIXELS), _TIMES[-1])
        self._image = Image.new("RGBA", (columns * self.times, rows * self.times), background)
        self._draw = ImageDraw.Draw(self._image)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line through points."""
        thickness = max(1, round(width * self.times))
        self._draw.line(self._scaled(points), fill=colour, width=thickness, joint="curve")

    def box(self, box: Box, fill: Colour, outline: Colour, shade_step: float) -> None:
        """Draw a box, lit from above: the upper face lighter, the side darker by `shade_step` %."""
        faces = [(box.front(), 0.0)]
        if box.shift:
            faces = [(box.upper(), shade_step), (box.side(), -shade_step), *faces]
        for corners, lighter in faces:
            self._draw.polygon(self._scaled(corners), fill=shaded(fill, lighter))
            self.line([*corners, corners[0], corners[1]], outline, _OUTLINE)

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        middle = (self.times - 1) // 2
        return [(x * self.times + middle, y * self.times + middle) for x, y in points]

    def picture(self) -> "Image":
        """Return what has been drawn, in its real size."""
        return self._image.reduce(self.times)


def shaded(colour: Colour, percent: float) -> tuple[int, ...]:
    """Return a colour mixed with white, or with black where `percent` is negative."""
    red, green, blue, *opacity = as_numbers(colour)
    share, goal = min(abs(percent) / 100, 1.0), 255 if percent > 0 else 0
    mixed = (round(part + (goal - part) * share) for part in (red, green, blue))
    return (*mixed, *opacity)


def as_numbers(colour: Any, argument: str = "a colour") -> tuple[int, ...]:
    """Return red, green, blue and perhaps opacity, each from 0 to 255."""
    from PIL import ImageColor

    try:
        numbers = ImageColor.getrgb(colour) if isinstance(colour, str) else tuple(colour)
        if len(numbers) in (3, 4) and all(0 <= int(part) <= 255 for part in numbers):
            return tuple(int(part) for part in numbers)
    except (TypeError, ValueError):
        pass
    raise ValueError(
        f"{argument} takes a name such as 'orange', '#E69F00' or (230, 159, 0), got {colour!r}."
    )
