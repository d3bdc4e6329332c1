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
from minicnn.kernels.runtime.task_slot import parallel_kernel
from minicnn.ops import reference
from minicnn.ops.normalization import BatchNormalizationCache

F32, F64 = np.float32, np.float64
MIN_SIZE = 1 << 13  # elements; with fewer, sharing the work among threads takes longer than NumPy
ROW_SIZE = 512  # elements of a row, about: its sums and parameters stay in the first-level cache


def batch_normalization_forward(
    x: ndarray,
    gamma: ndarray | None,
    beta: ndarray | None,
    moving_mean: ndarray,
    moving_variance: ndarray,
    epsilon: float = 1e-3,
    training: bool = False,
) -> tuple[ndarray, BatchNormalizationCache]:
    """Normalize; see `minicnn.ops.normalization.batch_normalization_forward`."""
    if not _takes(x, moving_mean, moving_variance, gamma, beta):
        return reference.batch_normalization_forward(
            x, gamma, beta, moving_mean, moving_variance, epsilon, training
        )
    mean, variance = _statistics(x) if training else (moving_mean, moving_variance)
    scale = 1 / np.sqrt(variance + F32(epsilon))
    factor, shift = scale if gamma is None else scale * gamma, 0 if beta is None else beta
    y = memory_pool.empty(x.shape)
    rows = _as_rows(x)
    parallel.parallel_for(
        _normalize, len(rows), rows, _repeated(x, mean, factor, shift), _as_rows(y)
    )
    return y, BatchNormalizationCache(x, scale, gamma, mean, variance, training)


def batch_normalization_backward(
    dy: ndarray, cache: BatchNormalizationCache
) -> tuple[ndarray, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.normalization.batch_normalization_backward`."""
    if not _takes(*cache[:4]):
        return reference.batch_normalization_backward(dy, cache)
    x, scale, gamma, mean, _, training = cache
    dx = memory_pool.empty(x.shape)
    dbeta, product = _sums(dy, x, mean)
    dgamma, factor = scale * product, scale if gamma is None else scale * gamma
    rows, drows, out = _as_rows(x), _as_rows(dy), _as_rows(dx)
    if training:
        pixels = x.size // x.shape[-1]
        params = _repeated(x, mean, factor, dbeta / pixels, scale * dgamma / pixels)
        parallel.parallel_for(_backward, len(rows), drows, rows, params, out)
    else:
        parallel.parallel_for(_normalize, len(rows), drows, _repeated(x, 0, factor, 0), out)
    return dx, dgamma.astype(F32), dbeta.astype(F32)


def _takes(x: ndarray, *params: ndarray | None) -> bool:
    """Whether the kernels take these arrays, in the backward pass as in the forward pass."""
    return x.size >= MIN_SIZE and all(array is None or array.dtype == F32 for array in (x, *params))


def _statistics(x: ndarray) -> tuple[ndarray, ndarray]:
    """Return mean and variance of each channel: ``σ² = Σx²/n − μ²``, accurate enough in float64."""
    pixels, zeros = x.size // x.shape[-1], np.zeros(x.shape[-1], F32)
    total, product = _sums(x, x, zeros)
    mean = total / pixels
    variance = np.maximum(product / pixels - mean * mean, 0)  # rounding may make it negative
    return mean.astype(F32), variance.astype(F32)


def _sums(a: ndarray, b: ndarray, center: ndarray) -> tuple[ndarray, ndarray]:
    """Return Σa and Σa·(b − center) of each channel, in float64."""
    rows_a, rows_b = _as_rows(a), _as_rows(b)
    bounds = np.array(parallel.partial_bounds(len(rows_a)))
    partials = np.empty((len(bounds) - 1, 2, rows_a.shape[1]))
    parallel.parallel_for(
        _partial_sums, len(partials), rows_a, rows_b, _repeated(a, center), bounds, partials
    )
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


@parallel_kernel
def _partial_sums(a, b, centers, bounds, partials, start, stop, thread_id):
    """Sum a and a·(b − center) over the rows of the chunks `start` … `stop`."""
    center = centers[0]
    for chunk in range(start, stop):
        totals, products = partials[chunk, 0], partials[chunk, 1]
        for k in range(len(totals)):
            totals[k] = products[k] = 0
        row, end = bounds[chunk], bounds[chunk + 1]
        while row + 4 <= end:  # the sums are read and written once for four rows
            a_0, a_1, a_2, a_3 = a[row], a[row + 1], a[row + 2], a[row + 3]
            b_0, b_1, b_2, b_3 = b[row], b[row + 1], b[row + 2], b[row + 3]
            for k in range(len(totals)):
                middle = F64(center[k])
                v_0, v_1, v_2, v_3 = F64(a_0[k]), F64(a_1[k]), F64(a_2[k]), F64(a_3[k])
                totals[k] += (v_0 + v_1) + (v_2 + v_3)
                products[k] += (
                    (v_0 * (F64(b_0[k]) - middle) + v_1 * (F64(b_1[k]) - middle))
                    + (v_2 * (F64(b_2[k]) - middle) + v_3 * (F64(b_3[k]) - middle))
                )  # fmt: skip
            row += 4
        for last in range(row, end):
            for k in range(len(totals)):
                value = F64(a[last, k])
                totals[k] += value
                products[k] += value * (F64(b[last, k]) - F64(center[k]))


@parallel_kernel
def _normalize(x, params, y, start, stop, thread_id):
    """Write ``(x − μ)·factor + shift`` in the rows `start` … `stop`."""
    mean, factor, shift = params[0], params[1], params[2]
    for row in range(start, stop):
        row_x, row_y = x[row], y[row]
        for k in range(len(mean)):
            row_y[k] = (row_x[k] - mean[k]) * factor[k] + shift[k]


@parallel_kernel
def _backward(dy, x, params, dx, start, stop, thread_id):
    """Write ``factor·(dy − mean_dy − (x − μ)·slope)`` in the rows `start` … `stop`."""
    mean, factor, mean_dy, slope = params[0], params[1], params[2], params[3]
    for row in range(start, stop):
        row_dy, row_x, row_dx = dy[row], x[row], dx[row]
        for k in range(len(mean)):
            row_dx[k] = factor[k] * (row_dy[k] - mean_dy[k] - (row_x[k] - mean[k]) * slope[k])
