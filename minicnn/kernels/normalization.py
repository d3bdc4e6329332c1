"""Batch normalisation, fast: one pass over memory for the sums, one for the result.

Same names, signatures and results as `minicnn.ops.normalization`.

The kernels see images as rows, and add and multiply along a row. With few channels a row holds
several cells side by side, and each channel's numbers are repeated for them: long rows fill a CPU's
vectors, whatever the number of channels.
"""

import math
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.scratch import plain
from minicnn.kernels.runtime.task_slot import job, share
from minicnn.ops import reference
from minicnn.ops.normalization import BatchNormalizationCache

F32, F64 = np.float32, np.float64
LEAST = 1 << 13  # numbers; with fewer, handing over the work takes longer than the reference
WIDTH = 512  # numbers in a row, about: its sums and factors stay in the first-level cache


class FastCache(BatchNormalizationCache):
    """The same, but x stands where x̂ stood: x is in memory anyway, and x̂ soon made of it."""

    @property
    def x(self) -> ndarray:
        """What was normalised."""
        return self[0]

    @property
    def normalized(self) -> ndarray:
        """x̂, computed when it is asked for."""
        return (self.x - self.mean) * self.scale


def batch_normalization_forward(
    x: ndarray,
    gamma: ndarray | None,
    beta: ndarray | None,
    moving_mean: ndarray,
    moving_variance: ndarray,
    epsilon: float = 1e-3,
    training: bool = False,
) -> tuple[ndarray, BatchNormalizationCache]:
    """Normalise; see `minicnn.ops.normalization.batch_normalization_forward`."""
    given = [x, moving_mean, moving_variance, gamma, beta]
    if x.size < LEAST or any(one is not None and one.dtype != F32 for one in given):
        return reference.batch_normalization_forward(
            x, gamma, beta, moving_mean, moving_variance, epsilon, training
        )
    x = plain(x)
    mean, variance = _statistics(x) if training else (moving_mean, moving_variance)
    scale = 1 / np.sqrt(variance + F32(epsilon))
    factor, shift = scale if gamma is None else scale * gamma, 0 if beta is None else beta
    y = recycled.empty(x.shape)
    rows, to = _as_rows(x), _as_rows(y)
    parallel.run(_share_normalize, len(rows), rows, _along_rows(x, mean, factor, shift), to)
    return y, FastCache(x, scale, gamma, mean, variance, training)


def batch_normalization_backward(
    dy: ndarray, cache: BatchNormalizationCache
) -> tuple[ndarray, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.normalization.batch_normalization_backward`."""
    if dy.dtype != F32 or not isinstance(cache, FastCache):
        whole = BatchNormalizationCache(cache.normalized, *cache[1:])
        return reference.batch_normalization_backward(dy, whole)
    x, scale, gamma, mean, _, training = cache
    dy, dx = plain(dy), recycled.empty(x.shape)
    total, product = _sums(dy, x, mean)
    dgamma, dbeta = scale * product, total
    factor = scale if gamma is None else scale * gamma
    if training:
        cells = x.size // x.shape[-1]
        numbers = _along_rows(x, mean, factor, dbeta / cells, scale * dgamma / cells)
        rows, drows, to = _as_rows(x), _as_rows(dy), _as_rows(dx)
        parallel.run(_share_backward, len(rows), drows, rows, numbers, to)
    else:
        rows, to = _as_rows(dy), _as_rows(dx)
        parallel.run(_share_normalize, len(rows), rows, _along_rows(x, 0, factor, 0), to)
    return dx, dgamma.astype(F32), dbeta.astype(F32)


def _statistics(x: ndarray) -> tuple[ndarray, ndarray]:
    """Return mean and variance of each channel: ``σ² = Σx²/n − μ²``, in float64 exact enough."""
    cells, zeros = x.size // x.shape[-1], np.zeros(x.shape[-1], F32)
    total, product = _sums(x, x, zeros)
    mean = total / cells
    variance = np.maximum(product / cells - mean * mean, 0)  # rounding may leave it just below
    return mean.astype(F32), variance.astype(F32)


def _sums(a: ndarray, b: ndarray, center: ndarray) -> tuple[ndarray, ndarray]:
    """Return Σa and Σa·(b − center) of each channel, in float64."""
    rows_a, rows_b = _as_rows(a), _as_rows(b)
    bounds = np.array(parallel.chunk_bounds(len(rows_a)))
    sums = np.empty((len(bounds) - 1, 2, rows_a.shape[1]))
    centers = _along_rows(a, center)
    parallel.run(_share_sums, len(sums), rows_a, rows_b, centers, bounds, sums)
    channels = sums.sum(axis=0).reshape(2, -1, a.shape[-1])  # (2, cells in a row, channels)
    total, product = channels.sum(axis=1)
    return total, product


def _cells_in_a_row(shape: tuple[int, ...]) -> int:
    """Return how many cells lie in a row: a power of two that leaves no rest."""
    most = max(WIDTH // shape[-1], 1)
    return math.gcd(math.prod(shape[:-1]), 1 << (most.bit_length() - 1))


def _as_rows(x: ndarray) -> ndarray:
    """Return images as (rows, cells in a row · channels)."""
    return x.reshape(-1, _cells_in_a_row(x.shape) * x.shape[-1])


def _along_rows(x: ndarray, *numbers: Any) -> ndarray:
    """Return channels' numbers as often as there are cells in a row of `_as_rows(x)`."""
    repeated = np.empty((len(numbers), _cells_in_a_row(x.shape), x.shape[-1]), F32)
    for row, number in zip(repeated, numbers, strict=True):
        row[...] = number
    return repeated.reshape(len(numbers), -1)


@part
def _add_up(a, b, centers, bounds, sums, low, high, thread):
    """Sum a and a·(b − center) over the rows of the chunks `low` … `high`."""
    center = centers[0]
    for chunk in range(low, high):
        totals, products = sums[chunk, 0], sums[chunk, 1]
        for k in range(len(totals)):
            totals[k] = products[k] = 0
        for row in range(bounds[chunk], bounds[chunk + 1]):
            firsts, seconds = a[row], b[row]
            for k in range(len(totals)):
                first = F64(firsts[k])
                totals[k] += first
                products[k] += first * (F64(seconds[k]) - F64(center[k]))


@part
def _normalize(x, numbers, y, low, high, thread):
    """Write ``(x − μ)·factor + shift`` in the rows `low` … `high`."""
    mean, factor, shift = numbers[0], numbers[1], numbers[2]
    for row in range(low, high):
        cells, to = x[row], y[row]
        for k in range(len(mean)):
            to[k] = (cells[k] - mean[k]) * factor[k] + shift[k]


@part
def _backward(dy, x, numbers, dx, low, high, thread):
    """Write ``factor·(dy − level − (x − μ)·slope)`` in the rows `low` … `high`."""
    mean, factor, level, slope = numbers[0], numbers[1], numbers[2], numbers[3]
    for row in range(low, high):
        dcells, cells, to = dy[row], x[row], dx[row]
        for k in range(len(mean)):
            to[k] = factor[k] * (dcells[k] - level[k] - (cells[k] - mean[k]) * slope[k])


@compiled
def _share_sums(board, count, step, *arguments):
    share(board, count, step, *job(_add_up, arguments))


@compiled
def _share_normalize(board, count, step, *arguments):
    share(board, count, step, *job(_normalize, arguments))


@compiled
def _share_backward(board, count, step, *arguments):
    share(board, count, step, *job(_backward, arguments))
