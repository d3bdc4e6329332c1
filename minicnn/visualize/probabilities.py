"""Bars for what a network holds likely."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from minicnn.visualize.arguments import percent
from minicnn.visualize.colours import BLUE, GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 20  # more are too many to read: the likeliest are drawn


def draw_probabilities(
    axes: "Axes", probabilities: ndarray, names: Sequence[str], title: str = "answer"
) -> None:
    """Draw a bar for each class, the likeliest in blue with its probability beside it."""
    drawn = list(range(len(probabilities)))
    if len(drawn) > MOST_CLASSES:
        drawn = sorted(np.argsort(-probabilities, kind="stable")[:MOST_CLASSES].tolist())
        title += f": {MOST_CLASSES} likeliest of {len(probabilities)} classes"
    answer = int(np.argmax(probabilities))
    colours = [BLUE if number == answer else GREY for number in drawn]
    places = range(len(drawn))
    axes.barh(places, probabilities[drawn], color=colours)
    axes.set_yticks(places, [names[number] for number in drawn])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.set_title(title)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    likely = float(probabilities[answer])
    inside = likely > 0.6
    axes.text(
        likely - 0.02 if inside else likely + 0.02, drawn.index(answer), percent(likely), va="center",
        ha="right" if inside else "left", color="white" if inside else BLUE, fontsize=9,
    )  # fmt: skip
