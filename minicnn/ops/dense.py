"""The fully connected layer, fast: tiles that stay in cache, on all cores.

Same names, signatures and results as `minicnn.ops.reference.dense`. A layer after flattened images
has few units and many features (18,432 × 10 in the lecture), so that its output is but a few tiles:
they are then summed up in several chunks of the features, by as many threads.
"""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.ops import atomic, parallel, recycled, reference
from minicnn.ops.buffers import plain, rooms
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part, part_of
from minicnn.ops.matmul import distances, multiply, multiply_bias
from minicnn.ops.reference.dense import DenseCache
from minicnn.ops.runs import clear_run, outgrows_cache, put_run
from minicnn.ops.simd import LANES, load, store
from minicnn.ops.team import job, share
from minicnn.ops.transposed import transpose

F32 = np.float32
DEPTH = 1024  # products summed up at a time: what they take of a tile stays in the nearest caches
ROWS, COLUMNS = 96, 32  # of a tile of the output; the product goes in blocks of 6 × 32 or 9 × 16
PIECES = 8  # of work, at least, where there is enough of it to be shared
FEATURES = 48  # the gradients are cut into pieces of so many features, or a multiple
BLOCK = 256  # features of a chunk at least, units turned over at a time at most
ROOM = 1 << 16  # numbers: the part of the kernel that is turned over at a time


def dense_forward(
    x: ndarray, kernel: ndarray, bias: ndarray | None = None
) -> tuple[ndarray, DenseCache]:
    """Weigh and sum; see `minicnn.ops.reference.dense.dense_forward`."""
    if x.dtype != F32:
        return reference.dense_forward(x, kernel, bias)
    features, units = kernel.shape
    rows = plain(x.reshape(-1, features))
    added = np.zeros((2, units), F32)  # what the first chunk begins with, and what the others do
    if bias is not None:
        added[0] = bias
    y = recycled.empty((len(rows), units))
    tiles = -(-len(rows) // ROWS) * -(-units // COLUMNS)
    chunks = max(min(-(-PIECES // max(tiles, 1)), features // BLOCK), 1)
    sums = recycled.empty((chunks - 1, *y.shape))
    done = np.zeros(tiles, np.int64)
    tables = distances(len(rows), features), distances(features)
    parallel.run(_share_forward, tiles * chunks, rows, *tables, plain(kernel), added, y, sums, done)
    return y.reshape(*x.shape[:-1], units), DenseCache(x, kernel)


def dense_backward(
    dy: ndarray, cache: DenseCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.reference.dense.dense_backward`."""
    x, kernel = cache
    if x.dtype != F32:
        return reference.dense_backward(dy, cache, input_gradient)
    features, units = kernel.shape
    rows, drows = plain(x.reshape(-1, features)), plain(dy.reshape(-1, units))
    dkernel, dbias = recycled.empty(kernel.shape), recycled.empty((1, units))
    dx = recycled.empty(x.shape if input_gradient else (0, features))
    depth, past = min(units, BLOCK), outgrows_cache(dx)
    most = ROOM // max(depth, len(rows) if past else 0)  # features, so that the rooms stay in cache
    piece = max(min(features // PIECES, most) // FEATURES, 1) * FEATURES
    parallel.run(
        _share_backward, -(-features // piece), rows, distances(len(rows), features),
        distances(features), drows, distances(len(rows), units), distances(units), plain(kernel),
        np.zeros((1, units), F32), dkernel, dbias, dx.reshape(-1, features), input_gradient, past,
        *rooms((depth, piece), (len(rows) if past else 0, piece)),
    )  # fmt: skip
    return (dx if input_gradient else None), dkernel, dbias.reshape(units)


@part_of("void(f4[:, :], i8[::1], i8[::1], f4[:, :], f4[:, :], f4[:, :])")
def _multiply_deep(a, rows, inner, b, begin, out):
    """Set out = begin + a @ b, with any number of products in a sum; `begin` is one row."""
    depth = len(inner)
    parts = max(-(-depth // DEPTH), 1)
    end = depth // parts
    multiply_bias(a, rows, inner[:end], b[:end], begin, False, out)
    for number in range(1, parts):
        k, end = end, (number + 1) * depth // parts
        multiply(a, rows, inner[k:end], b[k:end], out, True)


@part
def _forward(x, down, across, kernel, begin, y, sums, done, low, high, thread):
    """Sum up the pieces `low` … `high`: tile by tile, the chunks of the features one after another.

    The first chunk goes to y, the others to `sums`. Whoever is done with the last chunk of a tile
    adds them up, always in the same order.
    """
    (batch, features), units = x.shape, kernel.shape[1]
    chunks, wide = 1 + len(sums), -(-units // COLUMNS)
    for number in range(low, high):
        tile, chunk = number // chunks, number % chunks
        top, left = tile // wide * ROWS, tile % wide * COLUMNS
        bottom, right = min(top + ROWS, batch), min(left + COLUMNS, units)
        first, end = chunk * features // chunks, (chunk + 1) * features // chunks
        base, out = min(chunk, 1), y if chunk == 0 else sums[chunk - 1]
        _multiply_deep(
            x, down[top:bottom], across[first:end], kernel[first:end, left:right],
            begin[base : base + 1, left:right], out[top:bottom, left:right],
        )  # fmt: skip
        if chunks > 1 and atomic.add(done, tile, 1) == chunks - 1:
            for other in range(chunks - 1):
                for row in range(top, bottom):
                    _add(sums[other], row, y, row, left, right)


@part
def _backward(
    x, down, across, dy, ddown, dacross, kernel, nothing, dkernel, dbias, dx, input_gradient, past,
    all_transposed, all_slopes, low, high, thread,
):  # fmt: skip
    """Gradients of the weights, and where wanted of the input, for pieces `low` … `high`."""
    features, units = kernel.shape
    depth, piece = all_transposed.shape[1:]
    for number in range(low, high):
        first, end = number * piece, min((number + 1) * piece, features)
        _multiply_deep(x, across[first:end], down, dy, nothing, dkernel[first:end])
        if input_gradient:
            slopes = all_slopes[thread, :, : end - first] if past else dx[:, first:end]
            for unit in range(0, units, depth):
                stop = min(unit + depth, units)
                transposed = all_transposed[thread, : stop - unit, : end - first]
                transpose(kernel[first:end, unit:stop], transposed)
                multiply(dy, ddown, dacross[unit:stop], transposed, slopes, unit > 0)
            for row in range(len(slopes) if past else 0):
                put_run(slopes, row, dx[:, first:end], row, end - first, True)
        if number == 0:
            clear_run(dbias, 0, units)
            for row in range(dy.shape[0]):
                _add(dy, row, dbias, 0, 0, units)


@part
def _add(source, row, target, to, left, right):
    """Add the columns `left` … `right` of a row to those of another."""
    for k in range(left, right, LANES):
        count = min(LANES, right - k)
        total = load(target, to, k, count) + load(source, row, k, count)
        store(total, target, to, k, count)


@compiled
def _share_forward(board, count, step, *arguments):
    share(board, count, step, *job(_forward, arguments))


@compiled
def _share_backward(board, count, step, *arguments):
    share(board, count, step, *job(_backward, arguments))
