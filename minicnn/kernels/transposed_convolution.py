"""Gradients of the transposed 2-D convolution, by the kernels of the convolution.

Forward is a product and a sum of strided slices, for which NumPy has compiled functions already.
"""

from numpy import ndarray

from minicnn.kernels.convolution import conv2d_backward, conv2d_forward
from minicnn.ops.transposed_convolution import Conv2DTransposeCache, transpose_gradients


def conv2d_transpose_backward(
    dy: ndarray, cache: Conv2DTransposeCache, input_gradient: bool = True
) -> tuple[ndarray | None, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.transposed_convolution.conv2d_transpose_backward`."""
    return transpose_gradients(dy, cache, input_gradient, conv2d_forward, conv2d_backward)
