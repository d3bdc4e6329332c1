"""Softmax and its cross-entropy, fast: a row at a time, in vectors, where NumPy makes ten passes.

Same names, signatures and results as `minicnn.ops.reference`. The scores of a batch are often but a few
hundred numbers, for which NumPy's calls alone take longer than all of this; too few to be shared out.
"""

import math

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.exponential import exponential
from minicnn.kernels.primitives.lanes import largest_of, sum_of
from minicnn.kernels.primitives.simd import LANES, add_product, larger, load, load_or, splat, store
from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.scratch import plain
from minicnn.ops import reference
from minicnn.ops.cross_entropy import Cache

F32 = np.dtype(np.float32)
ZERO, NOTHING = np.float32(0), np.float32(-math.inf)  # nothing: a score whose probability is 0


def softmax_forward(x: ndarray, axis: int = -1) -> ndarray:
    """Turn scores into probabilities; see `minicnn.ops.activations.softmax_forward`."""
    if axis != -1 or x.dtype != F32 or x.ndim == 0 or x.size == 0:
        return reference.softmax_forward(x, axis)
    y = recycled.empty(x.shape)
    _softmax(_rows(x), _rows(y))
    return y


def softmax_cross_entropy_forward(logits: ndarray, targets: ndarray) -> tuple[ndarray, Cache]:
    """Losses; see `minicnn.ops.cross_entropy.softmax_cross_entropy_forward`."""
    if not _match(logits, targets):
        return reference.softmax_cross_entropy_forward(logits, targets)
    losses, probabilities = recycled.empty(logits.shape[:-1]), recycled.empty(logits.shape)
    _cross_entropy(_rows(logits), _rows(targets), losses.reshape(-1), _rows(probabilities))
    return losses, (probabilities, targets)


def softmax_cross_entropy_backward(dlosses: ndarray, cache: Cache) -> ndarray:
    """Gradient; see `minicnn.ops.cross_entropy.softmax_cross_entropy_backward`."""
    probabilities, targets = cache
    shape = probabilities.shape
    if not _match(probabilities, targets) or dlosses.dtype != F32 or dlosses.shape != shape[:-1]:
        return reference.softmax_cross_entropy_backward(dlosses, cache)
    dlogits = recycled.empty(shape)
    _gradient(_rows(probabilities), _rows(targets), plain(dlosses).reshape(-1), _rows(dlogits))
    return dlogits


def _match(scores: ndarray, targets: ndarray) -> bool:
    """Whether these are float32 arrays of one shape, with some numbers."""
    same = scores.shape == targets.shape and scores.dtype == F32 == targets.dtype
    return same and scores.ndim > 0 and scores.size > 0


def _rows(array: ndarray) -> ndarray:
    """Return the array as (rows, classes)."""
    array = plain(array)
    return array if array.ndim == 2 else array.reshape(-1, array.shape[-1])


@part
def _probabilities(scores, row, to):
    """Write e^(score − most) / Σ to a row; return the largest score and the sum Σ."""
    classes, best = scores.shape[1], splat(NOTHING)
    for k in range(0, classes, LANES):
        best = larger(load_or(scores, row, k, min(LANES, classes - k), NOTHING), best)
    most, powers = largest_of(best), splat(ZERO)
    for k in range(0, classes, LANES):
        count = min(LANES, classes - k)
        power = exponential(load_or(scores, row, k, count, NOTHING) - splat(most))
        store(power, to, row, k, count)
        powers = powers + power
    total = sum_of(powers)
    for k in range(0, classes, LANES):
        count = min(LANES, classes - k)
        store(load(to, row, k, count) / splat(total), to, row, k, count)
    return most, total


@compiled
def _softmax(x, y):
    """Turn rows of scores into probabilities."""
    for row in range(len(x)):
        _probabilities(x, row, y)


@compiled
def _cross_entropy(logits, targets, losses, probabilities):
    """Compute every row's probabilities, and its loss Σ t·(ln Σ − (z − most))."""
    classes = logits.shape[1]
    for row in range(len(logits)):
        most, total = _probabilities(logits, row, probabilities)
        logarithm, loss = splat(math.log(total)), splat(ZERO)
        for k in range(0, classes, LANES):
            count = min(LANES, classes - k)
            below = load(logits, row, k, count) - splat(most)
            loss = add_product(load(targets, row, k, count), logarithm - below, loss)
        losses[row] = sum_of(loss)


@compiled
def _gradient(probabilities, targets, dlosses, dlogits):
    """Compute every row's (p·Σt − t)·dloss."""
    classes = targets.shape[1]
    for row in range(len(targets)):
        sums = splat(ZERO)
        for k in range(0, classes, LANES):
            sums = sums + load(targets, row, k, min(LANES, classes - k))
        total, dloss = splat(sum_of(sums)), splat(dlosses[row])
        for k in range(0, classes, LANES):
            count = min(LANES, classes - k)
            slope = load(probabilities, row, k, count) * total - load(targets, row, k, count)
            store(slope * dloss, dlogits, row, k, count)
