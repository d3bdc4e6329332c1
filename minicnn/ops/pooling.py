"""Max and average pooling, fast: each image is read once and written once.

Same names, signatures and results as `minicnn.ops.reference.pooling`.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, recycled, reference
from minicnn.ops.buffers import as_cells, plain
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.reference.convolution import Pair
from minicnn.ops.reference.pooling import AveragePoolCache, MaxPoolCache
from minicnn.ops.runs import clear_run
from minicnn.ops.simd import LANES, load, splat, store, where_equal, where_wins
from minicnn.ops.team import job, share
from minicnn.ops.windows import output_size, padding_amounts

F32 = np.float32


class Geometry(NamedTuple):
    """How pools lie on an image: all that the compiled kernels need to know of the shapes."""

    height: int
    width: int
    rows: int
    columns: int
    pool_height: int
    pool_width: int
    down: int
    across: int
    top: int
    left: int
    apart: bool  # no cell belongs to two windows


def max_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, MaxPoolCache]:
    """Keep the largest cell; see `minicnn.ops.reference.pooling.max_pool2d_forward`."""
    if x.dtype != F32:
        return reference.max_pool2d_forward(x, pool_size, strides, padding)
    x, geometry = plain(x), _geometry(x.shape, pool_size, strides, padding)
    y = recycled.empty((len(x), geometry.rows, geometry.columns, x.shape[3]))
    winners = recycled.empty(y.shape)  # whole numbers, in the one type that vectors have
    arrays = as_cells(x), tuple(geometry), as_cells(y), as_cells(winners)
    parallel.run(_share_max_forward, len(x), *arrays)
    return y, MaxPoolCache(winners, x.shape, pool_size, strides, padding)


def max_pool2d_backward(dy: ndarray, cache: MaxPoolCache) -> ndarray:
    """Send each gradient to its winner; see `minicnn.ops.reference.pooling.max_pool2d_backward`."""
    if dy.dtype != F32:
        return reference.max_pool2d_backward(dy, cache)
    winners, x_shape, pool_size, strides, padding = cache
    dy, dx = plain(dy), recycled.empty(x_shape)
    geometry = _geometry(x_shape, pool_size, strides, padding)
    arrays = as_cells(dy), as_cells(winners), tuple(geometry), as_cells(dx)
    parallel.run(_share_max_backward, len(dy), *arrays)
    return dx


def average_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, AveragePoolCache]:
    """Take the mean; see `minicnn.ops.reference.pooling.average_pool2d_forward`."""
    if x.dtype != F32:
        return reference.average_pool2d_forward(x, pool_size, strides, padding)
    x, geometry = plain(x), _geometry(x.shape, pool_size, strides, padding)
    y = recycled.empty((len(x), geometry.rows, geometry.columns, x.shape[3]))
    parallel.run(_share_average_forward, len(x), as_cells(x), tuple(geometry), as_cells(y))
    return y, AveragePoolCache(x.shape, pool_size, strides, padding)


def average_pool2d_backward(dy: ndarray, cache: AveragePoolCache) -> ndarray:
    """Share each gradient equally; see `minicnn.ops.reference.pooling.average_pool2d_backward`."""
    if dy.dtype != F32:
        return reference.average_pool2d_backward(dy, cache)
    x_shape, pool_size, strides, padding = cache
    dy, dx = plain(dy), recycled.empty(x_shape)
    geometry = _geometry(x_shape, pool_size, strides, padding)
    parallel.run(_share_average_backward, len(dy), as_cells(dy), tuple(geometry), as_cells(dx))
    return dx


def _geometry(x_shape: tuple[int, ...], pool_size: Pair, strides: Pair, padding: str) -> Geometry:
    """Gather the whole numbers that the kernels take."""
    sizes = x_shape[1:3]
    rows, columns = (
        output_size(size, pool, stride, padding)
        for size, pool, stride in zip(sizes, pool_size, strides, strict=True)
    )
    top, left = (
        padding_amounts(size, pool, stride, padding)[0]
        for size, pool, stride in zip(sizes, pool_size, strides, strict=True)
    )
    height, width = sizes
    return Geometry(
        height, width, rows, columns, pool_size[0], pool_size[1], strides[0], strides[1], top, left,
        strides[0] >= pool_size[0] and strides[1] >= pool_size[1],
    )  # fmt: skip


@part
def _window(position, size, pool, stride, before):
    """Return a window's first cell on the image, the cell after its last, and its own first cell."""
    first = position * stride - before
    return max(first, 0), min(first + pool, size), first


@part
def _max_forward(x, g, y, winners, low, high, thread):
    """Write each window's largest cell and which one it was, counted row by row in the window."""
    height, width, rows, columns, pool_height, pool_width, down, across, before, left_before, _ = g
    for n in range(low, high):
        image, largest, places = x[n], y[n], winners[n]
        for row in range(rows):
            top, bottom, first_row = _window(row, height, pool_height, down, before)
            for column in range(columns):
                left, right, first_column = _window(column, width, pool_width, across, left_before)
                to = row * columns + column
                for k in range(0, image.shape[1], LANES):
                    count = min(LANES, image.shape[1] - k)
                    most = load(image, top * width + left, k, count)
                    winner = splat(F32((top - first_row) * pool_width + left - first_column))
                    for r in range(top, bottom):
                        for c in range(left, right):
                            value = load(image, r * width + c, k, count)
                            cell = splat(F32((r - first_row) * pool_width + c - first_column))
                            winner = where_wins(value, most, cell, winner)
                            most = where_wins(value, most, value, most)
                    store(most, largest, to, k, count)
                    store(winner, places, to, k, count)


@part
def _max_backward(dy, winners, g, dx, low, high, thread):
    """Give each window's gradient to the cell that won it."""
    height, width, rows, columns, pool_height, pool_width, down, across, before, left_before = g[
        :10
    ]
    for n in range(low, high):
        slopes, places, dimage = dy[n], winners[n], dx[n]
        clear_run(dimage, 0, dimage.size)
        for row in range(rows):
            top, bottom, first_row = _window(row, height, pool_height, down, before)
            for column in range(columns):
                left, right, first_column = _window(column, width, pool_width, across, left_before)
                at = row * columns + column
                for k in range(0, dimage.shape[1], LANES):
                    count = min(LANES, dimage.shape[1] - k)
                    slope, winner = load(slopes, at, k, count), load(places, at, k, count)
                    for r in range(top, bottom):
                        for c in range(left, right):
                            cell = splat(F32((r - first_row) * pool_width + c - first_column))
                            given = where_equal(winner, cell, slope)
                            _give(given, dimage, r * width + c, k, count, g[10])


@part
def _average_forward(x, g, y, low, high, thread):
    """Write each window's mean over its cells on the image."""
    height, width, rows, columns, pool_height, pool_width, down, across, before, left_before, _ = g
    for n in range(low, high):
        image, means = x[n], y[n]
        for row in range(rows):
            top, bottom, _ = _window(row, height, pool_height, down, before)
            for column in range(columns):
                left, right, _ = _window(column, width, pool_width, across, left_before)
                share_of_one = F32(1) / F32((bottom - top) * (right - left))
                for k in range(0, image.shape[1], LANES):
                    count = min(LANES, image.shape[1] - k)
                    total = splat(F32(0))
                    for r in range(top, bottom):
                        for c in range(left, right):
                            total = total + load(image, r * width + c, k, count)
                    store(share_of_one * total, means, row * columns + column, k, count)


@part
def _average_backward(dy, g, dx, low, high, thread):
    """Give an equal share of each window's gradient to its cells on the image."""
    height, width, rows, columns, pool_height, pool_width, down, across, before, left_before = g[
        :10
    ]
    for n in range(low, high):
        slopes, dimage = dy[n], dx[n]
        clear_run(dimage, 0, dimage.size)
        for row in range(rows):
            top, bottom, _ = _window(row, height, pool_height, down, before)
            for column in range(columns):
                left, right, _ = _window(column, width, pool_width, across, left_before)
                share_of_one = F32(1) / F32((bottom - top) * (right - left))
                for k in range(0, dimage.shape[1], LANES):
                    count = min(LANES, dimage.shape[1] - k)
                    given = share_of_one * load(slopes, row * columns + column, k, count)
                    for r in range(top, bottom):
                        for c in range(left, right):
                            _give(given, dimage, r * width + c, k, count, g[10])


@part
def _give(given, dimage, cell, k, count, apart):
    """Add to a cell's gradient; where windows lie apart it has nothing yet."""
    before = load(dimage, cell, k, 0 if apart else count)
    store(before + given, dimage, cell, k, count)


@compiled
def _share_max_forward(board, count, step, *arguments):
    share(board, count, step, *job(_max_forward, arguments))


@compiled
def _share_max_backward(board, count, step, *arguments):
    share(board, count, step, *job(_max_backward, arguments))


@compiled
def _share_average_forward(board, count, step, *arguments):
    share(board, count, step, *job(_average_forward, arguments))


@compiled
def _share_average_backward(board, count, step, *arguments):
    share(board, count, step, *job(_average_backward, arguments))
