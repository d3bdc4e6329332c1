"""Images of filters and feature maps: small tiles in a grid."""

import math

import numpy as np
from numpy import ndarray

MOST_TILES, MOST_CELLS = 64, 1024  # per axis; the rest is omitted
LEAST_SIDE = 256  # pixels, approximately: smaller images are enlarged
LINE, BLUE = 2, (40, 100, 220)  # width in pixels and colour of the lines between the tiles
GREY = 128


def filter_sheet(kernel: ndarray) -> ndarray | None:
    """Draw a weight, from black for the smallest element to white for the largest."""
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
    """Draw the feature maps of one example, from black for the smallest element to white."""
    if output.ndim != 4 or output.size == 0:
        return None
    maps = output[0].transpose(2, 0, 1)[: MOST_TILES**2]  # (channels, rows, columns)
    return _sheet(_as_grey(_in_rows(maps)))


def _in_rows(tiles: ndarray) -> ndarray:
    """Arrange (tiles, rows, columns) in a square grid, padded with NaN."""
    count, rows, columns = tiles.shape
    across = math.ceil(math.sqrt(count))
    down = math.ceil(count / across)
    grid = np.full((down * across, rows, columns), np.nan)
    grid[:count] = tiles
    return grid.reshape(down, across, rows, columns)


def _as_grey(values: ndarray) -> ndarray:
    """Scale to 0…255; NaN, infinity and equal numbers become grey."""
    finite = np.ma.masked_invalid(values.astype(np.float64))
    scaled = 255 * ((finite - finite.min()) / np.ma.ptp(finite))  # 0 / 0 is masked, too
    return np.rint(np.ma.filled(scaled, GREY)).astype(np.uint8)


def _sheet(tiles: ndarray) -> ndarray:
    """Join (down, across, rows, columns) into one image: enlarged tiles separated by blue lines."""
    down, across, rows, columns = tiles.shape
    times = max(LEAST_SIDE // max(down * rows, across * columns), 1)
    height, width = rows * times, columns * times
    framed = np.empty((down, across, height + LINE, width + LINE, 3), np.uint8)
    framed[...] = BLUE
    framed[:, :, :height, :width] = tiles.repeat(times, axis=2).repeat(times, axis=3)[..., None]
    joined = framed.transpose(0, 2, 1, 3, 4).reshape(
        down * (height + LINE), across * (width + LINE), 3
    )
    return joined[:-LINE, :-LINE]  # without the line after the last tile
