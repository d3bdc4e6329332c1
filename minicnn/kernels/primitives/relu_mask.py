"""One bit for each output of a ReLU: whether it was positive.

The backward pass needs nothing else of the output, and a bit is cheaper to read than the output. The
bits of a vector are one uint16.
"""

import math
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.simd import LANES, load, movemask, select_bits
from minicnn.kernels.runtime.jit import njit_for, njit_inline


class ReluMask:
    """The mask of an output, which `numpy.asarray` unpacks to booleans of the shape of y."""

    def __init__(self, bits: ndarray, y_shape: tuple[int, ...]) -> None:
        self.bits, self.y_shape = bits, y_shape

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> ndarray:
        bits = np.unpackbits(self.bits.view(np.uint8), axis=-1, bitorder="little").astype(bool)
        lanes = bits.reshape(*self.bits.shape, 16)[..., :LANES]
        images, pixels, vectors = self.bits.shape
        filters = math.prod(self.y_shape[1:]) // max(pixels, 1)
        rows = lanes.reshape(images, pixels, vectors * LANES)[..., :filters]
        return rows.reshape(self.y_shape)


def relu_mask_shape(y_shape: tuple[int, ...], relu: bool) -> tuple[int, int, int]:
    """Return the shape of the mask of images (images, height, width, filters)."""
    images, height, width, filters = y_shape
    return (images, height * width, -(-filters // LANES)) if relu else (images, 0, 0)


@njit_for("void(f4[:, :], i8, u2[:, ::1], i8)")
def write_relu_mask(y, count, mask, row):
    """Write the mask of the first `count` pixels, from row `row` on."""
    for p in range(count):
        for f in range(0, y.shape[1], LANES):
            n = min(LANES, y.shape[1] - f)
            mask[row + p, f // LANES] = movemask(load(y, p, f, n))


@njit_inline
def apply_relu_mask(mask, row, f, gradient):
    """Return the gradient of a pixel's filters from `f` on, through ReLU if there is a mask."""
    if mask.size == 0:
        return gradient
    return select_bits(mask[row, f // LANES], gradient)
