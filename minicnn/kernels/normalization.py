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
from minicnn.kernels.runtime.jit import njit_inline
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
    mean, variance = _statistics(x) if training else (moving_mean, moving_variance)
    scale = 1 / np.sqrt(variance + F32(epsilon))
    cache = BatchNormalizationCache(x, scale, gamma, mean, variance, training, beta, activation)
    y = memory_pool.empty(x.shape)
    rows, params = _as_rows(x), _repeated(x, mean, *_scaling(cache))
    parallel.parallel_for(_normalize, len(rows), rows, params, LOWEST[activation][0], *_target(y))
    return y, cache


def batch_normalization_backward(
    dy: ndarray, cache: BatchNormalizationCache
) -> tuple[ndarray, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.normalization.batch_normalization_backward`."""
    if not _takes(*cache[:4]):
        return reference.batch_normalization_backward(dy, cache)
    x, scale, _, mean, _, training, _, activation = cache
    factor, shift = _scaling(cache)
    low = LOWEST[activation][1]
    dx = memory_pool.empty(x.shape)
    rows, drows = _as_rows(x), _as_rows(dy)
    params = _repeated(x, mean, factor, shift)
    dbeta, product = _sums(_partial_gradients, x, drows, params, low)
    dgamma = scale * product
    if training:
        pixels = x.size // x.shape[-1]
        params = _repeated(x, mean, factor, shift, dbeta / pixels, scale * dgamma / pixels)
        parallel.parallel_for(_backward, len(rows), drows, rows, params, low, *_target(dx))
    else:
        dz = _as_rows(cache.before_activation(dy))
        params = _repeated(x, 0, factor, 0)
        parallel.parallel_for(_normalize, len(rows), dz, params, F32(-np.inf), *_target(dx))
    return dx, dgamma.astype(F32), dbeta.astype(F32)


def _scaling(cache: BatchNormalizationCache) -> tuple[ndarray, Any]:
    """Return factor and shift of ``y = (x − μ)·factor + shift``."""
    factor = cache.scale if cache.gamma is None else cache.scale * cache.gamma
    return factor, 0 if cache.beta is None else cache.beta


def _takes(x: ndarray, *params: ndarray | None) -> bool:
    """Whether the kernels take these arrays, in the backward pass as in the forward pass."""
    return x.size >= MIN_SIZE and all(array is None or array.dtype == F32 for array in (x, *params))


def _statistics(x: ndarray) -> tuple[ndarray, ndarray]:
    """Return mean and variance of each channel: ``σ² = Σx²/n − μ²``, accurate enough in float64."""
    pixels = x.size // x.shape[-1]
    total, squares = _sums(_partial_moments, x, use_streaming_stores(x))
    mean = total / pixels
    variance = np.maximum(squares / pixels - mean * mean, 0)  # rounding may make it negative
    return mean.astype(F32), variance.astype(F32)


def _sums(kernel: Any, x: ndarray, *arguments: Any) -> ndarray:
    """Return the two sums of each channel that a kernel adds up for the chunks of rows, in float64."""
    rows = _as_rows(x)
    bounds = np.array(parallel.partial_bounds(len(rows)))
    partials = np.zeros((len(bounds) - 1, 2, rows.shape[1]))
    sums = scratch((2, rows.shape[1]))
    parallel.parallel_for(kernel, len(partials), rows, *arguments, bounds, partials, *sums)
    # (2, pixels of a row, channels)
    return partials.sum(axis=0).reshape(2, -1, x.shape[-1]).sum(axis=1)


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


def _repeated(x: ndarray, *params: Any) -> ndarray:
    """Return the parameters of the channels, repeated for each pixel of a row of `_as_rows(x)`."""
    repeated = np.empty((len(params), _pixels_per_row(x.shape), x.shape[-1]), F32)
    for row, param in zip(repeated, params, strict=True):
        row[...] = param
    return repeated.reshape(len(params), -1)


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
