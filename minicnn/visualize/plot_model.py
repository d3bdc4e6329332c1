"""`plot_model`: a box for every layer, joined by arrows; Keras' picture without graphviz."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from minicnn.errors import unknown_name
from minicnn.layers import InputLayer, Layer
from minicnn.models import Model
from minicnn.visualize.arguments import built_layers, refuse
from minicnn.visualize.colours import colours_of_layers, readable_on
from minicnn.visualize.figure import fonts_for, new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = 10  # points
MARGIN, ARROW = 0.15, 0.36  # inches, like all lengths below
TITLE, ROW, EDGE = 0.32, 0.23, 0.08  # heights of title and row, space above and below the rows
SIDE, GAP = 0.15, 0.22  # space at the sides, and between label and value
BESIDE = 0.3  # space between cards side by side
LINE, LABEL = "#444444", "#555555"
DIRECTIONS = {"TB": (0, -1), "BT": (0, 1), "LR": (1, 0), "RL": (-1, 0)}  # y grows upwards

# Keras' other arguments, and what to write instead.
ADVICE = {
    "layer_range": (
        "Draw a part of the model: "
        "plot_model(Sequential([Input(model.input_shape[1:]), *model.layers[:3]]))."
    ),
    "splines": "The arrows are straight.",
}


def plot_model(
    model: Model,
    to_file: str | os.PathLike[str] | None = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: float = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    **unknown: Any,
) -> "Figure":
    """Draw a model's layers as boxes joined by arrows, and write the picture to a file.

    Parameters
    ----------
    model : Model
    to_file : str or PathLike, optional
        Its ending decides the format: ``.png``, ``.svg``, ``.pdf``. None writes no file.
    show_shapes, show_dtype, show_layer_names : bool
        Whether to write the shapes of input and output, the dtype, the names.
    rankdir : "TB", "BT", "LR" or "RL"
        Direction of the layers: from top to bottom, bottom to top, left to right, right to left.
    expand_nested : bool
        Has no effect: the layers of nested models are not drawn.
    dpi : float
        Dots per inch of the file; vector formats have none.
    show_layer_activations, show_trainable : bool
        Whether to write the activations, and whether the layer is trainable.
    **unknown
        Other arguments of Keras raise an error that says what to write instead.

    Returns
    -------
    matplotlib.figure.Figure
        A notebook shows it.

    Raises
    ------
    TypeError, ValueError
        If it is not a model, or has no layers.
    NotReadyError
        If it has not been built.
    UnknownNameError
        For a misspelt argument or direction.

    Examples
    --------
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Dense(2, input_shape=(3,))])
    >>> figure = plot_model(model, to_file=None, show_shapes=True)
    >>> [text.get_text() for text in figure.texts][:3]
    ['InputLayer', 'Output shape', '(None, 3)']
    """
    refuse(plot_model, unknown, ADVICE)
    if rankdir not in DIRECTIONS:
        raise unknown_name("rankdir", rankdir, DIRECTIONS)
    if not (isinstance(dpi, (int, float)) and dpi > 0):
        raise ValueError(f"dpi must be a number of dots per inch > 0, such as 200, got {dpi!r}.")
    built_layers(model, "plot_model")
    calls = model._required_structure().calls
    colours = colours_of_layers(type(call.layer) for call in calls)
    figure = new_figure(1, 1)
    figure.set_layout_engine("none")  # all positions are in inches
    cards = []
    for layer in (call.layer for call in calls):
        kind = type(layer).__name__
        title = f"{layer.name} ({kind})" if show_layer_names else kind
        rows = _rows(layer, show_layer_activations, show_shapes, show_dtype, show_trainable)
        cards.append(_Card(figure, title, colours[type(layer)], rows))
    _draw(figure, cards, [[number for number, _ in call.inputs] for call in calls], rankdir)
    if to_file is not None:
        save_figure(figure, to_file, dpi)
    return figure


def _rows(
    layer: Layer, activation: bool, shapes: bool, dtype: bool, trainable: bool
) -> list[tuple[str, str]]:
    """Return labels and values of what is requested about a layer."""
    rows = []
    is_input = isinstance(layer, InputLayer)
    if activation and hasattr(layer, "activation"):
        rows.append(("Activation", getattr(layer.activation, "name", str(layer.activation))))
    if shapes:
        rows += [] if is_input else [("Input shape", str(layer.input_shape))]
        rows.append(("Output shape", str(layer.output_shape)))
    if dtype:
        rows.append(("Output dtype", layer.dtype))
    if trainable and not is_input:
        rows.append(("Trainable", "yes" if layer.trainable else "no"))
    return rows


@dataclass(eq=False)
class _Item:
    """A card in its rank, or the room for an arrow that passes it."""

    card: "_Card | None"
    rank: int
    before: list["_Item"]
    order: float = 0.0  # in its rank
    middle: Any = None
    size: Any = None

    def edge(self, way: ndarray) -> ndarray:
        """Return the middle of the side in a direction."""
        return self.middle + way * self.size / 2


def _draw(
    figure: "Figure", cards: Sequence["_Card"], links: Sequence[Sequence[int]], rankdir: str
) -> None:
    """Position the cards in ranks, each after those that it reads from, and join them by arrows."""
    way = np.array(DIRECTIONS[rankdir])
    beside = np.array([1, 0] if way[1] else [0, -1])
    if way[1]:  # one column of labels
        labels = max(card.labels for card in cards)
        for card in cards:
            card.labels = labels
    ranks = _ranks(cards, links)
    items = [item for rank in ranks for item in rank]
    widest = max(card.size @ abs(beside) for card in cards)
    position = 0.0  # along the arrows
    for rank in ranks:
        rooms = np.array([widest if item.card else BESIDE for item in rank])
        ends = np.cumsum(rooms + BESIDE)
        across = ends - (rooms + ends[-1] + BESIDE) / 2
        lengths = [item.card.size @ abs(way) if item.card else 0.0 for item in rank]
        along = position + max(lengths) / 2
        for item, middle, room, length in zip(rank, across, rooms, lengths, strict=True):
            item.middle = middle * beside + along * way
            item.size = room * abs(beside) + (length or max(lengths)) * abs(way)
        position += max(lengths) + ARROW
    least = np.min([item.middle - item.size / 2 for item in items], axis=0) - MARGIN
    width, height = np.max([item.middle + item.size / 2 for item in items], axis=0) + MARGIN - least
    figure.set_size_inches(width, height)
    for item in items:
        item.middle = item.middle - least
        if item.card:
            item.card.put(item.middle, item.size)
    for item in items:
        if item.card is None:
            _arrow(figure, item.edge(-way), item.edge(way), "-")
        for before in item.before:
            _arrow(figure, before.edge(way), item.edge(-way), "-|>" if item.card else "-")


def _ranks(cards: Sequence["_Card"], links: Sequence[Sequence[int]]) -> list[list[_Item]]:
    """Return the items of each rank, ordered by what they read from."""
    items: list[_Item] = []
    passing: list[_Item] = []
    for card, inputs in zip(cards, links, strict=True):
        rank = 1 + max((items[number].rank for number in inputs), default=-1)
        before = []
        for number in inputs:
            item = items[number]
            for between in range(item.rank + 1, rank):  # an arrow that passes other cards
                item = _Item(None, between, [item])
                passing.append(item)
            before.append(item)
        items.append(_Item(card, rank, before))
    ranks: list[list[_Item]] = [[] for _ in range(max(item.rank for item in items) + 1)]
    for item in [*items, *passing]:
        ranks[item.rank].append(item)
    for row in ranks:
        row.sort(key=lambda item: np.mean([other.order for other in item.before] or [0]))
        for order, item in enumerate(row):
            item.order = order - (len(row) - 1) / 2
    return ranks


def _arrow(figure: "Figure", start: ndarray, end: ndarray, style: str) -> None:
    from matplotlib.patches import FancyArrowPatch

    figure.add_artist(
        FancyArrowPatch(
            tuple(start), tuple(end), transform=figure.dpi_scale_trans, arrowstyle=style,
            mutation_scale=11, shrinkA=0, shrinkB=0, color=LINE, lw=1.2,
        )
    )  # fmt: skip


class _Card:
    """A layer's card: a title on a colour, and rows of a label and a value; its text is measured."""

    def __init__(
        self, figure: "Figure", title: str, colour: str, rows: Sequence[tuple[str, str]]
    ) -> None:
        from matplotlib.colors import to_rgb

        self.figure, self.colour = figure, colour
        self.title = self._text(title, readable_on(np.array(to_rgb(colour))), "bold")
        self.rows = [
            (self._text(label, LABEL), self._text(value, "black")) for label, value in rows
        ]
        self.labels = max((_width(label) for label, _ in self.rows), default=0.0)

    @property
    def size(self) -> ndarray:
        """Width, with the present column of labels, and height."""
        values = [self.labels + GAP + _width(value) for _, value in self.rows]
        height = TITLE + (2 * EDGE + ROW * len(self.rows) if self.rows else 0.0)
        return np.array([max(_width(self.title), *values, 0.0) + 2 * SIDE, height])

    def put(self, middle: ndarray, size: ndarray) -> None:
        """Draw the card around a point."""
        from matplotlib.patches import Rectangle

        width, height = size
        left, top = middle[0] - width / 2, middle[1] + height / 2
        for depth, fill, order in ((height, "white", 1), (TITLE, self.colour, 2)):
            self.figure.add_artist(
                Rectangle(
                    (left, top - depth), width, depth, transform=self.figure.dpi_scale_trans,
                    facecolor=fill, edgecolor=LINE, lw=0.8, zorder=order,
                )
            )  # fmt: skip
        self.title.set(position=(middle[0], top - TITLE / 2), ha="center")
        for number, (label, value) in enumerate(self.rows):
            y = top - TITLE - EDGE - ROW * (number + 0.5)
            label.set_position((left + SIDE, y))
            value.set_position((left + SIDE + self.labels + GAP, y))

    def _text(self, text: str, colour: str, weight: str = "normal") -> Any:
        fonts = fonts_for(text)
        return self.figure.text(
            0, 0, text, transform=self.figure.dpi_scale_trans, color=colour, size=SIZE,
            family=fonts, weight=weight if len(fonts) == 1 else "normal",
            va="center_baseline", parse_math=False, zorder=3,
        )  # fmt: skip


def _width(text: Any) -> float:
    return text.get_window_extent().width / text.figure.dpi
