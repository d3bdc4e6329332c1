"""Pack neighbouring windows into one, for convolutions with few filters.

Six filters fill only six of the sixteen lanes of an AVX-512 vector. So two neighbouring windows of a
row become one packed window that covers both, with the filters of each side by side. Its kernel holds
the filter twice, the second time shifted, and zeros in pixels that a window does not cover:

    a b c 0        for a filter with one row a b c: columns are pixels of the packed window,
    0 a b c        rows its filters

A 5×5 window then takes 30 steps for two results, not 50. The results need no unpacking: results of
neighbouring windows are neighbours in memory. A NaN or infinite pixel also reaches the results of the
other windows of its pack, because 0·∞ is NaN; so it does in a Winograd tile.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.simd import LANES
from minicnn.kernels.runtime import memory_pool
from minicnn.kernels.runtime.jit import njit_kernel

F32 = np.float32
Shape = tuple[int, ...]


class Packing(NamedTuple):
    """The number of windows in a pack, and the shapes of the kernels."""

    windows: int
    width: int  # of the packed window, in pixels
    shift: int  # from one window's first pixel to the next window's, times channels
    single: Shape  # (kernel_height, kernel_width · channels, filters)
    packed: Shape  # (kernel_height, width · channels, windows · filters)


def windows_per_pack(filters: int, columns: int, width: int, stride: int) -> int:
    """Return how many windows of a row of `columns` windows fill a vector with their filters."""
    most = max(LANES // max(filters, 1), 1) if stride < width else 1
    return max(windows for windows in range(1, most + 1) if columns % windows == 0)


def packing(windows: int, kernel_shape: Shape, stride: int) -> Packing:
    """Return the packing for `windows` windows, `stride` pixels apart."""
    height, width, channels, filters = kernel_shape
    packed_width = width + (windows - 1) * stride
    single, packed = (height, width * channels), (height, packed_width * channels)
    return Packing(
        windows, packed_width, stride * channels, (*single, filters), (*packed, windows * filters)
    )


def pack(kernel: ndarray, bias: ndarray, shapes: Packing) -> tuple[ndarray, ndarray]:
    """Return the packed kernel and bias, shaped as `shapes.packed` and (windows · filters,)."""
    packed, biases = memory_pool.empty(shapes.packed), np.concatenate([bias] * shapes.windows)
    _pack(kernel.reshape(shapes.single), shapes.shift, packed)
    return packed, biases


def unpack(dpacked: ndarray, dbiases: ndarray, shapes: Packing) -> tuple[ndarray, ndarray]:
    """Return the gradients of kernel and bias from the packed ones: the adjoint of `pack`."""
    dkernel = memory_pool.empty(shapes.single)
    _unpack(dpacked.reshape(shapes.packed), shapes.shift, dkernel)
    return dkernel, dbiases.reshape(shapes.windows, -1).sum(axis=0)


@njit_kernel
def _pack(kernel, shift, packed):
    height, row_size, filters = kernel.shape
    for window in range(packed.shape[2] // filters):
        for f in range(filters):
            to, first = window * filters + f, window * shift
            for row in range(height):
                for k in range(packed.shape[1]):
                    inside = first <= k < first + row_size
                    packed[row, k, to] = kernel[row, k - first, f] if inside else F32(0)


@njit_kernel
def _unpack(dpacked, shift, dkernel):
    height, row_size, filters = dkernel.shape
    for window in range(dpacked.shape[2] // filters):
        for f in range(filters):
            at, first = window * filters + f, window * shift
            for row in range(height):
                for k in range(row_size):
                    before = dkernel[row, k, f] if window > 0 else F32(0)
                    dkernel[row, k, f] = before + dpacked[row, first + k, at]
