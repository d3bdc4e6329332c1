"""Max and average pooling, fast: each image is read once and written once.

Same names, signatures and results as `minicnn.ops.reference.pooling`.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy import ndarray

from minicnn.ops import parallel
from minicnn.ops.reference.convolution import Pair
from minicnn.ops.reference.pooling import AveragePoolCache, MaxPoolCache
from minicnn.ops.windows import output_size, padding_amounts


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
    x = np.ascontiguousarray(x)
    geometry = _geometry(x.shape, pool_size, strides, padding)
    y = np.empty((len(x), geometry.rows, geometry.columns, x.shape[3]), x.dtype)
    winners = np.empty(y.shape, np.int32)
    parallel.for_ranges(len(x), lambda low, high: _max_forward(x, geometry, y, winners, low, high))
    return y, MaxPoolCache(winners, x.shape, pool_size, strides, padding)


def max_pool2d_backward(dy: ndarray, cache: MaxPoolCache) -> ndarray:
    """Send each gradient to its winner; see `minicnn.ops.reference.pooling.max_pool2d_backward`."""
    winners, x_shape, pool_size, strides, padding = cache
    dy = np.ascontiguousarray(dy)
    geometry = _geometry(x_shape, pool_size, strides, padding)
    dx = np.zeros(x_shape, dy.dtype)
    parallel.for_ranges(
        len(dy), lambda low, high: _max_backward(dy, winners, geometry, dx, low, high)
    )
    return dx


def average_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, AveragePoolCache]:
    """Take the mean; see `minicnn.ops.reference.pooling.average_pool2d_forward`."""
    x = np.ascontiguousarray(x)
    geometry = _geometry(x.shape, pool_size, strides, padding)
    y = np.zeros((len(x), geometry.rows, geometry.columns, x.shape[3]), x.dtype)
    parallel.for_ranges(len(x), lambda low, high: _average_forward(x, geometry, y, low, high))
    return y, AveragePoolCache(x.shape, pool_size, strides, padding)


def average_pool2d_backward(dy: ndarray, cache: AveragePoolCache) -> ndarray:
    """Share each gradient equally; see `minicnn.ops.reference.pooling.average_pool2d_backward`."""
    x_shape, pool_size, strides, padding = cache
    dy = np.ascontiguousarray(dy)
    geometry = _geometry(x_shape, pool_size, strides, padding)
    dx = np.zeros(x_shape, dy.dtype)
    parallel.for_ranges(len(dy), lambda low, high: _average_backward(dy, geometry, dx, low, high))
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


JIT: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy"}


@njit(**JIT)
def _window(position, size, pool, stride, before):
    """Return a window's first and last-but-one cell on the image along one axis."""
    first = position * stride - before
    return max(first, 0), min(first + pool, size), first


@njit(**JIT)
def _max_forward(x, g, y, winners, low, high):
    """Write each window's largest cell and which one it was, counted row by row in the window."""
    channels = x.shape[3]
    for n in range(low, high):
        for row in range(g.rows):
            top, bottom, first_row = _window(row, g.height, g.pool_height, g.down, g.top)
            for column in range(g.columns):
                left, right, first_column = _window(column, g.width, g.pool_width, g.across, g.left)
                start = (top - first_row) * g.pool_width + left - first_column
                for k in range(channels):
                    y[n, row, column, k] = x[n, top, left, k]
                    winners[n, row, column, k] = start
                for r in range(top, bottom):
                    for c in range(left, right):
                        cell = (r - first_row) * g.pool_width + c - first_column
                        for k in range(channels):
                            if x[n, r, c, k] > y[n, row, column, k]:
                                y[n, row, column, k] = x[n, r, c, k]
                                winners[n, row, column, k] = cell


@njit(**JIT)
def _max_backward(dy, winners, g, dx, low, high):
    """Add each window's gradient to the cell that won it."""
    for n in range(low, high):
        for row in range(g.rows):
            for column in range(g.columns):
                for k in range(dy.shape[3]):
                    i, j = divmod(winners[n, row, column, k], g.pool_width)
                    r, c = row * g.down - g.top + i, column * g.across - g.left + j
                    dx[n, r, c, k] += dy[n, row, column, k]


@njit(**JIT)
def _average_forward(x, g, y, low, high):
    """Write each window's mean over its cells on the image; `y` comes as zeros."""
    for n in range(low, high):
        for row in range(g.rows):
            top, bottom, _ = _window(row, g.height, g.pool_height, g.down, g.top)
            for column in range(g.columns):
                left, right, _ = _window(column, g.width, g.pool_width, g.across, g.left)
                share = x.dtype.type(1) / x.dtype.type((bottom - top) * (right - left))
                for r in range(top, bottom):
                    for c in range(left, right):
                        for k in range(x.shape[3]):
                            y[n, row, column, k] += x[n, r, c, k]
                for k in range(x.shape[3]):
                    y[n, row, column, k] *= share


@njit(**JIT)
def _average_backward(dy, g, dx, low, high):
    """Add an equal share of each window's gradient to its cells on the image."""
    for n in range(low, high):
        for row in range(g.rows):
            top, bottom, _ = _window(row, g.height, g.pool_height, g.down, g.top)
            for column in range(g.columns):
                left, right, _ = _window(column, g.width, g.pool_width, g.across, g.left)
                share = dy.dtype.type(1) / dy.dtype.type((bottom - top) * (right - left))
                for r in range(top, bottom):
                    for c in range(left, right):
                        for k in range(dy.shape[3]):
                            dx[n, r, c, k] += dy[n, row, column, k] * share
