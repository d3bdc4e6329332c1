"""Transposed 2-D convolution, by the kernels of the convolution.

Same names, signatures and results as `minicnn.ops.transposed_convolution`.
"""

import numpy as np
from numpy import ndarray

from minicnn.kernels import im2col
from minicnn.kernels.convolution import conv2d_backward, conv2d_forward
from minicnn.kernels.runtime import memory_pool
from minicnn.ops import reference
from minicnn.ops.convolution import Pair
from minicnn.ops.transposed_convolution import (
    Conv2DTransposeCache,
    output_shape,
    transpose_gradients,
)


def conv2d_transpose_forward(
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None = None,
    strides: Pair = (1, 1),
    padding: str = "valid",
    output_padding: Pair | None = None,
    dilation_rate: Pair = (1, 1),
) -> tuple[ndarray, Conv2DTransposeCache]:
    """Compute the input gradient of a convolution, and add the bias.

    See `minicnn.ops.transposed_convolution.conv2d_transpose_forward`.
    """
    if x.dtype != np.float32:
        return reference.conv2d_transpose_forward(
            x, kernel, bias, strides, padding, output_padding, dilation_rate
        )
    y_shape = output_shape(x.shape, kernel.shape, strides, padding, output_padding, dilation_rate)
    plan = im2col.make_plan(y_shape, kernel.shape, strides, padding, dilation_rate, 1, False)
    y = memory_pool.empty(plan.x)
    im2col.input_gradient(plan, x.reshape(plan.y), kernel, y)
    y = y.reshape(y_shape)
    if bias is not None:
        y += bias
    return y, Conv2DTransposeCache(x, kernel, y_shape, strides, padding, dilation_rate)


def conv2d_transpose_backward(
    dy: ndarray, cache: Conv2DTransposeCache, input_gradient: bool = True
) -> tuple[ndarray | None, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.transposed_convolution.conv2d_transpose_backward`."""
    return transpose_gradients(dy, cache, input_gradient, conv2d_forward, conv2d_backward)
