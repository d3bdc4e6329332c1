"""Softmax and its cross-entropy, fast: what NumPy does in ten passes over a few numbers is one call.

Same names, signatures and results as `minicnn.ops.reference`. The scores of a batch are a few hundred
numbers, for which NumPy's calls take longer than its arithmetic; with more than `MOST`, its vectors
win.
"""

import math

import numpy as np
from numpy import ndarray

from minicnn.ops import reference
from minicnn.ops.buffers import plain
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.reference.cross_entropy import Cache

F32 = np.float32
MOST = 1 << 12  # numbers


def softmax_forward(x: ndarray, axis: int = -1) -> ndarray:
    """Turn scores into probabilities; see `minicnn.ops.reference.activations.softmax_forward`."""
    if axis != -1 or not _pays(x):
        return reference.softmax_forward(x, axis)
    y = np.empty(x.shape, F32)
    _softmax(_rows(x), _rows(y))
    return y


def softmax_cross_entropy_forward(logits: ndarray, targets: ndarray) -> tuple[ndarray, Cache]:
    """Losses; see `minicnn.ops.reference.cross_entropy.softmax_cross_entropy_forward`."""
    if not _pays(logits, targets):
        return reference.softmax_cross_entropy_forward(logits, targets)
    losses, probabilities = np.empty(logits.shape[:-1], F32), np.empty(logits.shape, F32)
    _cross_entropy(_rows(logits), _rows(targets), losses.reshape(-1), _rows(probabilities))
    return losses, (probabilities, targets)


def softmax_cross_entropy_backward(dlosses: ndarray, cache: Cache) -> ndarray:
    """Gradient; see `minicnn.ops.reference.cross_entropy.softmax_cross_entropy_backward`."""
    probabilities, targets = cache
    if not _pays(probabilities, targets) or dlosses.dtype != F32:
        return reference.softmax_cross_entropy_backward(dlosses, cache)
    dlogits = np.empty(probabilities.shape, F32)
    _gradient(plain(dlosses).reshape(-1), _rows(probabilities), _rows(targets), _rows(dlogits))
    return dlogits


def _pays(*arrays: ndarray) -> bool:
    """Whether these are float32 arrays of one shape, with some numbers, but not many."""
    shape = arrays[0].shape
    return (
        len(shape) > 0
        and 0 < arrays[0].size <= MOST
        and all(array.dtype == F32 and array.shape == shape for array in arrays)
    )


def _rows(array: ndarray) -> ndarray:
    """Return the array as (rows, classes)."""
    return plain(array).reshape(-1, array.shape[-1])


@part
def _probabilities(scores, to):
    """Write e^(score − most) / Σ; return the largest score and the sum Σ."""
    most = scores[0]
    for score in scores:
        if score > most or score != score:  # NaN stays
            most = score
    total = F32(0)
    for k in range(len(scores)):
        to[k] = math.exp(scores[k] - most)
        total += to[k]
    for k in range(len(scores)):
        to[k] /= total
    return most, total


@compiled
def _softmax(x, y):
    """Turn every row of scores into probabilities."""
    for row in range(len(x)):
        _probabilities(x[row], y[row])


@compiled
def _cross_entropy(logits, targets, losses, probabilities):
    """Compute every row's probabilities, and its loss Σ t·(ln Σ − (z − most))."""
    for row in range(len(logits)):
        most, total = _probabilities(logits[row], probabilities[row])
        logarithm, loss = math.log(total), F32(0)
        for k in range(logits.shape[1]):
            loss += targets[row, k] * (logarithm - (logits[row, k] - most))
        losses[row] = loss


@compiled
def _gradient(dlosses, probabilities, targets, dlogits):
    """Compute every row's (p·Σt − t)·dloss."""
    for row in range(len(dlogits)):
        total = F32(0)
        for k in range(dlogits.shape[1]):
            total += targets[row, k]
        for k in range(dlogits.shape[1]):
            slope = probabilities[row, k] * total - targets[row, k]
            dlogits[row, k] = slope * dlosses[row]
