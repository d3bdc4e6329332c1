"""Dropout, fast: the random choice and the product in one pass.

Same names, signatures and bits as `minicnn.ops.reference.dropout`.
"""

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, reference
from minicnn.ops.buffers import plain
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.reference.dropout import GOLDEN, MIX_1, MIX_2

F32 = np.float32
S30, S27, S31 = np.uint64(30), np.uint64(27), np.uint64(31)


def dropout_forward(
    x: ndarray, rate: float, seed: int, step: int, noise_shape: tuple[int, ...] | None = None
) -> tuple[ndarray, ndarray]:
    """Drop a share of the cells; see `minicnn.ops.reference.dropout.dropout_forward`."""
    if x.dtype != F32 or (noise_shape is not None and noise_shape != x.shape):
        return reference.dropout_forward(x, rate, seed, step, noise_shape)
    x = plain(x)
    y, mask = np.empty_like(x), np.empty_like(x)
    least, scale = np.uint64(rate * 2.0**64), F32(1 / (1 - rate))
    flat = x.reshape(-1), y.reshape(-1), mask.reshape(-1)
    parallel.for_ranges(
        x.size,
        lambda low, high: _drop(*flat, np.uint64(seed), np.uint64(step), least, scale, low, high),
    )
    return y, mask


def dropout_backward(dy: ndarray, mask: ndarray) -> ndarray:
    """Pass the gradient where the cell was kept: a single product."""
    return dy * mask


@part
def _mix(z):
    """Spread every bit of `z` over all 64: the output function of SplitMix64."""
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@compiled
def _drop(x, y, mask, seed, step, least, scale, low, high):
    """Choose for the cells `low` … `high`, by their numbers alone."""
    start = _mix(seed * GOLDEN + step)
    for i in range(low, high):
        bits = _mix(start + np.uint64(i + 1) * GOLDEN)
        kept = scale if bits >= least else F32(0)
        mask[i] = kept
        y[i] = x[i] * kept
