"""The fully connected layer, fast: tiles that stay in cache, on all cores.

Same names, signatures and results as `minicnn.ops.dense`. A layer after flattened images
has few units and many features (18,432 × 10 in the lecture), so that its output is but a few tiles:
they are then summed up in several chunks of the features, by as many threads.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.copies import clear_run, outgrows_cache, put_run
from minicnn.kernels.primitives.matmul import distances, multiply, multiply_bias
from minicnn.kernels.primitives.simd import LANES, load, store
from minicnn.kernels.primitives.transpose import transpose
from minicnn.kernels.runtime import atomic, parallel
from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part, part_of
from minicnn.kernels.runtime.scratch import plain, rooms
from minicnn.kernels.runtime.task_slot import job, share
from minicnn.ops import reference
from minicnn.ops.dense import DenseCache

F32 = np.dtype(np.float32)
DEPTH = 1024  # products summed up at a time: what they take of a tile stays in the nearest caches
ROWS, COLUMNS = 96, 32  # of a tile of the output: whole blocks of `matmul`, 6 × 32 with AVX-512
FORWARD, BACKWARD = 8, 16  # pieces of work, at least, where there is enough of it to be shared
FEATURES = 64  # the gradients are cut into pieces of so many features, or a multiple
CHUNK = 512  # features of a chunk, at least
BLOCK = 256  # units turned over at a time, at most
ROOM = 1 << 16  # numbers: the part of the kernel that is turned over at a time


def dense_forward(
    x: ndarray, kernel: ndarray, bias: ndarray | None = None
) -> tuple[ndarray, DenseCache]:
    """Weigh and sum; see `minicnn.ops.dense.dense_forward`."""
    features, units = kernel.shape
    if x.dtype != F32 or x.shape[-1] != features:
        return reference.dense_forward(x, kernel, bias)
    rows = plain(x if x.ndim == 2 else x.reshape(-1, features))
    plan = _forward_plan(len(rows), features, units)
    begin = plan.zeros if bias is None else plain(bias.reshape(1, units))
    y, sums, done = recycled.empty((len(rows), units)), plan.sums, plan.done
    if plan.chunks > 1:  # else neither is written to
        sums, done = recycled.empty((plan.chunks - 1, *y.shape)), done.copy()
    parallel.run(
        _share_forward, plan.pieces, rows, plan.down, plan.across, plain(kernel), begin, y, sums,
        done,
    )  # fmt: skip
    return y if x.ndim == 2 else y.reshape(*x.shape[:-1], units), DenseCache(x, kernel)


def dense_backward(
    dy: ndarray, cache: DenseCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.dense.dense_backward`."""
    x, kernel = cache
    if x.dtype != F32:
        return reference.dense_backward(dy, cache, input_gradient)
    features, units = kernel.shape
    rows = plain(x if x.ndim == 2 else x.reshape(-1, features))
    drows = plain(dy.reshape(len(rows), units))
    dx = recycled.empty(x.shape if input_gradient else (0, features))
    plan = _backward_plan(len(rows), features, units, outgrows_cache(dx))
    dkernel, dbias = recycled.empty(kernel.shape), recycled.empty((1, units))
    parallel.run(
        _share_backward, plan.pieces, rows, drows, plan.down, plan.ddown, plan.across,
        plain(kernel), dkernel, dbias, dx if dx.ndim == 2 else dx.reshape(-1, features),
        *rooms(plan.room), plan.depth,
    )  # fmt: skip
    return (dx if input_gradient else None), dkernel, dbias[0]


class _Forward(NamedTuple):
    """How the forward pass is cut; what only the shapes decide is found out once."""

    pieces: int
    """Tiles of the output, times `chunks`."""
    chunks: int
    """Parts of the features that are summed up apart."""
    down: ndarray
    """Where the rows of x begin, see `minicnn.kernels.primitives.matmul.distances`."""
    across: ndarray
    """Where its columns do."""
    zeros: ndarray
    """What sums without a bias begin with, (1, units)."""
    sums: ndarray
    """(0, rows, units): of a single chunk no other's sums are kept."""
    done: ndarray
    """(tiles,) int64, how many chunks of each are summed up: none yet."""


class _Backward(NamedTuple):
    """How the backward pass is cut."""

    pieces: int
    """Parts of the features."""
    down: ndarray
    """Where the rows of x begin, see `minicnn.kernels.primitives.matmul.distances`."""
    ddown: ndarray
    """Where the rows of dy begin."""
    across: ndarray
    """Where the columns of either do."""
    depth: int
    """Units of the kernel that are turned over at a time."""
    room: tuple[int, int]
    """Of a thread: (depth and, for a dx that goes past the caches, rows of x; features of a piece)."""


@lru_cache(maxsize=256)
def _forward_plan(rows: int, features: int, units: int) -> _Forward:
    """Cut the forward pass."""
    tiles = -(-rows // ROWS) * -(-units // COLUMNS)
    chunks = max(min(-(-FORWARD // max(tiles, 1)), features // CHUNK), 1)
    return _Forward(
        tiles * chunks, chunks, distances(rows, features), distances(features),
        np.zeros((1, units), F32), np.empty((0, rows, units), F32), np.zeros(tiles, np.int64),
    )  # fmt: skip


@lru_cache(maxsize=256)
def _backward_plan(rows: int, features: int, units: int, past: bool) -> _Backward:
    """Cut the backward pass; `past` says whether dx goes past the caches."""
    depth, height = min(units, BLOCK), rows if past else 0
    most = ROOM // max(depth, height)  # features, so that the room stays in cache
    piece = max(min(features // BACKWARD, most) // FEATURES, 1) * FEATURES
    return _Backward(
        -(-features // piece), distances(rows, features), distances(rows, units),
        distances(max(features, units)), depth, (depth + height, piece),
    )  # fmt: skip


@part_of("void(f4[:, :], i8[::1], i8[::1], f4[:, :], f4[:, :], b1, f4[:, :])")
def _multiply_deep(a, rows, inner, b, begin, begun, out):
    """Set out = a @ b, with any number of products in a sum; `begin`, a row, is added if `begun`."""
    depth = len(inner)
    parts = max(-(-depth // DEPTH), 1)
    for number in range(parts):
        k, end = number * depth // parts, (number + 1) * depth // parts
        if begun and number == 0:
            multiply_bias(a, rows, inner[:end], b[:end], begin, False, out)
        else:
            multiply(a, rows, inner[k:end], b[k:end], out, number > 0)


@part
def _forward(x, down, across, kernel, bias, y, sums, done, low, high, thread):
    """Sum up the pieces `low` … `high`: tile by tile, the chunks of the features one after another."""
    (batch, features), units = x.shape, kernel.shape[1]
    chunks, wide = 1 + len(sums), -(-units // COLUMNS)
    for number in range(low, high):
        tile, chunk = number // chunks, number % chunks
        top, left = tile // wide * ROWS, tile % wide * COLUMNS
        bottom, right = min(top + ROWS, batch), min(left + COLUMNS, units)
        first, end = chunk * features // chunks, (chunk + 1) * features // chunks
        out = y if chunk == 0 else sums[chunk - 1]
        _multiply_deep(
            x, down[top:bottom], across[first:end], kernel[first:end, left:right],
            bias[:, left:right], chunk == 0, out[top:bottom, left:right],
        )  # fmt: skip
        if chunks > 1 and atomic.add(done, tile, 1) == chunks - 1:
            for other in range(chunks - 1):
                for row in range(top, bottom):
                    _add(sums[other], row, y, row, left, right)


@part
def _backward(
    x, dy, down, ddown, across, kernel, dkernel, dbias, dx, room, depth, low, high, thread
):
    """Gradients of the weights, and of the input if dx has rows, for pieces `low` … `high`."""
    features, units = kernel.shape
    all_transposed, all_slopes, piece = room[thread, :depth], room[thread, depth:], room.shape[2]
    past = len(all_slopes) > 0  # slopes of the input go to the room first
    for number in range(low, high):
        first, end = number * piece, min((number + 1) * piece, features)
        _multiply_deep(x, across[first:end], down, dy, dy, False, dkernel[first:end])
        slopes = all_slopes[:, : end - first] if past else dx[:, first:end]
        for unit in range(0, units if len(dx) > 0 else 0, depth):
            stop = min(unit + depth, units)
            transposed = all_transposed[: stop - unit, : end - first]
            transpose(kernel[first:end, unit:stop], transposed)
            multiply(dy, ddown, across[unit:stop], transposed, slopes, unit > 0)
        for row in range(len(all_slopes)):
            put_run(slopes, row, dx[:, first:end], row, end - first, True)
        if number == 0:
            clear_run(dbias, 0, units)
            for row in range(len(dy)):
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
