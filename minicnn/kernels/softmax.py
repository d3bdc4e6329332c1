"""Softmax and its cross-entropy: a row at a time, in vectors, instead of NumPy's ten passes.

Same names, signatures and results as `minicnn.ops.softmax`. A batch has only a few hundred scores, too
few for several threads, but NumPy's calls alone take longer.
"""

import math

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.exponential import exp
from minicnn.kernels.primitives.simd import (
    LANES,
    fma,
    load,
    load_or,
    maximum,
    reduce_max,
    reduce_sum,
    splat,
    store,
)
from minicnn.kernels.runtime import memory_pool
from minicnn.kernels.runtime.jit import njit_inline, njit_kernel
from minicnn.ops import reference
from minicnn.ops.cross_entropy import Cache

F32 = np.dtype(np.float32)
ZERO, MINUS_INF = np.float32(0), np.float32(-math.inf)


def softmax_forward(x: ndarray, axis: int = -1) -> ndarray:
    """Turn scores into probabilities; see `minicnn.ops.softmax.softmax_forward`."""
    if axis != -1 or x.dtype != F32:
        return reference.softmax_forward(x, axis)
    y = memory_pool.empty(x.shape)
    _softmax(_rows(x), _rows(y))
    return y


def softmax_cross_entropy_forward(logits: ndarray, targets: ndarray) -> tuple[ndarray, Cache]:
    """Losses; see `minicnn.ops.softmax.softmax_cross_entropy_forward`."""
    if logits.dtype != F32:
        return reference.softmax_cross_entropy_forward(logits, targets)
    losses, probabilities = memory_pool.empty(logits.shape[:-1]), memory_pool.empty(logits.shape)
    _cross_entropy(_rows(logits), _rows(targets), losses.reshape(-1), _rows(probabilities))
    return losses, (probabilities, targets)


def softmax_cross_entropy_backward(dlosses: ndarray, cache: Cache) -> ndarray:
    """Gradient; see `minicnn.ops.softmax.softmax_cross_entropy_backward`."""
    probabilities, targets = cache
    if not (probabilities.dtype == F32 == targets.dtype and probabilities.shape == targets.shape):
        return reference.softmax_cross_entropy_backward(dlosses, cache)
    dlogits = memory_pool.empty(probabilities.shape)
    _gradient(_rows(probabilities), _rows(targets), dlosses.reshape(-1), _rows(dlogits))
    return dlogits


def _rows(array: ndarray) -> ndarray:
    """Return the array as (rows, classes)."""
    return array if array.ndim == 2 else array.reshape(-1, array.shape[-1])


@njit_inline
def _probabilities(scores, row, to):
    """Write e^(score − max) / Σ to a row; return the maximum and the sum Σ."""
    classes, vector_max = scores.shape[1], splat(MINUS_INF)
    for k in range(0, classes, LANES):
        values = load_or(scores, row, k, min(LANES, classes - k), MINUS_INF)
        vector_max = maximum(values, vector_max)
    row_max, vector_sum = reduce_max(vector_max), splat(ZERO)
    for k in range(0, classes, LANES):
        count = min(LANES, classes - k)
        exponential = exp(load_or(scores, row, k, count, MINUS_INF) - splat(row_max))
        store(exponential, to, row, k, count)
        vector_sum = vector_sum + exponential
    row_sum = reduce_sum(vector_sum)
    for k in range(0, classes, LANES):
        count = min(LANES, classes - k)
        store(load(to, row, k, count) / splat(row_sum), to, row, k, count)
    return row_max, row_sum


@njit_kernel
def _softmax(x, y):
    for row in range(len(x)):
        _probabilities(x, row, y)


@njit_kernel
def _cross_entropy(logits, targets, losses, probabilities):
    """Compute the probabilities of each row, and its loss Σ t·(ln Σ − (z − max))."""
    classes = logits.shape[1]
    for row in range(len(logits)):
        row_max, row_sum = _probabilities(logits, row, probabilities)
        log_sum, loss = splat(math.log(row_sum)), splat(ZERO)
        for k in range(0, classes, LANES):
            count = min(LANES, classes - k)
            score = load(logits, row, k, count) - splat(row_max)
            loss = fma(load(targets, row, k, count), log_sum - score, loss)
        losses[row] = reduce_sum(loss)


@njit_kernel
def _gradient(probabilities, targets, dlosses, dlogits):
    """Compute (p·Σt − t)·dloss of each row."""
    classes = targets.shape[1]
    for row in range(len(targets)):
        vector_sum = splat(ZERO)
        for k in range(0, classes, LANES):
            vector_sum = vector_sum + load(targets, row, k, min(LANES, classes - k))
        target_sum, dloss = splat(reduce_sum(vector_sum)), splat(dlosses[row])
        for k in range(0, classes, LANES):
            count = min(LANES, classes - k)
            p, t = load(probabilities, row, k, count), load(targets, row, k, count)
            store((p * target_sum - t) * dloss, dlogits, row, k, count)
