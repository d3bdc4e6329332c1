"""`plot_model`: a box for every layer, joined by arrows; Keras' picture without graphviz."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minicnn.errors import unknown_name
from minicnn.layers import InputLayer, Layer
from minicnn.layers.shapes import Shape
from minicnn.visualize.arguments import built_layers, refuse
from minicnn.visualize.colours import colours_of_layers, readable_on
from minicnn.visualize.figure import fonts_for, new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = 10  # points
MARGIN, ARROW = 0.15, 0.36  # inches, like all lengths below
TITLE, ROW, EDGE = 0.32, 0.23, 0.08  # heights of title and row, space above and below the rows
SIDE, GAP = 0.15, 0.22  # space at the sides, and between label and value
LINE, LABEL = "#444444", "#555555"
DIRECTIONS = ("TB", "BT", "LR", "RL")

# Keras' other arguments, and what to write instead.
ADVICE = {
    "layer_range": (
        "Draw a part of the model: "
        "plot_model(Sequential([Input(model.input_shape[1:]), *model.layers[:3]]))."
    ),
    "splines": "The arrows are straight: the layers are in one row.",
}


class Card(NamedTuple):
    """What is written about a layer: a title on a colour, and rows of a label and a value."""

    title: str
    colour: str
    rows: list[tuple[str, str]]


class Shown(NamedTuple):
    """The arguments of `plot_model` that say what is written."""

    shapes: bool
    dtype: bool
    layer_names: bool
    layer_activations: bool
    trainable: bool


def plot_model(
    model: Any,
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
    model : Sequential
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
    shown = Shown(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    figure = _draw(_cards(model, built_layers(model, "plot_model"), shown), rankdir)
    if to_file is not None:
        save_figure(figure, to_file, dpi)
    return figure


def _cards(model: Any, layers: list[Layer], shown: Shown) -> list[Card]:
    """Return a card for the model's input and one for every layer."""
    config = model.get_config()["layers"][0]["config"]  # model.layers leaves the input out
    first = InputLayer(model.input_shape[1:], name=config["name"], dtype=config["dtype"])
    colours = colours_of_layers([InputLayer, *(type(layer) for layer in layers)])
    shapes: list[tuple[Shape, Shape]] = [(model.input_shape, model.input_shape)]
    shapes += [(layer.input_shape, layer.output_shape) for layer in layers]
    return [
        Card(_title(layer, shown), colours[type(layer)], _rows(layer, *pair, shown))
        for layer, pair in zip([first, *layers], shapes, strict=True)
    ]


def _title(layer: Layer, shown: Shown) -> str:
    kind = type(layer).__name__
    return f"{layer.name} ({kind})" if shown.layer_names else kind


def _rows(
    layer: Layer, input_shape: Shape, output_shape: Shape, shown: Shown
) -> list[tuple[str, str]]:
    rows = []
    is_input = isinstance(layer, InputLayer)
    if shown.layer_activations and hasattr(layer, "activation"):
        rows.append(("Activation", getattr(layer.activation, "name", str(layer.activation))))
    if shown.shapes:
        rows += [] if is_input else [("Input shape", str(input_shape))]
        rows.append(("Output shape", str(output_shape)))
    if shown.dtype:
        rows.append(("Output dtype", layer.dtype))
    if shown.trainable and not is_input:
        rows.append(("Trainable", "yes" if layer.trainable else "no"))
    return rows


def _draw(cards: Sequence[Card], rankdir: str) -> "Figure":
    """Position the cards in a column or a row, with arrows between them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = new_figure(1, 1)
    figure.set_layout_engine("none")  # all positions are in inches
    renderer = FigureCanvasAgg(figure).get_renderer()
    drawn = [_DrawnCard(figure, renderer, card) for card in cards]
    upright, reverse = rankdir in ("TB", "BT"), rankdir in ("BT", "RL")
    if upright:  # one column of labels
        labels = max(card.labels for card in drawn)
        for card in drawn:
            card.labels = labels
    sizes = np.array([(card.width, card.height) for card in drawn])
    total, common = sizes.sum(axis=0) + ARROW * (len(drawn) - 1), sizes.max(axis=0)
    width, height = (common[0], total[1]) if upright else (total[0], common[1])
    figure.set_size_inches(width + 2 * MARGIN, height + 2 * MARGIN)

    corner = np.array([MARGIN, MARGIN + height])  # upper left
    along = np.array([0, -1]) if upright else np.array([1, 0])
    for number, card in enumerate(reversed(drawn) if reverse else drawn):
        if number:
            start = corner + np.array([width / 2, 0] if upright else [0, -height / 2])
            ends = [start, start + along * ARROW]
            _arrow(figure, *(reversed(ends) if reverse else ends))
            corner = corner + along * ARROW
        size = (width, card.height) if upright else (card.width, height)
        card.put(*corner, *size)
        corner = corner + along * size
    return figure


def _arrow(figure: "Figure", start: Any, end: Any) -> None:
    from matplotlib.patches import FancyArrowPatch

    figure.add_artist(
        FancyArrowPatch(
            start, end, transform=figure.dpi_scale_trans, arrowstyle="-|>", mutation_scale=11,
            shrinkA=0, shrinkB=0, color=LINE, lw=1.2,
        )
    )  # fmt: skip


class _DrawnCard:
    """A card whose text is measured; `put` draws it in its position."""

    def __init__(self, figure: "Figure", renderer: Any, card: Card) -> None:
        from matplotlib.colors import to_rgb

        self.figure, self.card = figure, card
        readable = readable_on(np.array(to_rgb(card.colour)))
        self.title = self._text(card.title, readable, bold=True)
        self.rows = [
            (self._text(label, LABEL), self._text(value, "black")) for label, value in card.rows
        ]

        def inches(text: Any) -> float:
            return text.get_window_extent(renderer).width / figure.dpi

        self.labels = max((inches(label) for label, _ in self.rows), default=0.0)
        self.values = max((inches(value) for _, value in self.rows), default=0.0)
        self.title_width = inches(self.title)
        self.height = TITLE + (2 * EDGE + ROW * len(self.rows) if self.rows else 0.0)

    @property
    def width(self) -> float:
        """The width of the card with its present column of labels."""
        rows = self.labels + GAP + self.values if self.rows else 0.0
        return max(self.title_width, rows) + 2 * SIDE

    def put(self, left: float, top: float, width: float, height: float) -> None:
        """Draw the card with its upper left corner at (left, top), from the lower left."""
        self._rectangle((left, top - height), width, height, "white", zorder=1)
        self._rectangle((left, top - TITLE), width, TITLE, self.card.colour, zorder=2)
        self.title.set_position((left + width / 2, top - TITLE / 2))
        self.title.set_horizontalalignment("center")
        for number, (label, value) in enumerate(self.rows):
            middle = top - TITLE - EDGE - ROW * (number + 0.5)
            label.set_position((left + SIDE, middle))
            value.set_position((left + SIDE + self.labels + GAP, middle))

    def _text(self, text: str, colour: str, bold: bool = False) -> Any:
        fonts = fonts_for(text)
        return self.figure.text(
            0, 0, text, transform=self.figure.dpi_scale_trans, color=colour, size=SIZE,
            family=fonts, weight="bold" if bold and len(fonts) == 1 else "normal",
            va="center_baseline", parse_math=False, zorder=3,
        )  # fmt: skip

    def _rectangle(
        self, corner: tuple[float, float], width: float, height: float, fill: str, zorder: int
    ) -> None:
        from matplotlib.patches import Rectangle

        self.figure.add_artist(
            Rectangle(
                corner, width, height,
                transform=self.figure.dpi_scale_trans, facecolor=fill, edgecolor=LINE, lw=0.8,
                zorder=zorder,
            )
        )  # fmt: skip
