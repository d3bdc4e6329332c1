"""`plot_model`: a card for every layer, joined by arrows; Keras' picture without graphviz."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from minicnn.errors import unknown_name
from minicnn.visualize.built import built_layers
from minicnn.visualize.card import Card, Shown, cards_of
from minicnn.visualize.card_drawing import DrawnCard
from minicnn.visualize.figure import fonts_for_all_letters, new_figure, save_figure
from minicnn.visualize.unknown_arguments import refuse

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARGIN, _ARROW = 0.15, 0.36  # inches
_DIRECTIONS = ("TB", "BT", "LR", "RL")

# What Keras takes or took besides, and what to write in its place.
_ADVICE = {
    "layer_range": (
        "Draw a part of the model: "
        "plot_model(Sequential([Input(model.input_shape[1:]), *model.layers[:3]]))."
    ),
    "splines": "The arrows are straight: the layers stand in one row.",
}


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
    """Draw a model's layers as a chain of cards, and write the picture to a file.

    Parameters
    ----------
    model : Sequential
    to_file : str or PathLike, optional
        Its ending decides the format: ``.png``, ``.svg``, ``.pdf``. None writes no file.
    show_shapes, show_dtype, show_layer_names : bool
        Whether to write the shapes of input and output, the type of the numbers, the names.
    rankdir : "TB", "BT", "LR" or "RL"
        Where the chain goes: from top to bottom, bottom to top, left to right, right to left.
    expand_nested : bool
        Keras draws models within models so. A `Sequential` here holds layers only: both values
        draw the same.
    dpi : float
        Dots per inch of the file, where the format has dots.
    show_layer_activations, show_trainable : bool
        Whether to write the activations, and whether training changes the layer.
    **unknown
        Anything else is an error that says what to write instead.

    Returns
    -------
    matplotlib.figure.Figure
        A notebook shows it.

    Raises
    ------
    TypeError, ValueError
        If it is no model, or has no layers.
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
    refuse(plot_model, unknown, _ADVICE)
    if rankdir not in _DIRECTIONS:
        raise unknown_name("rankdir", rankdir, _DIRECTIONS)
    if not dpi > 0:
        raise ValueError(f"dpi takes dots per inch above 0, got {dpi!r}.")
    shown = Shown(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    cards = cards_of(model, built_layers(model, "plot_model"), shown)
    figure = _draw(cards, rankdir)
    if to_file is not None:
        _save(figure, to_file, dpi)
    return figure


def _draw(cards: Sequence[Card], rankdir: str) -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = new_figure(1, 1)
    figure.set_layout_engine("none")  # every place is given in inches
    renderer = FigureCanvasAgg(figure).get_renderer()
    with fonts_for_all_letters():
        drawn = [DrawnCard(figure, renderer, card) for card in cards]
    if rankdir in ("TB", "BT"):
        _stack(figure, drawn, upwards=rankdir == "BT")
    else:
        _line_up(figure, drawn, leftwards=rankdir == "RL")
    return figure


def _stack(figure: "Figure", cards: Sequence[DrawnCard], upwards: bool) -> None:
    """Put the cards below each other, all as wide as the widest."""
    labels = max(card.labels for card in cards)
    for card in cards:
        card.labels = labels
    width = max(card.width for card in cards)
    height = sum(card.height for card in cards) + _ARROW * (len(cards) - 1)
    figure.set_size_inches(width + 2 * _MARGIN, height + 2 * _MARGIN)
    top, middle = height + _MARGIN, _MARGIN + width / 2
    for number, card in enumerate(reversed(cards) if upwards else cards):
        if number:
            ends = [(middle, top), (middle, top - _ARROW)]
            _arrow(figure, *(reversed(ends) if upwards else ends))
            top -= _ARROW
        card.put(_MARGIN, top, width, card.height)
        top -= card.height


def _line_up(figure: "Figure", cards: Sequence[DrawnCard], leftwards: bool) -> None:
    """Put the cards side by side, all as high as the highest."""
    height = max(card.height for card in cards)
    width = sum(card.width for card in cards) + _ARROW * (len(cards) - 1)
    figure.set_size_inches(width + 2 * _MARGIN, height + 2 * _MARGIN)
    left, middle = _MARGIN, _MARGIN + height / 2
    for number, card in enumerate(reversed(cards) if leftwards else cards):
        if number:
            ends = [(left, middle), (left + _ARROW, middle)]
            _arrow(figure, *(reversed(ends) if leftwards else ends))
            left += _ARROW
        card.put(left, _MARGIN + height, card.width, height)
        left += card.width


def _arrow(figure: "Figure", start: tuple[float, float], end: tuple[float, float]) -> None:
    from matplotlib.patches import FancyArrowPatch

    figure.add_artist(
        FancyArrowPatch(
            start, end, transform=figure.dpi_scale_trans, arrowstyle="-|>", mutation_scale=11,
            shrinkA=0, shrinkB=0, color="#444444", lw=1.2,
        )
    )  # fmt: skip


def _save(figure: "Figure", path: str | os.PathLike[str], dpi: float) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"svg.fonttype": "none"}):  # text that can be searched and copied
        save_figure(figure, path, dpi)
