"""The fully connected layer, fast: the features in pieces that stay in cache, on all cores.

Same names, signatures and results as `minicnn.ops.reference.dense`. A layer after flattened images
has few units and many features (18,432 × 10 in the lecture), so its time is that of reading its
weights; it is cut along the features. With few features it is cut along the examples.
"""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, reference
from minicnn.ops.buffers import plain, scratch
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.matmul import multiply
from minicnn.ops.reference.dense import DenseCache

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
    pieces = max(-(-features // PIECE), 1)
    sums = np.empty((pieces, len(rows), units), F32)
    if pieces > 1:
        parallel.for_ranges(
            pieces, lambda low, high: _forward(rows, kernel, sums, low, high, 0, len(rows))
        )
    else:
        parallel.for_ranges(
            len(rows), lambda low, high: _forward(rows, kernel, sums, 0, 1, low, high)
        )
    y = sums.sum(axis=0) if pieces > 1 else sums[0]
    if bias is not None:
        y += bias
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
    dkernel = np.empty_like(kernel)
    dx = np.empty(x.shape if input_gradient else (0, features), F32)
    piece = min(PIECE, max(features // 8, 1))

    def carry_back(low: int, high: int) -> None:
        (transposed,) = scratch((units, piece))
        dx_rows = dx.reshape(-1, features)
        _backward(
            rows, drows, kernel, dkernel, dx_rows, input_gradient, piece, low, high, transposed
        )

    parallel.for_ranges(-(-features // piece), carry_back)
    return (dx if input_gradient else None), dkernel, drows.sum(axis=0)


@compiled
def _forward(x, kernel, sums, low, high, first, end):
    """Sum pieces `low` … `high` of the features for the examples `first` … `end`."""
    features = kernel.shape[0]
    for number in range(low, high):
        start, stop = number * PIECE, min((number + 1) * PIECE, features)
        multiply(x[first:end, start:stop], kernel[start:stop], sums[number, first:end], False)


@compiled
def _backward(x, dy, kernel, dkernel, dx, input_gradient, piece, low, high, transposed):
    """Gradients of the weights, and where wanted of the input, for pieces `low` … `high`."""
    features, units = kernel.shape
    for number in range(low, high):
        start, stop = number * piece, min((number + 1) * piece, features)
        multiply(x[:, start:stop].T, dy, dkernel[start:stop], False)
        if input_gradient:
            for k in range(start, stop):
                for unit in range(units):
                    transposed[unit, k - start] = kernel[k, unit]
            multiply(dy, transposed[:, : stop - start], dx[:, start:stop], False)
