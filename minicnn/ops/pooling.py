"""Max and average pooling, fast: each image is read once and written once.

Same names, signatures and results as `minicnn.ops.reference.pooling`.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, reference
from minicnn.ops.buffers import as_cells, plain
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.reference.convolution import Pair
from minicnn.ops.reference.pooling import AveragePoolCache, MaxPoolCache
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


def max_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, MaxPoolCache]:
    """Keep the largest cell; see `minicnn.ops.reference.pooling.max_pool2d_forward`."""
    if x.dtype != F32:
        return reference.max_pool2d_forward(x, pool_size, strides, padding)
    x, geometry = plain(x), _geometry(x.shape, pool_size, strides, padding)
    y = np.empty((len(x), geometry.rows, geometry.columns, x.shape[3]), F32)
    winners = np.empty(y.shape, np.int32)
    arrays = as_cells(x), tuple(geometry), as_cells(y), as_cells(winners)
    parallel.for_ranges(len(x), lambda low, high: _max_forward(*arrays, low, high))
    return y, MaxPoolCache(winners, x.shape, pool_size, strides, padding)


def max_pool2d_backward(dy: ndarray, cache: MaxPoolCache) -> ndarray:
    """Send each gradient to its winner; see `minicnn.ops.reference.pooling.max_pool2d_backward`."""
    if dy.dtype != F32:
        return reference.max_pool2d_backward(dy, cache)
    winners, x_shape, pool_size, strides, padding = cache
    dy, dx = plain(dy), np.empty(x_shape, F32)
    geometry = _geometry(x_shape, pool_size, strides, padding)
    arrays = as_cells(dy), as_cells(winners), tuple(geometry), as_cells(dx)
    parallel.for_ranges(len(dy), lambda low, high: _max_backward(*arrays, low, high))
    return dx


def average_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, AveragePoolCache]:
    """Take the mean; see `minicnn.ops.reference.pooling.average_pool2d_forward`."""
    if x.dtype != F32:
        return reference.average_pool2d_forward(x, pool_size, strides, padding)
    x, geometry = plain(x), _geometry(x.shape, pool_size, strides, padding)
    y = np.empty((len(x), geometry.rows, geometry.columns, x.shape[3]), F32)
    arrays = as_cells(x), tuple(geometry), as_cells(y)
    parallel.for_ranges(len(x), lambda low, high: _average_forward(*arrays, low, high))
    return y, AveragePoolCache(x.shape, pool_size, strides, padding)


def average_pool2d_backward(dy: ndarray, cache: AveragePoolCache) -> ndarray:
    """Share each gradient equally; see `minicnn.ops.reference.pooling.average_pool2d_backward`."""
    if dy.dtype != F32:
        return reference.average_pool2d_backward(dy, cache)
    x_shape, pool_size, strides, padding = cache
    dy, dx = plain(dy), np.empty(x_shape, F32)
    arrays = as_cells(dy), tuple(_geometry(x_shape, pool_size, strides, padding)), as_cells(dx)
    parallel.for_ranges(len(dy), lambda low, high: _average_backward(*arrays, low, high))
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
        height, width, rows, columns, pool_size[0], pool_size[1], strides[0], strides[1], top, left
    )


@part
def _window(position, size, pool, stride, before):
    """Return a window's first cell on the image, the cell after its last, and its own first cell."""
    first = position * stride - before
    return max(first, 0), min(first + pool, size), first


@compiled
def _max_forward(x, g, y, winners, low, high):
    """Write each window's largest cell and which one it was, counted row by row in the window."""
    height, width, rows, columns, pool_height, pool_width, down, across, before, left_before = g
    for n in range(low, high):
        for row in range(rows):
            top, bottom, first_row = _window(row, height, pool_height, down, before)
            for column in range(columns):
                left, right, first_column = _window(column, width, pool_width, across, left_before)
                to = row * columns + column
                for k in range(x.shape[2]):
                    y[n, to, k] = -np.inf
                    winners[n, to, k] = (top - first_row) * pool_width + left - first_column
                for r in range(top, bottom):
                    for c in range(left, right):
                        cell = np.int32((r - first_row) * pool_width + c - first_column)
                        at = r * width + c
                        for k in range(x.shape[2]):
                            value, most = x[n, at, k], y[n, to, k]
                            # as in NumPy, the first NaN wins, if there is one
                            won = value > most or (value != value and most == most)
                            y[n, to, k] = value if won else most
                            winners[n, to, k] = cell if won else winners[n, to, k]


@compiled
def _max_backward(dy, winners, g, dx, low, high):
    """Add each window's gradient to the cell that won it."""
    height, width, rows, columns, pool_height, pool_width, down, across, before, left_before = g
    for n in range(low, high):
        for at in range(height * width):
            for k in range(dy.shape[2]):
                dx[n, at, k] = 0
        for row in range(rows):
            top, bottom, first_row = _window(row, height, pool_height, down, before)
            for column in range(columns):
                left, right, first_column = _window(column, width, pool_width, across, left_before)
                to = row * columns + column
                for r in range(top, bottom):
                    for c in range(left, right):
                        cell = np.int32((r - first_row) * pool_width + c - first_column)
                        at = r * width + c
                        for k in range(dy.shape[2]):
                            dx[n, at, k] += dy[n, to, k] if winners[n, to, k] == cell else F32(0)


@compiled
def _average_forward(x, g, y, low, high):
    """Write each window's mean over its cells on the image."""
    height, width, rows, columns, pool_height, pool_width, down, across, before, left_before = g
    for n in range(low, high):
        for row in range(rows):
            top, bottom, _ = _window(row, height, pool_height, down, before)
            for column in range(columns):
                left, right, _ = _window(column, width, pool_width, across, left_before)
                to, share = row * columns + column, F32(1) / F32((bottom - top) * (right - left))
                for k in range(x.shape[2]):
                    y[n, to, k] = 0
                for r in range(top, bottom):
                    for c in range(left, right):
                        for k in range(x.shape[2]):
                            y[n, to, k] += x[n, r * width + c, k]
                for k in range(x.shape[2]):
                    y[n, to, k] *= share


@compiled
def _average_backward(dy, g, dx, low, high):
    """Add an equal share of each window's gradient to its cells on the image."""
    height, width, rows, columns, pool_height, pool_width, down, across, before, left_before = g
    for n in range(low, high):
        for at in range(height * width):
            for k in range(dy.shape[2]):
                dx[n, at, k] = 0
        for row in range(rows):
            top, bottom, _ = _window(row, height, pool_height, down, before)
            for column in range(columns):
                left, right, _ = _window(column, width, pool_width, across, left_before)
                to, share = row * columns + column, F32(1) / F32((bottom - top) * (right - left))
                for r in range(top, bottom):
                    for c in range(left, right):
                        for k in range(dy.shape[2]):
                            dx[n, r * width + c, k] += dy[n, to, k] * share
