"""Max and average pooling, fast: each image is read once and written once.

Same names, signatures and results as `minicnn.ops.pooling`.

Where a window begins and ends on the image is found once, for all images. The kernels go through a
row of windows with as many channels at a time as a vector holds.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.copies import clear_run, fetch, outgrows_cache, put_run
from minicnn.kernels.primitives.lanes import larger_or_nan, where_equal, where_wins
from minicnn.kernels.primitives.simd import LANES, load, load_whole, splat, store, store_whole
from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.scratch import plain, rooms
from minicnn.kernels.runtime.task_slot import job, share
from minicnn.ops import reference
from minicnn.ops.convolution import Pair
from minicnn.ops.pooling import AveragePoolCache, MaxPoolCache
from minicnn.ops.windows import output_size, padding_amounts

F32 = np.float32
ONE_VECTOR, NONE = (1, LANES), (0, 1)  # shapes of rooms


class Geometry(NamedTuple):
    """How pools lie on an image: all that the compiled kernels need to know of the shapes."""

    vertical: ndarray  # (rows, 4)
    horizontal: ndarray  # (columns, 4)
    width: int  # of the image
    pool_width: int
    apart: bool  # no cell belongs to two windows
    covered: int  # cells of a line that windows cover without a gap, from the left on


class Plan(NamedTuple):
    """What depends on shapes alone: found out once, for a training step asks for the same again."""

    geometry: tuple[Any, ...]  # as a plain tuple, which numba takes sooner
    x_cells: tuple[int, ...]  # (images, height·width, channels)
    y_shape: tuple[int, ...]  # (images, rows, columns, channels)
    y_cells: tuple[int, ...]  # (images, rows·columns, channels)
    winners_shape: tuple[int, ...]  # as many channels as fill vectors
    winners_cells: tuple[int, ...]
    number: Any  # dtype that holds the number of a cell in its window
    image: tuple[int, int]  # (height·width, channels)


def max_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, MaxPoolCache]:
    """Keep the largest cell; see `minicnn.ops.pooling.max_pool2d_forward`."""
    if x.dtype != F32:
        return reference.max_pool2d_forward(x, pool_size, strides, padding)
    x, plan = plain(x), _plan(x.shape, pool_size, strides, padding)
    y, winners = recycled.empty(plan.y_shape), recycled.empty(plan.winners_shape, plan.number)
    parallel.run(
        _share_max_forward, len(x), x.reshape(plan.x_cells), plan.geometry,
        y.reshape(plan.y_cells), winners.reshape(plan.winners_cells), outgrows_cache(x),
        *rooms(ONE_VECTOR),
    )  # fmt: skip
    return y, MaxPoolCache(winners, x.shape, pool_size, strides, padding)


def max_pool2d_backward(dy: ndarray, cache: MaxPoolCache) -> ndarray:
    """Send each gradient to its winner; see `minicnn.ops.pooling.max_pool2d_backward`."""
    if dy.dtype != F32:
        return reference.max_pool2d_backward(dy, cache)
    winners, x_shape, pool_size, strides, padding = cache
    dy, dx = plain(dy), recycled.empty(x_shape)
    plan, past = _plan(x_shape, pool_size, strides, padding), outgrows_cache(dx)
    parallel.run(
        _share_max_backward, len(dy), dy.reshape(plan.y_cells),
        winners.reshape(plan.winners_cells), plan.geometry, dx.reshape(plan.x_cells), past,
        *rooms(plan.image if past else NONE),
    )  # fmt: skip
    return dx


def average_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, AveragePoolCache]:
    """Take the mean; see `minicnn.ops.pooling.average_pool2d_forward`."""
    if x.dtype != F32:
        return reference.average_pool2d_forward(x, pool_size, strides, padding)
    x, plan = plain(x), _plan(x.shape, pool_size, strides, padding)
    y = recycled.empty(plan.y_shape)
    parallel.run(
        _share_average_forward, len(x), x.reshape(plan.x_cells), plan.geometry,
        y.reshape(plan.y_cells), outgrows_cache(x), *rooms(ONE_VECTOR),
    )  # fmt: skip
    return y, AveragePoolCache(x.shape, pool_size, strides, padding)


def average_pool2d_backward(dy: ndarray, cache: AveragePoolCache) -> ndarray:
    """Share each gradient equally; see `minicnn.ops.pooling.average_pool2d_backward`."""
    if dy.dtype != F32:
        return reference.average_pool2d_backward(dy, cache)
    x_shape, pool_size, strides, padding = cache
    dy, dx = plain(dy), recycled.empty(x_shape)
    plan, past = _plan(x_shape, pool_size, strides, padding), outgrows_cache(dx)
    parallel.run(
        _share_average_backward, len(dy), dy.reshape(plan.y_cells), plan.geometry,
        dx.reshape(plan.x_cells), past, *rooms(plan.image if past else NONE),
    )  # fmt: skip
    return dx


@lru_cache
def _plan(x_shape: tuple[int, ...], pool_size: Pair, strides: Pair, padding: str) -> Plan:
    """Gather what depends on shapes alone."""
    batch, height, width, channels = x_shape
    geometry = _geometry((height, width), pool_size, strides, padding)
    rows, columns = len(geometry.vertical), len(geometry.horizontal)
    padded = -(-channels // LANES) * LANES
    return Plan(
        geometry=tuple(geometry),
        x_cells=(batch, height * width, channels),
        y_shape=(batch, rows, columns, channels),
        y_cells=(batch, rows * columns, channels),
        winners_shape=(batch, rows, columns, padded),
        winners_cells=(batch, rows * columns, padded),
        number=np.min_scalar_type(pool_size[0] * pool_size[1] - 1),
        image=(height * width, channels),
    )


def _geometry(size: Pair, pool_size: Pair, strides: Pair, padding: str) -> Geometry:
    """Gather what the kernels take, for images of this height and width."""
    vertical, horizontal = (
        _windows(*axis, padding) for axis in zip(size, pool_size, strides, strict=True)
    )
    apart = all(
        stride >= pool and len(windows) > 0
        for stride, pool, windows in zip(strides, pool_size, (vertical, horizontal), strict=True)
    )
    covered = horizontal[-1, 1] if apart and strides[1] == pool_size[1] else 0
    return Geometry(vertical, horizontal, size[1], pool_size[1], apart, int(covered))


def _windows(size: int, pool: int, stride: int, padding: str) -> ndarray:
    """Return the four numbers of `Geometry` for each window along an axis."""
    before, _ = padding_amounts(size, pool, stride, padding)
    own = np.arange(output_size(size, pool, stride, padding)) * stride - before
    following = np.append(own, size)[1:]
    return np.stack([np.maximum(own, 0), np.minimum(own + pool, size), following, own], axis=1)


@part
def _max_forward(x, geometry, y, winners, far, read, low, high, thread):
    """Write each window's largest cell and which one it was, counted row by row in the window."""
    vertical, horizontal, width, pool_width, _, _ = geometry
    columns, channels, one = len(horizontal), x.shape[2], splat(F32(1))
    for n in range(low, high):
        image, maxima, places = x[n], y[n], winners[n]
        fetch(image, 0, len(image) if far else 0, read[thread])
        for row in range(len(vertical)):
            top, bottom, own_top = vertical[row, 0], vertical[row, 1], vertical[row, 3]
            for column in range(columns):
                left, right = horizontal[column, 0], horizontal[column, 1]
                first = (top - own_top) * pool_width + left - horizontal[column, 3]
                for k in range(0, channels, LANES):
                    count = min(LANES, channels - k)
                    most, winner = load(image, top * width + left, k, count), splat(F32(first))
                    for r in range(top, bottom):
                        cell = splat(F32(first + (r - top) * pool_width))
                        for c in range(left, right):
                            value = _read(image, r * width + c, k, count)
                            winner = where_wins(value, most, cell, winner)
                            most = larger_or_nan(value, most)
                            cell = cell + one
                    store(most, maxima, row * columns + column, k, count)
                    store_whole(winner, places, row * columns + column, k)


@part
def _max_backward(dy, winners, geometry, dx, past, images, low, high, thread):
    """Give each window's gradient to the cell that won it."""
    vertical, horizontal, width, pool_width, apart, covered = geometry
    columns, channels, one = len(horizontal), dx.shape[2], splat(F32(1))
    for n in range(low, high):
        slopes, places, dimage = dy[n], winners[n], images[thread] if past else dx[n]
        clear_run(dimage, 0, 0 if apart else dimage.size)
        for row in range(len(vertical)):
            top, bottom, own_top = vertical[row, 0], vertical[row, 1], vertical[row, 3]
            if apart:
                _clear_gaps(dimage, top, bottom, vertical[row, 2], width, covered)
            for column in range(columns):
                left, right = horizontal[column, 0], horizontal[column, 1]
                first = (top - own_top) * pool_width + left - horizontal[column, 3]
                at = row * columns + column
                for k in range(0, channels, LANES):
                    count = min(LANES, channels - k)
                    slope, winner = load(slopes, at, k, count), load_whole(places, at, k)
                    for r in range(top, bottom):
                        cell = splat(F32(first + (r - top) * pool_width))
                        for c in range(left, right):
                            given = where_equal(winner, cell, slope)
                            _give(given, dimage, r * width + c, k, count, apart)
                            cell = cell + one
        put_run(dimage, 0, dx[n], 0, dimage.size if past else 0, True)


@part
def _average_forward(x, geometry, y, far, read, low, high, thread):
    """Write each window's mean over its cells on the image."""
    vertical, horizontal, width, _, _, _ = geometry
    columns, channels = len(horizontal), x.shape[2]
    for n in range(low, high):
        image, means = x[n], y[n]
        fetch(image, 0, len(image) if far else 0, read[thread])
        for row in range(len(vertical)):
            top, bottom = vertical[row, 0], vertical[row, 1]
            for column in range(columns):
                left, right = horizontal[column, 0], horizontal[column, 1]
                share_of_one = F32(1) / F32((bottom - top) * (right - left))
                for k in range(0, channels, LANES):
                    count = min(LANES, channels - k)
                    total = splat(F32(0))
                    for r in range(top, bottom):
                        for c in range(left, right):
                            total = total + _read(image, r * width + c, k, count)
                    store(share_of_one * total, means, row * columns + column, k, count)


@part
def _average_backward(dy, geometry, dx, past, images, low, high, thread):
    """Give an equal share of each window's gradient to its cells on the image."""
    vertical, horizontal, width, _, apart, covered = geometry
    columns, channels = len(horizontal), dx.shape[2]
    for n in range(low, high):
        slopes, dimage = dy[n], images[thread] if past else dx[n]
        clear_run(dimage, 0, 0 if apart else dimage.size)
        for row in range(len(vertical)):
            top, bottom = vertical[row, 0], vertical[row, 1]
            if apart:
                _clear_gaps(dimage, top, bottom, vertical[row, 2], width, covered)
            for column in range(columns):
                left, right = horizontal[column, 0], horizontal[column, 1]
                share_of_one = F32(1) / F32((bottom - top) * (right - left))
                for k in range(0, channels, LANES):
                    count = min(LANES, channels - k)
                    given = share_of_one * load(slopes, row * columns + column, k, count)
                    for r in range(top, bottom):
                        for c in range(left, right):
                            _give(given, dimage, r * width + c, k, count, apart)
        put_run(dimage, 0, dx[n], 0, dimage.size if past else 0, True)


@part
def _read(image, cell, k, count):
    """Return `count` channels of a cell; a whole vector without a mask, which takes less time."""
    if count == LANES:
        return load(image, cell, k, LANES)
    return load(image, cell, k, count)


@part
def _give(given, dimage, cell, k, count, apart):
    """Add to a cell's gradient; where windows lie apart it has nothing yet."""
    if apart:  # a read so soon after a write next to it would wait for it
        store(given, dimage, cell, k, count)
    else:
        store(load(dimage, cell, k, count) + given, dimage, cell, k, count)


@part
def _clear_gaps(dimage, top, bottom, following, width, covered):
    """Clear the cells right of the `covered` ones, and the lines from `bottom` to the next windows."""
    channels = dimage.shape[1]
    for r in range(top, bottom if covered < width else top):
        clear_run(dimage, r * width + covered, (width - covered) * channels)
    if bottom < following:
        clear_run(dimage, bottom * width, (following - bottom) * width * channels)


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
