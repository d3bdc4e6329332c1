"""Batch normalization: one pass over memory for the statistics, one for the result.

Same names, signatures and results as `minicnn.ops.normalization`.

The kernels see images as long rows. If there are few channels, a row holds several pixels, and the
parameters of the channels are repeated for each: long rows fill a CPU's vectors for any number of
channels.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.copies import (
    BYTES,
    clear,
    prefetch,
    use_streaming_stores,
    write_at,
)
from minicnn.kernels.primitives.simd import (
    LANES,
    address,
    load,
    maximum,
    select_greater,
    splat,
    store,
)
from minicnn.kernels.runtime import memory_pool, parallel
from minicnn.kernels.runtime.jit import njit_inline, njit_kernel
from minicnn.kernels.runtime.scratch import scratch
from minicnn.kernels.runtime.task_slot import parallel_kernel
from minicnn.ops import reference
from minicnn.ops.normalization import BatchNormalizationCache

F32, F64 = np.float32, np.float64
MIN_SIZE = 1 << 13  # elements; with fewer, sharing the work among threads takes longer than NumPy
# The lowest y, and the lowest input of the activation where a gradient passes
LOWEST = {"linear": (F32(-np.inf), F32(-np.inf)), "relu": (F32(0), np.nextafter(F32(0), F32(1)))}
BLOCK = 16  # rows that are summed in float32
ROW_SIZE = 512  # elements of a row, about: its sums and parameters stay in the first-level cache


def batch_normalization_forward(
    x: ndarray,
    gamma: ndarray | None,
    beta: ndarray | None,
    moving_mean: ndarray,
    moving_variance: ndarray,
    epsilon: float = 1e-3,
    training: bool = False,
    activation: str = "linear",
) -> tuple[ndarray, BatchNormalizationCache]:
    """Normalize; see `minicnn.ops.normalization.batch_normalization_forward`."""
    if not _takes(x, moving_mean, moving_variance, gamma, beta):
        return reference.batch_normalization_forward(
            x, gamma, beta, moving_mean, moving_variance, epsilon, training, activation
        )
    rows, channels = _as_rows(x), x.shape[-1]
    mean, variance = moving_mean, moving_variance
    if training:
        mean, variance = np.empty((2, channels), F32)
        partials = _partials(_partial_moments, rows, use_streaming_stores(x))
        _find_moments(partials, x.size // channels, mean, variance)
    scale = 1 / np.sqrt(variance + F32(epsilon))
    cache = BatchNormalizationCache(x, scale, gamma, mean, variance, training, beta, activation)
    y, params = memory_pool.empty(x.shape), _params(cache, rows)
    parallel.parallel_for(_normalize, len(rows), rows, params, LOWEST[activation][0], *_target(y))
    return y, cache


def batch_normalization_backward(
    dy: ndarray, cache: BatchNormalizationCache
) -> tuple[ndarray, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.normalization.batch_normalization_backward`."""
    if not _takes(*cache[:4]):
        return reference.batch_normalization_backward(dy, cache)
    rows, drows, channels = _as_rows(cache.x), _as_rows(dy), len(cache.mean)
    params, low = _params(cache, rows), LOWEST[cache.activation][1]
    partials = _partials(_partial_gradients, rows, drows, params, low)
    dx, (dgamma, dbeta) = memory_pool.empty(cache.x.shape), np.empty((2, channels), F32)
    _find_gradients(partials, cache.x.size // channels, cache.scale, dgamma, dbeta, params)
    if cache.training:
        parallel.parallel_for(_backward, len(rows), drows, rows, params, low, *_target(dx))
    else:  # μ and σ do not depend on x
        params[0] = params[2] = 0
        dz = _as_rows(cache.before_activation(dy))
        parallel.parallel_for(_normalize, len(rows), dz, params, F32(-np.inf), *_target(dx))
    return dx, dgamma, dbeta


def _takes(x: ndarray, *params: ndarray | None) -> bool:
    """Whether the kernels take these arrays, in the backward pass as in the forward pass."""
    return x.size >= MIN_SIZE and all(array is None or array.dtype == F32 for array in (x, *params))


def _partials(kernel: Any, rows: ndarray, *arguments: Any) -> ndarray:
    """Return the two sums of each column that a kernel adds up for chunks of rows, in float64."""
    bounds = _bounds(len(rows))
    partials = np.zeros((len(bounds) - 1, 2, rows.shape[1]))
    sums = scratch((2, rows.shape[1]))
    parallel.parallel_for(kernel, len(partials), rows, *arguments, bounds, partials, *sums)
    return partials


@lru_cache(1024)
def _bounds(rows: int) -> ndarray:
    return np.array(parallel.partial_bounds(rows))


@lru_cache(1024)
def _pixels_per_row(shape: tuple[int, ...]) -> int:
    """Return how many pixels form a row: a power of two that divides their number."""
    most = max(ROW_SIZE // shape[-1], 1)
    return math.gcd(math.prod(shape[:-1]), 1 << (most.bit_length() - 1))


def _as_rows(x: ndarray) -> ndarray:
    """Return images as (rows, pixels of a row · channels)."""
    return x.reshape(-1, _pixels_per_row(x.shape) * x.shape[-1])


def _target(y: ndarray) -> tuple[ndarray, bool]:
    """Return the rows of a result, and whether to use streaming stores, which need whole vectors."""
    rows = _as_rows(y)
    return rows, use_streaming_stores(y) and rows.shape[1] % LANES == 0


def _params(cache: BatchNormalizationCache, rows: ndarray) -> ndarray:
    """Return the parameters of each column, μ, factor and shift; room for two of the backward pass."""
    one, zero = _neutral(len(cache.mean))
    params = np.empty((5, rows.shape[1]), F32)
    gamma = one if cache.gamma is None else cache.gamma
    _fill(params, cache.mean, cache.scale, gamma, zero if cache.beta is None else cache.beta)
    return params


@lru_cache(1024)
def _neutral(channels: int) -> tuple[ndarray, ndarray]:
    """Return γ and β that change nothing."""
    return np.ones(channels, F32), np.zeros(channels, F32)


@njit_kernel
def _find_moments(partials, count, mean, variance):
    """Find mean and variance of each channel: ``σ² = Σx²/n − μ²``, accurate enough in float64."""
    channels = len(mean)
    _add_chunks(partials)
    for c in range(channels):
        total, squares = _channel_sums(partials, c, channels)
        center = total / count
        square = squares / count - center * center
        mean[c] = center
        variance[c] = 0 if square < 0 else square  # by rounding


@njit_kernel
def _find_gradients(partials, count, scale, dgamma, dbeta, params):
    """Find the gradients of γ and β, and what μ and σ take from dx: offset and slope of each column."""
    channels = len(scale)
    _add_chunks(partials)
    for c in range(channels):
        total, product = _channel_sums(partials, c, channels)
        product *= scale[c]
        dgamma[c], dbeta[c] = product, total
        for k in range(c, params.shape[1], channels):
            params[3, k], params[4, k] = total / count, scale[c] * product / count


@njit_inline
def _channel_sums(partials, c, channels):
    """Return the two sums of a channel, which the first chunk has after `_add_chunks`."""
    first, second = 0.0, 0.0
    for k in range(c, partials.shape[2], channels):
        first += partials[0, 0, k]
        second += partials[0, 1, k]
    return first, second


@njit_inline
def _add_chunks(partials):
    """Add the sums of all chunks to those of the first."""
    for chunk in range(1, len(partials)):
        for i in range(2):
            for k in range(partials.shape[2]):
                partials[0, i, k] += partials[chunk, i, k]


@njit_kernel
def _fill(params, mean, scale, gamma, beta):
    """Repeat μ, factor and shift of the channels for each pixel of a row."""
    for k in range(params.shape[1]):
        c = k % len(mean)
        params[0, k], params[1, k], params[2, k] = mean[c], scale[c] * gamma[c], beta[c]


@parallel_kernel
def _partial_moments(x, is_far, bounds, partials, all_sums, start, stop, thread_id):
    """Sum x and x² over the rows of the chunks `start` … `stop`."""
    for chunk in range(start, stop):
        totals, squares = partials[chunk, 0], partials[chunk, 1]
        row, end = bounds[chunk], bounds[chunk + 1]
        while row + 4 <= end:  # the sums are read and written once for four rows
            if is_far and (row - bounds[chunk]) % BLOCK == 0:
                prefetch(x, row, min(row + BLOCK, end), all_sums[thread_id])
            x_0, x_1, x_2, x_3 = x[row], x[row + 1], x[row + 2], x[row + 3]
            for k in range(len(totals)):
                v_0, v_1, v_2, v_3 = F64(x_0[k]), F64(x_1[k]), F64(x_2[k]), F64(x_3[k])
                totals[k] += (v_0 + v_1) + (v_2 + v_3)
                squares[k] += (v_0 * v_0 + v_1 * v_1) + (v_2 * v_2 + v_3 * v_3)
            row += 4
        for last in range(row, end):
            for k in range(len(totals)):
                value = F64(x[last, k])
                totals[k] += value
                squares[k] += value * value


@njit_inline
def _centered_and_gradient(x, dy, params, low, row, k, n):
    """Return x − μ, and the gradient of what is before the activation."""
    centered = load(x, row, k, n) - load(params, 0, k, n)
    z = centered * load(params, 1, k, n) + load(params, 2, k, n)
    return centered, select_greater(splat(low), z, splat(F32(0)), load(dy, row, k, n))


@parallel_kernel
def _partial_gradients(
    x, dy, params, low, bounds, partials, all_sums, start, stop, thread_id
):  # fmt: skip
    """Sum dz and dz·(x − μ) over the rows of the chunks `start` … `stop`."""
    width, sums = x.shape[1], all_sums[thread_id]
    for chunk in range(start, stop):
        end = bounds[chunk + 1]
        for first in range(bounds[chunk], end, BLOCK):
            clear(sums, 0, 2 * width)
            for row in range(first, min(first + BLOCK, end)):  # in memory order, for the prefetcher
                for k in range(0, width, LANES):
                    n = min(LANES, width - k)
                    centered, dz = _centered_and_gradient(x, dy, params, low, row, k, n)
                    store(load(sums, 0, k, n) + dz, sums, 0, k, n)
                    store(load(sums, 1, k, n) + dz * centered, sums, 1, k, n)
            for k in range(width):
                partials[chunk, 0, k] += F64(sums[0, k])
                partials[chunk, 1, k] += F64(sums[1, k])


@parallel_kernel
def _normalize(x, params, low, y, streaming, start, stop, thread_id):
    """Write ``(x − μ)·factor + shift``, at least `low`, in the rows `start` … `stop`."""
    width, lowest = x.shape[1], splat(low)
    for row in range(start, stop):
        to = address(y[row:])
        for k in range(0, width, LANES):
            n = min(LANES, width - k)
            centered = load(x, row, k, n) - load(params, 0, k, n)
            z = centered * load(params, 1, k, n) + load(params, 2, k, n)
            write_at(maximum(z, lowest), to + k * BYTES, n, streaming)


@parallel_kernel
def _backward(dy, x, params, low, dx, streaming, start, stop, thread_id):
    """Write ``factor·(dz − mean_dz − (x − μ)·slope)`` in the rows `start` … `stop`."""
    width = x.shape[1]
    for row in range(start, stop):
        to = address(dx[row:])
        for k in range(0, width, LANES):
            n = min(LANES, width - k)
            centered, dz = _centered_and_gradient(x, dy, params, low, row, k, n)
            change = load(params, 3, k, n) + centered * load(params, 4, k, n)
            write_at(load(params, 1, k, n) * (dz - change), to + k * BYTES, n, streaming)
