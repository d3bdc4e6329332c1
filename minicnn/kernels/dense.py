"""The fully connected layer: tiles that stay in cache, on all cores.

Same names, signatures and results as `minicnn.ops.dense`. A layer after flattened images has few units
and many features (18,432 × 10 in the lecture), so its output is only a few tiles. Then the features are
split too (split-K), and threads compute the partial sums of a tile. Chunks, the unit in which threads
take work, are a tile and split forward, and a range of features backward.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels import activations
from minicnn.kernels.primitives.copies import clear, stream_copy, use_streaming_stores
from minicnn.kernels.primitives.matmul import gemm, offsets
from minicnn.kernels.primitives.simd import LANES, load, maximum, splat, store
from minicnn.kernels.primitives.transpose import transpose
from minicnn.kernels.runtime import atomic, memory_pool, parallel, self_check
from minicnn.kernels.runtime.jit import njit_for, njit_inline
from minicnn.kernels.runtime.scratch import scratch
from minicnn.kernels.runtime.task_slot import parallel_kernel
from minicnn.ops import reference
from minicnn.ops.dense import DenseCache

F32, ZERO = np.dtype(np.float32), np.float32(0)
DEPTH = 1024  # products in one pass over a tile: their operands stay in the nearest caches
TILE_ROWS, TILE_COLUMNS = 96, 32  # of the output: whole register tiles, 6 × 32 with AVX-512
MIN_FORWARD_CHUNKS, MIN_BACKWARD_CHUNKS = 8, 16  # if there is enough work
MIN_SPLIT = 512  # features of a split
FEATURES = 64  # the features of a backward chunk are a multiple of this
MAX_UNITS = 256  # units that are transposed at a time
SCRATCH_SIZE = 1 << 16  # elements of the kernel that are transposed at a time


def dense_forward(
    x: ndarray, kernel: ndarray, bias: ndarray | None = None, activation: str = "linear"
) -> tuple[ndarray, DenseCache]:
    """Compute activation(x @ kernel + bias); see `minicnn.ops.dense.dense_forward`."""
    features, units = kernel.shape
    if x.dtype != F32:
        return reference.dense_forward(x, kernel, bias, activation)
    rows = x if x.ndim == 2 else x.reshape(-1, features)
    plan = _forward_plan(len(rows), features, units)
    bias = plan.no_bias if bias is None else bias.reshape(1, units)
    y, partials, done = memory_pool.empty((len(rows), units)), plan.no_partials, plan.done
    if plan.splits > 1:  # otherwise neither is written
        partials, done = memory_pool.empty((plan.splits - 1, *y.shape)), done.copy()
    parallel.parallel_for(
        _forward, plan.chunks, rows, plan.row_offsets, plan.column_offsets, kernel,
        bias, activation == "relu", y, partials, done,
    )  # fmt: skip
    y = y if x.ndim == 2 else y.reshape(*x.shape[:-1], units)
    return y, DenseCache(x, kernel, y if activation == "relu" else None)


def dense_backward(
    dy: ndarray, cache: DenseCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.dense.dense_backward`."""
    x, kernel, y = cache
    if x.dtype != F32:
        return reference.dense_backward(dy, cache, input_gradient)
    if y is not None:
        dy = activations.relu_backward(dy, y, y)
    features, units = kernel.shape
    rows = x if x.ndim == 2 else x.reshape(-1, features)
    drows = dy.reshape(len(rows), units)
    dx = memory_pool.empty(x.shape if input_gradient else (0, features))
    plan = _backward_plan(len(rows), features, units, use_streaming_stores(dx))
    dkernel, dbias = memory_pool.empty(kernel.shape), memory_pool.empty((1, units))
    parallel.parallel_for(
        run_backward, plan.chunks, rows, drows, plan.x_offsets, plan.dy_offsets, plan.column_offsets,
        kernel, dkernel, dbias, dx if dx.ndim == 2 else dx.reshape(-1, features),
        *scratch(plan.scratch), plan.depth,
    )  # fmt: skip
    return (dx if input_gradient else None), dkernel, dbias[0]


def compile_backward() -> None:
    """Compile the backward pass, by computing an example without forward pass."""
    x, kernel, bias = self_check.example("dense")
    dense_backward(x @ kernel + bias, DenseCache(x, kernel))


class _ForwardPlan(NamedTuple):
    """Values for the forward pass that depend on shapes only, computed once."""

    chunks: int  # tiles of the output · splits
    splits: int  # of the features
    row_offsets: ndarray  # of x, see `minicnn.kernels.primitives.matmul.offsets`
    column_offsets: ndarray
    no_bias: ndarray  # (1, units) zeros
    no_partials: ndarray  # (0, rows, units): a single split needs none
    done: ndarray  # (tiles,) int64, how many splits of each are computed: none yet


class _BackwardPlan(NamedTuple):
    """Values for the backward pass that depend on shapes only, computed once."""

    chunks: int  # ranges of features
    x_offsets: ndarray  # of the rows of x
    dy_offsets: ndarray  # of the rows of dy
    column_offsets: ndarray  # of the columns of either
    depth: int  # units of the kernel that are transposed at a time
    scratch: tuple[int, int]  # (depth, and the rows of a dx for streaming stores; features)


@lru_cache(maxsize=256)
def _forward_plan(rows: int, features: int, units: int) -> _ForwardPlan:
    """Split the forward pass into chunks."""
    tiles = -(-rows // TILE_ROWS) * -(-units // TILE_COLUMNS)
    splits = max(min(-(-MIN_FORWARD_CHUNKS // max(tiles, 1)), features // MIN_SPLIT), 1)
    return _ForwardPlan(
        tiles * splits, splits, offsets(rows, features), offsets(features),
        np.zeros((1, units), F32), np.empty((0, rows, units), F32), np.zeros(tiles, np.int64),
    )  # fmt: skip


@lru_cache(maxsize=256)
def _backward_plan(rows: int, features: int, units: int, streaming: bool) -> _BackwardPlan:
    """Split the backward pass into chunks."""
    depth, dx_rows = min(units, MAX_UNITS), rows if streaming else 0
    most = SCRATCH_SIZE // max(depth, dx_rows)
    size = max(min(features // MIN_BACKWARD_CHUNKS, most) // FEATURES, 1) * FEATURES
    return _BackwardPlan(
        -(-features // size), offsets(rows, features), offsets(rows, units),
        offsets(max(features, units)), depth, (depth + dx_rows, size),
    )  # fmt: skip


@njit_for("void(f4[:, :], i8[::1], i8[::1], f4[:, :], f4[:, :], b1, f4[:, :])")
def _deep_gemm(a, row_offsets, column_offsets, b, bias, use_bias, out):
    """Set out = a @ b, + bias if `use_bias`, for sums of any length."""
    depth = len(column_offsets)
    passes = max(-(-depth // DEPTH), 1)
    for i in range(passes):
        k, end = i * depth // passes, (i + 1) * depth // passes
        init, accumulate = (bias, use_bias) if i == 0 else (out, True)
        gemm(a, row_offsets, column_offsets[k:end], b[k:end], init, accumulate, False, out)


@parallel_kernel
def _forward(
    x, row_offsets, column_offsets, kernel, bias, relu, y, partials, done, start, stop, thread_id
):  # fmt: skip
    """Compute the chunks `start` … `stop`; the last split of a tile to be done adds up the others."""
    (batch, features), units = x.shape, kernel.shape[1]
    splits, tile_columns = 1 + len(partials), -(-units // TILE_COLUMNS)
    for chunk in range(start, stop):
        tile, split = chunk // splits, chunk % splits
        top, left = tile // tile_columns * TILE_ROWS, tile % tile_columns * TILE_COLUMNS
        bottom, right = min(top + TILE_ROWS, batch), min(left + TILE_COLUMNS, units)
        first, end = split * features // splits, (split + 1) * features // splits
        out = y if split == 0 else partials[split - 1]
        _deep_gemm(
            x, row_offsets[top:bottom], column_offsets[first:end], kernel[first:end, left:right],
            bias[:, left:right], split == 0, out[top:bottom, left:right],
        )  # fmt: skip
        if splits > 1 and atomic.add(done, tile, 1) < splits - 1:
            continue
        for row in range(top, bottom):
            for other in range(splits - 1):  # in a fixed order, for the same bits
                _add_row(partials[other], row, y, row, left, right)
            for k in range(left, right if relu else left, LANES):
                count = min(LANES, right - k)
                store(maximum(load(y, row, k, count), splat(ZERO)), y, row, k, count)


@parallel_kernel
def run_backward(
    x, dy, x_offsets, dy_offsets, column_offsets, kernel, dkernel, dbias, dx, scratch, depth,
    start, stop, thread_id,
):  # fmt: skip
    """Compute the gradients for the features of the chunks `start` … `stop`; of dx if it has rows."""
    features, units = kernel.shape
    transposed, streamed = scratch[thread_id, :depth], scratch[thread_id, depth:]
    size, streaming = scratch.shape[2], len(streamed) > 0
    for chunk in range(start, stop):
        first, end = chunk * size, min((chunk + 1) * size, features)
        _deep_gemm(x, column_offsets[first:end], x_offsets, dy, dy, False, dkernel[first:end])
        out = streamed[:, : end - first] if streaming else dx[:, first:end]
        for unit in range(0, units if len(dx) > 0 else 0, depth):
            last = min(unit + depth, units)
            part = transposed[: last - unit, : end - first]
            transpose(kernel[first:end, unit:last], part)
            gemm(dy, dy_offsets, column_offsets[unit:last], part, out, unit > 0, False, out)
        for row in range(len(streamed)):
            stream_copy(out, row, dx[:, first:end], row, end - first, True)
        if chunk == 0:
            clear(dbias, 0, units)
            for row in range(len(dy)):
                _add_row(dy, row, dbias, 0, 0, units)


@njit_inline
def _add_row(source, row, target, to, left, right):
    """Add the columns `left` … `right` of a row to those of another."""
    for k in range(left, right, LANES):
        count = min(LANES, right - k)
        total = load(target, to, k, count) + load(source, row, k, count)
        store(total, target, to, k, count)
