"""Few filters: neighbouring windows abreast, as one.

Six filters fill six of the sixteen numbers of an AVX-512 vector. So two neighbouring windows of a row
are taken as one that covers both, and has the filters of either, side by side. Its kernel is that of
the first window and, further right, that of the second, with zeros where a filter's own window does
not reach:

    a b c 0        for a filter of one row a b c: columns are cells of the wide window,
    0 a b c        rows its filters

A window of 5×5 so takes 30 steps for two results, not 50. Results lie as those of single windows do:
those of neighbours are neighbours in memory. A cell that is NaN or infinite reaches the results of the
neighbouring windows too, for 0·∞ is NaN; so it does in a tile of Winograd's.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.simd import LANES
from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime.jit import kernel as compiled

F32 = np.float32
Shape = tuple[int, ...]


class Abreast(NamedTuple):
    """How many windows are taken as one, and the shapes of kernels."""

    many: int
    width: int  # of the wide window, in cells
    shift: int  # from one window's first cell to the next one's, times channels
    single: Shape  # (kernel_height, kernel_width · channels, filters)
    wide: Shape  # (kernel_height, width · channels, many · filters)


def how_many(filters: int, windows: int, width: int, stride: int) -> int:
    """Return how many neighbours of a row of windows are best taken as one."""
    most = max(LANES // max(filters, 1), 1) if stride < width else 1
    return max(many for many in range(1, most + 1) if windows % many == 0)


def side_by_side(many: int, kernel_shape: Shape, stride: int) -> Abreast:
    """Return the shapes for `many` windows of a row, `stride` cells apart."""
    height, width, channels, filters = kernel_shape
    wide = width + (many - 1) * stride
    return Abreast(
        many, wide, stride * channels,
        single=(height, width * channels, filters), wide=(height, wide * channels, many * filters),
    )  # fmt: skip


def widened(kernel: ndarray, bias: ndarray, shapes: Abreast) -> tuple[ndarray, ndarray]:
    """Return kernel and bias of the wide window, shaped as `shapes.wide` and (many · filters,)."""
    wide, biases = recycled.empty(shapes.wide), recycled.empty(shapes.wide[2:])
    _widen(kernel.reshape(shapes.single), bias, shapes.shift, wide, biases)
    return wide, biases


def narrowed(dwide: ndarray, dbiases: ndarray, shapes: Abreast) -> tuple[ndarray, ndarray]:
    """Return the gradients of kernel and bias from the wide window's: the adjoint of `widened`."""
    dkernel, dbias = recycled.empty(shapes.single), recycled.empty(shapes.single[2:])
    _narrow(dwide.reshape(shapes.wide), dbiases, shapes.shift, dkernel, dbias)
    return dkernel, dbias


@compiled
def _widen(kernel, bias, shift, wide, biases):
    height, run, filters = kernel.shape
    for number in range(wide.shape[2] // filters):
        for f in range(filters):
            to, first = number * filters + f, number * shift
            biases[to] = bias[f]
            for row in range(height):
                for place in range(wide.shape[1]):
                    inside = first <= place < first + run
                    wide[row, place, to] = kernel[row, place - first, f] if inside else F32(0)


@compiled
def _narrow(dwide, dbiases, shift, dkernel, dbias):
    height, run, filters = dkernel.shape
    for number in range(dwide.shape[2] // filters):
        for f in range(filters):
            at, first = number * filters + f, number * shift
            dbias[f] = dbiases[at] + (dbias[f] if number > 0 else F32(0))
            for row in range(height):
                for place in range(run):
                    before = dkernel[row, place, f] if number > 0 else F32(0)
                    dkernel[row, place, f] = before + dwide[row, first + place, at]
