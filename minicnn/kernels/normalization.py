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

from minicnn.kernels.runtime import memory_pool, parallel
from minicnn.kernels.runtime.jit import njit_inline
from minicnn.kernels.runtime.task_slot import parallel_kernel
from minicnn.ops import reference
from minicnn.ops.normalization import BatchNormalizationCache

F32, F64 = np.float32, np.float64
MIN_SIZE = 1 << 13  # elements; with fewer, sharing the work among threads takes longer than NumPy
NO_GATE = 0, 1  # lets every gradient pass: ``(x − μ)·0 + 1`` is never ≤ 0
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
    low = F32(0 if activation == "relu" else -np.inf)
    y = memory_pool.empty(x.shape)
    rows, params = _as_rows(x), _repeated(x, mean, *_scaling(cache))
    parallel.parallel_for(_normalize, len(rows), rows, params, low, _as_rows(y))
    return y, cache


def batch_normalization_backward(
    dy: ndarray, cache: BatchNormalizationCache
) -> tuple[ndarray, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.normalization.batch_normalization_backward`."""
    if not _takes(*cache[:4]):
        return reference.batch_normalization_backward(dy, cache)
    x, scale, _, mean, _, training, _, activation = cache
    factor, shift = _scaling(cache)
    gate: tuple[Any, Any] = NO_GATE
    if activation == "relu" and training:
        gate = factor, shift
    elif activation == "relu":
        dy = dy * (cache.scaled > 0)
    dx = memory_pool.empty(x.shape)
    dbeta, product = _sums(dy, x, mean, *gate)
    dgamma = scale * product
    rows, drows, out = _as_rows(x), _as_rows(dy), _as_rows(dx)
    if training:
        pixels = x.size // x.shape[-1]
        params = _repeated(x, mean, *gate, factor, dbeta / pixels, scale * dgamma / pixels)
        parallel.parallel_for(_backward, len(rows), drows, rows, params, out)
    else:
        params = _repeated(x, 0, factor, 0)
        parallel.parallel_for(_normalize, len(rows), drows, params, F32(-np.inf), out)
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
    pixels, zeros = x.size // x.shape[-1], np.zeros(x.shape[-1], F32)
    total, product = _sums(x, x, zeros, *NO_GATE)
    mean = total / pixels
    variance = np.maximum(product / pixels - mean * mean, 0)  # rounding may make it negative
    return mean.astype(F32), variance.astype(F32)


def _sums(
    a: ndarray, b: ndarray, center: ndarray, factor: Any, shift: Any
) -> tuple[ndarray, ndarray]:
    """Return Σa and Σa·(b − center) of each channel, in float64, where the gate lets a pass."""
    rows_a, rows_b = _as_rows(a), _as_rows(b)
    bounds = np.array(parallel.partial_bounds(len(rows_a)))
    partials = np.empty((len(bounds) - 1, 2, rows_a.shape[1]))
    params = _repeated(a, center, factor, shift)
    parallel.parallel_for(_partial_sums, len(partials), rows_a, rows_b, params, bounds, partials)
    channels = partials.sum(axis=0).reshape(2, -1, a.shape[-1])  # (2, pixels of a row, channels)
    total, product = channels.sum(axis=1)
    return total, product


@lru_cache(1024)
def _pixels_per_row(shape: tuple[int, ...]) -> int:
    """Return how many pixels form a row: a power of two that divides their number."""
    most = max(ROW_SIZE // shape[-1], 1)
    return math.gcd(math.prod(shape[:-1]), 1 << (most.bit_length() - 1))


def _as_rows(x: ndarray) -> ndarray:
    """Return images as (rows, pixels of a row · channels)."""
    return x.reshape(-1, _pixels_per_row(x.shape) * x.shape[-1])


def _repeated(x: ndarray, *params: Any) -> ndarray:
    """Return the parameters of the channels, repeated for each pixel of a row of `_as_rows(x)`."""
    repeated = np.empty((len(params), _pixels_per_row(x.shape), x.shape[-1]), F32)
    for row, param in zip(repeated, params, strict=True):
        row[...] = param
    return repeated.reshape(len(params), -1)


@njit_inline
def _gated(grad, z):
    """Return the gradient through ReLU of z; NaN passes it."""
    return F32(0) if z <= 0 else grad


@parallel_kernel
def _partial_sums(a, b, params, bounds, partials, start, stop, thread_id):
    """Sum a and a·(b − center), where the gate lets a pass, over the chunks `start` … `stop` of rows."""
    center, factor, shift = params[0], params[1], params[2]
    for chunk in range(start, stop):
        totals, products = partials[chunk, 0], partials[chunk, 1]
        for k in range(len(totals)):
            totals[k] = products[k] = 0
        row, end = bounds[chunk], bounds[chunk + 1]
        while row + 4 <= end:  # the sums are read and written once for four rows
            a_0, a_1, a_2, a_3 = a[row], a[row + 1], a[row + 2], a[row + 3]
            b_0, b_1, b_2, b_3 = b[row], b[row + 1], b[row + 2], b[row + 3]
            for k in range(len(totals)):
                c, f, s = center[k], factor[k], shift[k]
                d_0, d_1, d_2, d_3 = b_0[k] - c, b_1[k] - c, b_2[k] - c, b_3[k] - c
                v_0, v_1 = F64(_gated(a_0[k], d_0 * f + s)), F64(_gated(a_1[k], d_1 * f + s))
                v_2, v_3 = F64(_gated(a_2[k], d_2 * f + s)), F64(_gated(a_3[k], d_3 * f + s))
                totals[k] += (v_0 + v_1) + (v_2 + v_3)
                products[k] += (v_0 * F64(d_0) + v_1 * F64(d_1)) + (v_2 * F64(d_2) + v_3 * F64(d_3))
            row += 4
        for last in range(row, end):
            for k in range(len(totals)):
                d = b[last, k] - center[k]
                value = F64(_gated(a[last, k], d * factor[k] + shift[k]))
                totals[k] += value
                products[k] += value * F64(d)


@parallel_kernel
def _normalize(x, params, low, y, start, stop, thread_id):
    """Write ``(x − μ)·factor + shift``, at least `low`, in the rows `start` … `stop`."""
    mean, factor, shift = params[0], params[1], params[2]
    for row in range(start, stop):
        row_x, row_y = x[row], y[row]
        for k in range(len(mean)):
            z = (row_x[k] - mean[k]) * factor[k] + shift[k]
            row_y[k] = low if z < low else z


@parallel_kernel
def _backward(dy, x, params, dx, start, stop, thread_id):
    """Write ``factor·(dz − mean_dz − (x − μ)·slope)`` in the rows `start` … `stop`."""
    mean, gate_factor, gate_shift = params[0], params[1], params[2]
    factor, mean_dz, slope = params[3], params[4], params[5]
    for row in range(start, stop):
        row_dy, row_x, row_dx = dy[row], x[row], dx[row]
        for k in range(len(mean)):
            centered = row_x[k] - mean[k]
            dz = _gated(row_dy[k], centered * gate_factor[k] + gate_shift[k])
            row_dx[k] = factor[k] * (dz - mean_dz[k] - centered * slope[k])
