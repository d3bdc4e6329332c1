"""The fully connected layer, fast: the features in pieces that stay in cache, on all cores.

Same names, signatures and results as `minicnn.ops.reference.dense`. A layer after flattened images
has few units and many features (18,432 × 10 in the lecture), so its time is that of reading its
weights; it is cut along the features. With few features it is cut along the examples.
"""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, recycled, reference
from minicnn.ops.buffers import plain, rooms
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.matmul import ROWS, distances, multiply, multiply_bias
from minicnn.ops.reference.dense import DenseCache
from minicnn.ops.team import job, share

PIECE = 2048  # features; with 32 examples or 10 units a piece fits the second-level cache
F32 = np.float32


def dense_forward(
    x: ndarray, kernel: ndarray, bias: ndarray | None = None
) -> tuple[ndarray, DenseCache]:
    """Weigh and sum; see `minicnn.ops.reference.dense.dense_forward`."""
    if x.dtype != F32:
        return reference.dense_forward(x, kernel, bias)
    features, units = kernel.shape
    rows, kernel = plain(x.reshape(-1, features)), plain(kernel)
    added = np.zeros((1, units), F32) if bias is None else bias.astype(F32).reshape(1, units)
    pieces = max(-(-features // PIECE), 1)
    y = recycled.empty((len(rows), units))
    tables = distances(len(rows), features), distances(features)
    if pieces > 1:
        sums = recycled.empty((pieces, len(rows), units))
        parallel.run(_share_pieces, pieces, rows, *tables, kernel, sums)
        np.sum(sums, axis=0, out=y)
        y += added
    else:
        parallel.run(_share_forward, -(-len(rows) // ROWS), rows, *tables, kernel, added, y)
    return y.reshape(*x.shape[:-1], units), DenseCache(x, kernel)


def dense_backward(
    dy: ndarray, cache: DenseCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.reference.dense.dense_backward`."""
    x, kernel = cache
    if x.dtype != F32:
        return reference.dense_backward(dy, cache, input_gradient)
    features, units = kernel.shape
    rows = plain(x.reshape(-1, features))
    drows = plain(dy.reshape(-1, units))
    dkernel = recycled.empty(kernel.shape)
    dx = recycled.empty(x.shape if input_gradient else (0, features))
    piece = min(PIECE, max(features // 8, 1))
    parallel.run(
        _share_backward, -(-features // piece), rows, drows, kernel,
        distances(len(rows), features), distances(features), distances(len(rows), units),
        distances(units), dkernel, dx.reshape(-1, features), input_gradient, piece,
        *rooms((units, piece)),
    )  # fmt: skip
    return (dx if input_gradient else None), dkernel, drows.sum(axis=0)


@part
def _forward(x, down, across, kernel, bias, y, low, high, thread):
    """Compute the blocks `low` … `high` of six examples."""
    first, end = low * ROWS, min(high * ROWS, x.shape[0])
    multiply_bias(x, down[first:end], across, kernel, bias, False, y[first:end])


@part
def _forward_pieces(x, down, across, kernel, sums, low, high, thread):
    """Sum the pieces `low` … `high` of the features, each for itself."""
    features = kernel.shape[0]
    for number in range(low, high):
        start, stop = number * PIECE, min((number + 1) * PIECE, features)
        multiply(x, down, across[start:stop], kernel[start:stop], sums[number], False)


@part
def _backward(
    x,
    dy,
    kernel,
    down,
    across,
    ddown,
    dacross,
    dkernel,
    dx,
    input_gradient,
    piece,
    all_transposed,
    low,
    high,
    thread,
):
    """Gradients of the weights, and where wanted of the input, for pieces `low` … `high`."""
    features, units = kernel.shape
    transposed = all_transposed[thread]
    for number in range(low, high):
        start, stop = number * piece, min((number + 1) * piece, features)
        multiply(x, across[start:stop], down, dy, dkernel[start:stop], False)
        if input_gradient:
            for k in range(start, stop):
                for unit in range(units):
                    transposed[unit, k - start] = kernel[k, unit]
            multiply(dy, ddown, dacross, transposed[:, : stop - start], dx[:, start:stop], False)


@compiled
def _share_forward(board, count, step, *arguments):
    share(board, count, step, *job(_forward, arguments))


@compiled
def _share_pieces(board, count, step, *arguments):
    share(board, count, step, *job(_forward_pieces, arguments))


@compiled
def _share_backward(board, count, step, *arguments):
    share(board, count, step, *job(_backward, arguments))
