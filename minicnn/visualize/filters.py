"""The filters of a convolution as pictures of their weights."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from minicnn.errors import NotReadyError
from minicnn.layers import Conv2D, Layer
from minicnn.models import Model
from minicnn.visualize.arguments import layer_index
from minicnn.visualize.cells import (
    GAP,
    Tile,
    draw_tiles,
    height_of,
    part_of,
    tile_grid,
    width_of,
)
from minicnn.visualize.colours import signed_shade
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ALONE, MOST_BESIDE_CHANNELS = 64, 16  # filters on a page: of one channel, of several
ALONE_ACROSS, MOST_ACROSS = 8, 16  # tiles in a row: each with its number above, or in strips
GAP_INSIDE = 0.06  # between tiles of a strip, in widths of one
WIDE, NARROW = 1.5, 0.62  # a tile's width in inches; where they are few, there is room for numbers
FEW_TILES, FEW_CELLS = 12, 3  # limits: the number of tiles, and of cells across one


def plot_filters(
    model: Model | Layer,
    layer: Layer | str | int | None = None,
    filters: Sequence[int] | None = None,
    channels: Sequence[int] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw the filters of a convolution: positive weights in blue, negative ones in red.

    All share the scale of the colour bar. A filter of several channels is a strip of tiles, one per
    channel.

    Parameters
    ----------
    model : Model or Conv2D
        A model, or one of its layers.
    layer : Layer, str or int, optional
        A layer of the model, its name or its index; by default the first `Conv2D`.
    filters : sequence of int, optional
        Indices of filters; by default the first 64 of one channel, the first 16 of more.
    channels : sequence of int, optional
        Indices of channels of the input; by default the first 16.
    path : str or PathLike, optional
        Where to write the picture too; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the layer is not a convolution, or has no such filter or channel.
    NotReadyError
        If it has no weights yet.

    Examples
    --------
    >>> layer = Conv2D(64, 3, name="edges", input_shape=(28, 28, 1))
    >>> from minicnn import Sequential
    >>> figure = plot_filters(Sequential([layer]))
    >>> figure.axes[0].get_title()
    'edges: 64 filters, 3×3'
    """
    layer = _convolution(model, layer)
    height, width, all_channels, all_filters = layer.kernel.shape
    if channels is None:
        channels = range(min(all_channels, MOST_ACROSS))
    chosen_channels = _checked("channels", channels, all_channels)
    if filters is None:
        most = MOST_ALONE if len(chosen_channels) == 1 else MOST_BESIDE_CHANNELS
        filters = range(min(all_filters, most))
    chosen_filters = _checked("filters", filters, all_filters)
    tiles = _strips(layer.kernel, chosen_filters, chosen_channels)
    roomy = len(tiles) <= FEW_TILES and width <= FEW_CELLS
    inches = WIDE if roomy else NARROW
    figure = new_figure(max(width_of(tiles) * inches + 1.2, 4.6), height_of(tiles) * inches + 0.9)
    axes = figure.subplots()
    image = draw_tiles(axes, tiles, signed_shade(layer.kernel), numbers=roomy)
    figure.colorbar(image, ax=axes, label="weight", shrink=0.9)
    title = f"{layer.name}: {part_of(len(chosen_filters), all_filters, 'filter')}, {height}×{width}"
    if len(chosen_channels) > 1:
        part = part_of(len(chosen_channels), all_channels, "channel")
        title += f"\nleft: filter · top: channel ({part})"
    elif all_channels > 1:
        title += f", channel {chosen_channels[0]} of {all_channels}"
    axes.set_title(title, fontsize=11, pad=14)
    return finish(figure, path)


def _convolution(model: Model | Layer, layer: Layer | str | int | None) -> Conv2D:
    """Return a built convolution."""
    if isinstance(model, Model):
        found = model.graph.layers if model.built else model.layers
        if layer is not None:
            found = [model.layers[layer_index(model, layer)]]
    else:
        found = [model]
        if layer is not None:
            raise ValueError("layer= selects a layer of a model, and plot_filters got a layer.")
    convolutions = [layer for layer in found if isinstance(layer, Conv2D)]
    if not convolutions:
        what = getattr(found[0], "describe", found[0].__repr__)() if found else "an empty model"
        raise ValueError(f"plot_filters needs a model with a Conv2D, or a Conv2D, got {what}.")
    if not convolutions[0].built:
        raise NotReadyError(
            f"{convolutions[0].describe()} has no weights yet. Build the model: "
            "model.build((None, 28, 28, 1)), for example."
        )
    return convolutions[0]


def _checked(name: str, numbers: Sequence[int], count: int) -> list[int]:
    """Return indices that a caller chose, out of `count`, after checking them."""
    chosen = np.asarray(numbers)
    if chosen.ndim == 1 and chosen.dtype.kind in "iu" and chosen.size:
        wrong = chosen[(chosen < 0) | (chosen >= count)]
        if not wrong.size:
            return chosen.tolist()
        got = wrong[0]
    else:
        got = (
            "none"
            if not chosen.size
            else numbers
            if chosen.ndim <= 1
            else f"an array {chosen.shape}"
        )
    raise ValueError(f"{name} must be indices from 0 to {count - 1}, got {got}.")


def _strips(kernel: ndarray, filters: list[int], channels: list[int]) -> list[Tile]:
    """Lay out a strip of tiles for each filter, as many strips side by side as a page is wide."""
    if len(channels) == 1:
        return tile_grid(kernel[:, :, channels[0]], filters, ALONE_ACROSS)
    tall = kernel.shape[0] / kernel.shape[1]
    per_row = max(MOST_ACROSS // (len(channels) + 1), 1)
    tiles = []
    for index, number in enumerate(filters):
        down, strip = divmod(index, per_row)
        start = strip * (len(channels) * (1 + GAP_INSIDE) + 0.6)
        tiles += [
            Tile(kernel[:, :, channel, number], start + column * (1 + GAP_INSIDE),
                 down * (tall + GAP), above="" if down else str(channel),
                 beside="" if column else str(number))
            for column, channel in enumerate(channels)
        ]  # fmt: skip
    return tiles
