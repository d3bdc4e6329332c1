"""Transposed 2-D convolution: the input gradient of a convolution, as an operation of its own.

Each pixel of the input adds its multiple of a filter to a window of the output, so images grow. Its
gradients are those of a convolution with the roles of input and output exchanged.

Reference: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning",
arXiv:1603.07285, section 4; Zeiler et al. 2010, "Deconvolutional networks".
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from numpy import ndarray

from minicnn.ops.convolution import Pair, col2im, conv2d_backward, conv2d_forward
from minicnn.ops.windows import transposed_size

__all__ = ["conv2d_transpose_backward", "conv2d_transpose_forward"]


class Conv2DTransposeCache(NamedTuple):
    """Arrays and options that `conv2d_transpose_backward` needs."""

    x: ndarray
    kernel: ndarray
    y_shape: tuple[int, ...]
    strides: Pair
    padding: str
    dilation_rate: Pair


def output_shape(
    x_shape: tuple[int, ...],
    kernel_shape: tuple[int, ...],
    strides: Pair,
    padding: str,
    output_padding: Pair | None,
    dilation_rate: Pair,
) -> tuple[int, ...]:
    """Return the shape of the output, (batch, height, width, filters)."""
    amounts = output_padding or (None, None)
    sizes = (
        transposed_size(*axis[:3], padding, *axis[3:])
        for axis in zip(
            x_shape[1:3], kernel_shape[:2], strides, amounts, dilation_rate, strict=True
        )
    )
    return (x_shape[0], *sizes, kernel_shape[2])


def conv2d_transpose_forward(
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None = None,
    strides: Pair = (1, 1),
    padding: str = "valid",
    output_padding: Pair | None = None,
    dilation_rate: Pair = (1, 1),
) -> tuple[ndarray, Conv2DTransposeCache]:
    """Add a multiple of every filter to a window of the output, for every pixel of the input.

    ``y[b, r·s + i·d, c·s + j·d, f] += x[b, r, c, k] · kernel[i, j, f, k]``, then ``+ bias[f]``

    Parameters
    ----------
    x : (batch, rows, columns, channels)
    kernel : (kernel_height, kernel_width, filters, channels)
        As that of the convolution of which this is the transpose.
    bias : (filters,), optional
    strides : (int, int)
        Vertical and horizontal distance between neighbouring windows of the output, in pixels.
    padding : "valid" or "same"
        With "same", y is `strides` times as large as x.
    output_padding : (int, int), optional
        Rows and columns added to the smallest possible output.
    dilation_rate : (int, int)
        Distance between neighbouring taps of the kernel, in pixels.

    Returns
    -------
    y : (batch, height, width, filters)
        Dtype of `x`.
    cache : Conv2DTransposeCache
        For `conv2d_transpose_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> x, kernel = np.array([1.0, 2.0]).reshape(1, 1, 2, 1), np.array([1.0, 10.0, 100.0])
    >>> conv2d_transpose_forward(x, kernel.reshape(1, 3, 1, 1), strides=(1, 2))[0].ravel()
    array([  1.,  10., 102.,  20., 200.])
    """
    kernel_height, kernel_width, filters, channels = kernel.shape
    y_shape = output_shape(x.shape, kernel.shape, strides, padding, output_padding, dilation_rate)
    products = x.reshape(-1, channels) @ kernel.reshape(-1, channels).T
    windows = products.reshape(*x.shape[:3], kernel_height, kernel_width, filters)
    y = col2im(windows, y_shape, strides, padding, dilation_rate)
    if bias is not None:
        y = y + bias
    return y, Conv2DTransposeCache(x, kernel, y_shape, strides, padding, dilation_rate)


def conv2d_transpose_backward(
    dy: ndarray, cache: Conv2DTransposeCache, input_gradient: bool = True
) -> tuple[ndarray | None, ndarray, ndarray]:
    """Compute the gradients of a transposed convolution with respect to input, kernel and bias.

    ``dx = conv2d(dy, kernel)``, and dkernel is the gradient of this convolution's kernel for x.

    Parameters
    ----------
    dy : (batch, height, width, filters)
        ∂loss/∂y.
    cache : Conv2DTransposeCache
        From the forward pass.
    input_gradient : bool
        Whether to return dx.

    Returns
    -------
    dx : (batch, rows, columns, channels), or None
    dkernel : (kernel_height, kernel_width, filters, channels)
    dbias : (filters,)

    Examples
    --------
    >>> import numpy as np
    >>> x, kernel = np.array([1.0, 2.0]).reshape(1, 1, 2, 1), np.ones((1, 3, 1, 1))
    >>> y, cache = conv2d_transpose_forward(x, kernel, strides=(1, 2))
    >>> dx, dkernel, dbias = conv2d_transpose_backward(np.ones_like(y), cache)
    >>> dx.ravel(), dkernel.ravel(), dbias
    (array([3., 3.]), array([3., 3., 3.]), array([5.]))
    """
    return transpose_gradients(dy, cache, input_gradient, conv2d_forward, conv2d_backward)


def transpose_gradients(
    dy: ndarray,
    cache: Conv2DTransposeCache,
    input_gradient: bool,
    forward: Callable[..., Any],
    backward: Callable[..., Any],
) -> tuple[ndarray | None, ndarray, ndarray]:
    """Compute the gradients with the two passes of a convolution."""
    x, kernel, _, strides, padding, dilation_rate = cache
    dx, convolution = forward(dy, kernel, None, strides, padding, dilation_rate)
    _, dkernel, _ = backward(x, convolution, input_gradient=False)
    return (dx if input_gradient else None), dkernel, dy.sum(axis=(0, 1, 2))
