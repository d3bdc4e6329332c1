"""Draw feature_maps.png: what the lecture's network makes of the first four test images.

    minicnn train
    python docs/pictures/feature_maps.py minicnn-output/model.keras

The maps are those that the layers of the trained model return; of each layer's 64 and 32, the ones
that vary most over the four images are drawn.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy import ndarray

from minicnn.datasets import mnist
from minicnn.models import Sequential, load_model
from minicnn.visualize.figure import new_figure, save_figure

IMAGES = 4  # the lecture's: 7, 2, 1 and 0
MAPS = 5  # of each layer
FONT = 15
BLUE, GREY = "#0072B2", "#999999"
PATH = Path(__file__).with_suffix(".png")


def layer_outputs(model: Sequential, x: ndarray) -> list[ndarray]:
    """Return what every layer makes of the images."""
    outputs = []
    for layer in model.layers:
        x = layer(x)
        outputs.append(x)
    return outputs


def liveliest(maps: ndarray) -> ndarray:
    """Return the numbers of the maps (images, rows, columns, maps) that vary most."""
    return np.sort(np.argsort(maps.std(axis=(0, 1, 2)))[-MAPS:])


def draw_cells(axes: Axes, cells: ndarray, colours: str, low: float, high: float) -> None:
    """Draw a matrix, a square for each cell."""
    axes.imshow(cells, cmap=colours, vmin=low, vmax=high, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_color(GREY)


def draw_maps(rows: ndarray, maps: ndarray, chosen: ndarray) -> None:
    """Draw the chosen feature maps, a row for each image, a column for each filter."""
    for column, number in enumerate(chosen):
        brightest = maps[..., number].max()
        for row in range(IMAGES):
            draw_cells(rows[row, column], maps[row, :, :, number], "viridis", 0, brightest)


def draw_probabilities(axes: Axes, probabilities: ndarray) -> None:
    """Draw ten bars, and say which is the longest."""
    answer = int(np.argmax(probabilities))
    colours = [BLUE if digit == answer else GREY for digit in range(10)]
    axes.bar(range(10), probabilities, color=colours)
    axes.set_ylim(0, 1.28)
    axes.set_xlim(-0.6, 9.6)
    axes.text(
        answer, 1.04, f"{probabilities[answer]:.1%}", ha="center", fontsize=FONT - 2, color=BLUE
    )
    axes.set_yticks([])
    axes.set_xticks(range(10))
    axes.tick_params(labelsize=FONT - 3, length=0, pad=1)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)


def draw(model: Sequential, images: ndarray) -> Figure:
    """Draw the whole picture."""
    first, second, _, probabilities = layer_outputs(model, images[..., np.newaxis])
    filters = model.layers[0].kernel[:, :, 0, :]  # (3, 3, filters)
    figure = new_figure(13.6, 5.7)
    widths = [1.15, 0.12, *[1] * MAPS, 0.12, *[1] * MAPS, 0.12, 2.4]
    grid = figure.subplots(
        IMAGES + 1, len(widths), width_ratios=widths, height_ratios=[0.8, *[1] * IMAGES]
    )
    for axes in grid.flat:
        axes.set_visible(False)
    digits, firsts = grid[1:, 0], grid[:, 2 : 2 + MAPS]
    seconds, bars = grid[1:, 3 + MAPS : 3 + 2 * MAPS], grid[1:, -1]
    for axes in [*digits, *firsts.flat, *seconds.flat, *bars]:
        axes.set_visible(True)

    chosen = liveliest(first)
    strongest = np.abs(filters[..., chosen]).max()
    for axes, number in zip(firsts[0], chosen, strict=True):
        draw_cells(axes, filters[..., number], "RdBu", -strongest, strongest)
    draw_maps(firsts[1:], first, chosen)
    draw_maps(seconds, second, liveliest(second))
    for axes, image in zip(digits, images, strict=True):
        draw_cells(axes, image, "gray", 0, 255)
    for axes, row in zip(bars, probabilities, strict=True):
        draw_probabilities(axes, row)

    middle = MAPS // 2
    digits[0].set_title("image\n28×28", fontsize=FONT)
    firsts[0, middle].set_title(f"{MAPS} of the 64 filters learnt", fontsize=FONT)
    firsts[1, middle].set_title("… and their feature maps, 26×26", fontsize=FONT)
    seconds[0, middle].set_title(f"second layer: {MAPS} of 32 maps, 24×24", fontsize=FONT)
    bars[0].set_title("probability", fontsize=FONT)
    return figure


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    _, (x_test, _) = mnist.load_data()
    save_figure(draw(load_model(sys.argv[1]), x_test[:IMAGES]), PATH)
    print("drawn:", PATH)
