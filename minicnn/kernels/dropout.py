"""Dropout, fast: the random choice and the product in one pass.

Same names, signatures and bits as `minicnn.ops.dropout`.
"""

import numpy as np
from numpy import ndarray

from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.scratch import plain
from minicnn.kernels.runtime.task_slot import job, share
from minicnn.ops import reference
from minicnn.ops.dropout import GOLDEN, MIX_1, MIX_2

F32 = np.float32
S30, S27, S31 = np.uint64(30), np.uint64(27), np.uint64(31)


def dropout_forward(
    x: ndarray, rate: float, seed: int, step: int, noise_shape: tuple[int, ...] | None = None
) -> tuple[ndarray, ndarray]:
    """Drop a share of the cells; see `minicnn.ops.dropout.dropout_forward`."""
    if x.dtype != F32 or (noise_shape is not None and noise_shape != x.shape):
        return reference.dropout_forward(x, rate, seed, step, noise_shape)
    x = plain(x)
    y, mask = recycled.empty(x.shape), recycled.empty(x.shape)
    least, scale = np.uint64(rate * 2.0**64), F32(1 / (1 - rate))
    flat = x.reshape(-1), y.reshape(-1), mask.reshape(-1)
    parallel.run(_share_drop, x.size, *flat, np.uint64(seed), np.uint64(step), least, scale)
    return y, mask


def dropout_backward(dy: ndarray, mask: ndarray) -> ndarray:
    """Pass the gradient where the cell was kept: a single product."""
    if dy.dtype != F32:
        return reference.dropout_backward(dy, mask)
    return np.multiply(dy, mask, out=recycled.empty(dy.shape))


@part
def _mix(z):
    """Spread every bit of `z` over all 64: the output function of SplitMix64."""
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@part
def _drop(x, y, mask, seed, step, least, scale, low, high, thread):
    """Choose for the cells `low` … `high`, by their numbers alone."""
    start = _mix(seed * GOLDEN + step) + np.uint64(low + 1) * GOLDEN
    x, y, mask = x[low:high], y[low:high], mask[low:high]  # from 0 on: numba vectorises such loops
    for i in range(len(x)):
        bits = _mix(start + np.uint64(i) * GOLDEN)
        kept = scale if bits >= least else F32(0)
        mask[i] = kept
        y[i] = x[i] * kept


@compiled
def _share_drop(board, count, step, *arguments):
    share(board, count, step, *job(_drop, arguments))
