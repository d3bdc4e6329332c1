"""Dropout in one pass over memory, on all cores; NumPy makes ten.

Same names, signatures and results as `minicnn.ops.dropout`, to the last bit.
"""

import numpy as np
from numpy import ndarray

from minicnn.kernels.runtime import memory_pool, parallel
from minicnn.kernels.runtime.jit import njit_inline
from minicnn.kernels.runtime.task_slot import parallel_kernel
from minicnn.ops import reference
from minicnn.ops.dropout import GOLDEN, MIX_1, MIX_2

F32 = np.float32
S27, S30, S31 = np.uint64(27), np.uint64(30), np.uint64(31)
CHUNK = 4096  # elements


def dropout_forward(
    x: ndarray,
    rate: float,
    seed: int,
    step: int,
    noise_shape: tuple[int, ...] | None = None,
    start: int = 0,
) -> tuple[ndarray, ndarray]:
    """Drop a fraction of the elements; see `minicnn.ops.dropout.dropout_forward`."""
    if x.dtype != F32 or noise_shape not in (None, x.shape):
        return reference.dropout_forward(x, rate, seed, step, noise_shape, start)
    y, mask = memory_pool.empty(x.shape), memory_pool.empty(x.shape)
    flat = x.reshape(-1), y.reshape(-1), mask.reshape(-1)
    limit, scale = np.uint64(rate * 2.0**64), F32(1 / (1 - rate))
    numbers = np.uint64(seed), np.uint64(step), np.uint64(start)
    parallel.parallel_for(_drop, -(-x.size // CHUNK), *flat, *numbers, limit, scale)
    return y, mask


@njit_inline
def _mix(z):
    """Spread every bit of `z` over all 64: the output function of SplitMix64."""
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@parallel_kernel
def _drop(x, y, mask, seed, step, first, limit, scale, start, stop, thread_id):
    low, high = start * CHUNK, min(stop * CHUNK, len(x))
    origin = _mix(seed * GOLDEN + step) + (first + np.uint64(low + 1)) * GOLDEN
    x, y, mask = x[low:high], y[low:high], mask[low:high]  # from 0: numba vectorizes such loops
    for i in range(len(x)):
        bits = _mix(origin + np.uint64(i) * GOLDEN)
        kept = scale if bits >= limit else F32(0)
        mask[i] = kept
        y[i] = x[i] * kept
