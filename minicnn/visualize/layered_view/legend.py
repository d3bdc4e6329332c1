"""The legend: which colour is which kind of layer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from minicnn.visualize.layered_view.box import Box
from minicnn.visualize.layered_view.canvas import Canvas, Colour
from minicnn.visualize.layered_view.lettering import Lettering

if TYPE_CHECKING:
    from PIL.Image import Image


_GAP = 6  # pixels between cube and name, above the legend, and between its rows


class Paint(NamedTuple):
    """The colours of one kind of layer."""

    fill: Colour
    outline: Colour


class Legend:
    """A cube and a name for every kind of layer, in rows."""

    def __init__(
        self,
        paints: Mapping[type, Paint],
        lettering: Lettering,
        between: float,
        volume: bool,
        shade_step: float,
    ) -> None:
        self.paints, self.lettering = paints, lettering
        self.between, self.shade_step = between, shade_step
        self.volume = volume

    @property
    def edge(self) -> float:
        """How high and broad a cube's front is."""
        return self.lettering.line_height() * 0.8

    @property
    def shift(self) -> float:
        """How far a cube's back is shifted."""
        return self.edge / 3 if self.volume else 0.0

    def widest(self) -> float:
        """Return how wide the widest entry is."""
        return max(self._width(kind) for kind in self.paints)

    def below(self, picture: "Image", padding: float, background: Colour) -> "Image":
        """Return a picture with the legend under it."""
        from PIL import Image

        legend = self.draw(picture.width - 2 * padding, background)
        height = picture.height + _GAP + legend.height + round(padding)
        both = Image.new("RGBA", (picture.width, height), background)
        both.paste(picture, (0, 0))
        both.paste(legend, (round(padding), picture.height + _GAP))
        return both

    def draw(self, width: float, background: Colour) -> "Image":
        """Return the legend as a picture that is not wider than `width`, nor wider than it must."""
        places = self._places(width)
        last_row = max(row for _, row in places.values())
        total = max(left + self._width(kind) for kind, (left, _) in places.items())
        row_height = self.edge + self.shift
        pitch = row_height + _GAP
        canvas = Canvas(total + 1, (last_row + 1) * pitch - _GAP + 2, background)
        for kind, (left, row) in places.items():
            cube = Box(self.edge, self.edge, self.shift, left + 1, row * pitch + self.shift + 1)
            canvas.box(cube, *self.paints[kind], self.shade_step)
        picture = canvas.picture()
        for kind, (left, row) in places.items():
            mask = self.lettering.mask(kind.__name__)
            top = row * pitch + (row_height - mask.height) / 2
            text_left = left + self.edge + self.shift + _GAP
            self.lettering.write(picture, mask, text_left, max(top, 0))
        return picture

    def _width(self, kind: type) -> float:
        return self.edge + self.shift + _GAP + self.lettering.width(kind.__name__)

    def _places(self, width: float) -> dict[type, tuple[float, int]]:
        """Return where each entry begins: pixels from the left, and its row."""
        places: dict[type, tuple[float, int]] = {}
        left, row = 0.0, 0
        for kind in self.paints:
            if left and left + self._width(kind) > width:
                left, row = 0.0, row + 1
            places[kind] = left, row
            left += self._width(kind) + self.between
        return places
