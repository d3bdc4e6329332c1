"""Filters and feature maps as pictures: many small tiles on one sheet."""

import math

import numpy as np
from numpy import ndarray

MOST_TILES, MOST_CELLS = 64, 1024  # down and across: what a screen shows of the first ones
LEAST_SIDE = 256  # pixels, about: small sheets are enlarged, cell by cell
LINE, BLUE = 2, (40, 100, 220)  # what lies between the tiles: its pixels, its colour
GREY = 128


def filter_sheet(kernel: ndarray) -> ndarray | None:
    """Draw a layer's weight: black is its least number, white its greatest."""
    if kernel.size == 0:
        return None
    if kernel.ndim == 4:
        tiles = kernel.transpose(3, 2, 0, 1)  # (filters, channels, rows, columns)
        if tiles.shape[1] == 1:
            tiles = _in_rows(tiles[:, 0])
        return _sheet(_as_grey(tiles[:MOST_TILES, :MOST_TILES]))
    if kernel.ndim in (1, 2):
        flat = kernel.reshape(-1, kernel.shape[-1])
        wide = flat if flat.shape[0] <= flat.shape[1] else flat.T
        return _sheet(_as_grey(wide[:MOST_CELLS, :MOST_CELLS])[np.newaxis, np.newaxis])
    return None


def map_sheet(output: ndarray) -> ndarray | None:
    """Draw the feature maps of one example side by side, from black, the least number, to white."""
    if output.ndim != 4 or output.size == 0:
        return None
    maps = output[0].transpose(2, 0, 1)[: MOST_TILES**2]  # (channels, rows, columns)
    return _sheet(_as_grey(_in_rows(maps)))


def _in_rows(tiles: ndarray) -> ndarray:
    """Lay (tiles, rows, columns) out as a square; empty places are NaN."""
    count, rows, columns = tiles.shape
    across = math.ceil(math.sqrt(count))
    down = math.ceil(count / across)
    places = np.full((down * across, rows, columns), np.nan)
    places[:count] = tiles
    return places.reshape(down, across, rows, columns)


def _as_grey(values: ndarray) -> ndarray:
    """Bring numbers to 0…255; what is not finite becomes grey."""
    values = values.astype(np.float64)
    finite = np.isfinite(values)
    if not finite.any():
        return np.full(values.shape, GREY, np.uint8)
    least, greatest = values[finite].min(), values[finite].max()
    share = np.full(values.shape, 0.5)
    if greatest > least:
        share[finite] = (values[finite] - least) / (greatest - least)
    return np.rint(share * 255).astype(np.uint8)


def _sheet(tiles: ndarray) -> ndarray:
    """Join (down, across, rows, columns) to one picture: tiles enlarged, blue lines between them."""
    down, across, rows, columns = tiles.shape
    times = max(LEAST_SIDE // max(down * rows, across * columns), 1)
    height, width = rows * times, columns * times
    framed = np.empty((down, across, height + LINE, width + LINE, 3), np.uint8)
    framed[...] = BLUE
    framed[:, :, :height, :width] = tiles.repeat(times, axis=2).repeat(times, axis=3)[..., None]
    joined = framed.transpose(0, 2, 1, 3, 4).reshape(
        down * (height + LINE), across * (width + LINE), 3
    )
    return joined[:-LINE, :-LINE]  # no line behind the last tile
