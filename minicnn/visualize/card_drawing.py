"""A card with its text, on a figure measured in inches."""

from typing import TYPE_CHECKING, Any

import numpy as np

from minicnn.visualize.card import Card
from minicnn.visualize.colours import readable_on

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIZE = 10  # points
_TITLE, _ROW, _EDGE = (
    0.32,
    0.23,
    0.08,
)  # inches: heights of title and row, room above and below rows
_SIDE, _GAP = 0.15, 0.22  # inches: room at the sides, and between label and value
_LINE, _LABEL = "#444444", "#555555"


class DrawnCard:
    """A card whose text is measured, and which is then put in its place."""

    def __init__(self, figure: "Figure", renderer: Any, card: Card) -> None:
        from matplotlib.colors import to_rgb

        self.figure, self.card = figure, card
        readable = readable_on(np.array(to_rgb(card.colour)))
        self.title = self._text(card.title, readable, weight="bold")
        self.rows = [
            (self._text(label, _LABEL), self._text(value, "black")) for label, value in card.rows
        ]

        def inches(text: Any) -> float:
            return text.get_window_extent(renderer).width / figure.dpi

        self.labels = max((inches(label) for label, _ in self.rows), default=0.0)
        self.values = max((inches(value) for _, value in self.rows), default=0.0)
        self.title_width = inches(self.title)
        self.height = _TITLE + (2 * _EDGE + _ROW * len(self.rows) if self.rows else 0.0)

    @property
    def width(self) -> float:
        """How wide the card is, in inches, with its column of labels as wide as it is now."""
        rows = self.labels + _GAP + self.values if self.rows else 0.0
        return max(self.title_width, rows) + 2 * _SIDE

    def put(self, left: float, top: float, width: float, height: float) -> None:
        """Draw the card with its upper left corner at (left, top), in inches from below left."""
        self._rectangle((left, top - height), width, height, "white", zorder=1)
        self._rectangle((left, top - _TITLE), width, _TITLE, self.card.colour, zorder=2)
        self.title.set_position((left + width / 2, top - _TITLE / 2))
        self.title.set_horizontalalignment("center")
        for number, (label, value) in enumerate(self.rows):
            middle = top - _TITLE - _EDGE - _ROW * (number + 0.5)
            label.set_position((left + _SIDE, middle))
            value.set_position((left + _SIDE + self.labels + _GAP, middle))

    def _text(self, text: str, colour: str, weight: str = "normal") -> Any:
        return self.figure.text(
            0, 0, text,
            transform=self.figure.dpi_scale_trans, color=colour, size=_SIZE, weight=weight,
            va="center_baseline", parse_math=False, zorder=3,
        )  # fmt: skip

    def _rectangle(
        self, corner: tuple[float, float], width: float, height: float, fill: str, zorder: int
    ) -> None:
        from matplotlib.patches import Rectangle

        self.figure.add_artist(
            Rectangle(
                corner, width, height,
                transform=self.figure.dpi_scale_trans, facecolor=fill, edgecolor=_LINE, lw=0.8,
                zorder=zorder,
            )
        )  # fmt: skip
