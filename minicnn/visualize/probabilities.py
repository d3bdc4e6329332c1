"""Bars for the answer of a network: probabilities of classes, or other numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from minicnn.visualize.arguments import percent
from minicnn.visualize.colours import BLUE, GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 20  # more are too many to read: the most probable are drawn


def draw_probabilities(
    axes: "Axes", probabilities: ndarray, names: Sequence[str], title: str = "answer"
) -> None:
    """Draw a bar for each class, the most probable in blue with its probability beside it."""
    drawn = list(range(len(probabilities)))
    if len(drawn) > MOST_CLASSES:
        drawn = sorted(np.argsort(-probabilities, kind="stable")[:MOST_CLASSES].tolist())
        title += f": {MOST_CLASSES} most probable of {len(probabilities)}"
    answer = int(np.argmax(probabilities))
    colours = [BLUE if number == answer else GREY for number in drawn]
    rows = range(len(drawn))
    axes.barh(rows, probabilities[drawn], color=colours)
    axes.set_xlim(0, 1)
    _label(axes, [names[number] for number in drawn], title)
    likely = float(probabilities[answer])
    inside = likely > 0.6
    axes.text(
        likely - 0.02 if inside else likely + 0.02, drawn.index(answer), percent(likely), va="center",
        ha="right" if inside else "left", color="white" if inside else BLUE, fontsize=9,
    )  # fmt: skip


def draw_numbers(axes: "Axes", numbers: ndarray, names: Sequence[str]) -> None:
    """Draw a bar with its number for each output of a regression."""
    shown = numbers[:MOST_CLASSES]
    axes.bar_label(axes.barh(range(len(shown)), shown, color=GREY), fmt="{:.4g}", padding=3)
    axes.margins(x=0.25)
    _label(axes, names[: len(shown)], "outputs")


def _label(axes: "Axes", names: Sequence[str], title: str) -> None:
    """Name the bars, and draw nothing else around them."""
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.set_title(title)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
