"""The feature maps of an image in all layers of a network."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers import Layer
from minicnn.layers.shapes import shape_text
from minicnn.models import Model
from minicnn.preprocessing.model_input import to_brightness
from minicnn.visualize.arguments import (
    as_batch,
    as_pictures,
    class_labels,
    layer_index,
    percent,
    probabilities_of,
    shown_range,
)
from minicnn.visualize.cells import (
    Tile,
    draw_image,
    draw_tiles,
    height_of,
    part_of,
    tile_grid,
    width_of,
)
from minicnn.visualize.colours import BLUE, GREY, shade_of
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_OF_ALL, MOST_OF_ONE = 8, 64  # maps drawn, of each of all layers and of one layer
ACROSS = 8
INCHES = 0.95  # a tile's width
MOST_CLASSES = 20  # more are too many to read: the most probable are drawn


class Maps(NamedTuple):
    """The feature maps of a layer."""

    layer: Layer
    maps: ndarray  # (rows, columns, maps)


def plot_feature_maps(
    model: Model,
    image: Any,
    layer: Layer | str | int | None = None,
    maps: int | Sequence[int] | None = None,
    class_names: Sequence[object] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw the feature maps of one image: of every layer the most varied, or all of one layer.

    The maps of a layer share the scale of its colour bar. The number above a map is the index of its
    filter.

    Parameters
    ----------
    model : Model
    image : array of numbers, (height, width, channels)
        Or (height, width) if it is grey; in the range of the training data.
    layer : Layer, str or int, optional
        One layer, its name or its index. By default all layers that return images, and the output
        of the model.
    maps : int or sequence of int, optional
        The number of maps to draw, those that vary most over the image; or their indices. By default
        8 of each layer, or 64 of one.
    class_names : sequence, optional
        Names of the classes; by default their indices.
    path : str or PathLike, optional
        Where to write the picture too; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If the image does not fit the model, or the layer does not return images.
    ValueError
        If there is no such layer or map.

    Examples
    --------
    >>> from minicnn import Sequential
    >>> from minicnn.layers import Conv2D, Dense, Flatten
    >>> model = Sequential([Conv2D(4, 3, name="edges", input_shape=(6, 6, 1)), Flatten(),
    ...                     Dense(2, activation="softmax")])
    >>> figure = plot_feature_maps(model, np.eye(6))
    >>> figure.axes[0].get_title(), figure.axes[1].get_title(loc="left")
    ('image, 6×6', 'edges: 4 maps, 4×4')
    """
    batch = as_batch(model, image, "plot_feature_maps")
    graph = model.graph
    run = graph.forward(batch, caches=False, values=True)
    found = [
        Maps(node.layer, output[0])
        for node, output in zip(graph.nodes, run.values[graph.inputs :], strict=True)
        if output.ndim == 4 and output is not run.values[node.inputs[0]]  # as Dropout returns it
    ]
    picture = to_brightness(as_pictures(batch)[0], shown_range(model, batch))
    if layer is None:
        answer = _answer(model, run.outputs[0], class_names)
        return finish(_all_layers(picture, found, maps, answer), path)
    wanted = model.layers[layer_index(model, layer)]
    for item in found:
        if item.layer is wanted:
            return finish(_one_layer(picture, item, maps), path)
    raise ShapeError(
        f"{wanted.describe()} returns {shape_text(wanted.output_shape)}, not feature maps (batch, rows, "
        f"columns, maps). Layers that do: {', '.join(item.layer.name for item in found) or 'none'}."
    )


def most_varied(maps: ndarray, count: int) -> list[int]:
    """Return the indices of the maps that vary most over the image, in ascending order."""
    return sorted(np.argsort(-maps.std(axis=(0, 1)), kind="stable")[:count].tolist())


def _answer(
    model: Model, outputs: ndarray, class_names: Sequence[object] | None
) -> Callable[["Axes"], None] | None:
    """Return a function that draws the answer: probabilities, or other numbers."""
    if outputs.ndim != 2:
        return None
    try:
        answer = probabilities_of(model, outputs)[0]
    except ValueError:
        names = class_labels(class_names, outputs.shape[1])
        return lambda axes: draw_numbers(axes, outputs[0], names)
    names = class_labels(class_names, len(answer))
    return lambda axes: draw_probabilities(axes, answer, names)


def _all_layers(
    image: ndarray,
    found: Sequence[Maps],
    chosen: int | Sequence[int] | None,
    draw_answer: Callable[["Axes"], None] | None,
) -> "Figure":
    """Draw the image and the answer, and below them a row of maps for each layer."""
    rows = [_tiles(item, chosen, MOST_OF_ALL, across=MOST_OF_ONE) for item in found]
    widest = max([width_of(tiles) for tiles in rows], default=0)
    heights = [2.2, *[height_of(tiles) * INCHES + 0.5 for tiles in rows]]
    figure = new_figure(max(widest * INCHES + 1.2, 6), sum(heights))
    grid = figure.add_gridspec(len(heights), 2, height_ratios=heights)
    top = figure.add_subplot(grid[0, 0] if draw_answer else grid[0, :])
    draw_image(top, image, f"image, {image.shape[0]}×{image.shape[1]}", (0, 1))
    for row, (item, tiles) in enumerate(zip(found, rows, strict=True), start=1):
        _draw_maps(figure, figure.add_subplot(grid[row, :]), item, tiles)
    if draw_answer:
        draw_answer(figure.add_subplot(grid[0, 1]))
    return figure


def _one_layer(image: ndarray, found: Maps, chosen: int | Sequence[int] | None) -> "Figure":
    """Draw the image on the left, all maps of one layer on the right."""
    tiles = _tiles(found, chosen, MOST_OF_ONE, ACROSS)
    width, height = width_of(tiles) * INCHES, height_of(tiles) * INCHES
    figure = new_figure(width + 3.2, max(height + 0.6, 2.4))
    left, right = figure.subplots(1, 2, width_ratios=[2, width + 1])
    draw_image(left, image, f"image, {image.shape[0]}×{image.shape[1]}", (0, 1))
    left.set_anchor("N")
    _draw_maps(figure, right, found, tiles)
    return figure


def _tiles(found: Maps, chosen: int | Sequence[int] | None, most: int, across: int) -> list[Tile]:
    """Lay the chosen maps out in rows."""
    if chosen is None or isinstance(chosen, (int, np.integer)):
        numbers = most_varied(found.maps, most if chosen is None else int(chosen))
    else:
        numbers = [int(number) for number in chosen]
    count = found.maps.shape[2]
    if not numbers or not all(0 <= number < count for number in numbers):
        raise ValueError(
            f"maps must be indices from 0 to {count - 1}, or a number of maps >= 1, for "
            f"{found.layer.describe()}; got {chosen!r}."
        )
    return tile_grid(found.maps, numbers, across)


def _draw_maps(figure: "Figure", axes: Any, found: Maps, tiles: Sequence[Tile]) -> None:
    rows, columns, count = found.maps.shape
    shade = shade_of(np.stack([tile.cells for tile in tiles]))
    image = draw_tiles(axes, tiles, shade)
    thin = 10 * max(height_of(tiles), 1)
    figure.colorbar(image, ax=axes, shrink=0.9, aspect=thin, panchor=(0, 1))
    part = part_of(len(tiles), count, "map")
    axes.set_title(f"{found.layer.name}: {part}, {rows}×{columns}", loc="left", pad=14)


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
    _label_bars(axes, [names[number] for number in drawn], title)
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
    _label_bars(axes, names[: len(shown)], "outputs")


def _label_bars(axes: "Axes", names: Sequence[str], title: str) -> None:
    """Name the bars, and draw nothing else around them."""
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.set_title(title)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
