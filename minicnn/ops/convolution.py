"""2-D convolution (cross-correlation), forward and backward, by im2col.

Every window of the image becomes a row of a matrix, and the convolution is one matrix product. The
same matrix, transposed, gives the gradient of the kernel.

References: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning",
arXiv:1603.07285; Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks
for document processing" (im2col).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray
from numpy.lib.stride_tricks import sliding_window_view

from minicnn.ops.windows import effective_size, output_size, padding_amounts

__all__ = ["conv2d_backward", "conv2d_forward"]

Pair = tuple[int, int]


class Conv2DCache(NamedTuple):
    """Arrays and options that `conv2d_backward` needs."""

    x: ndarray
    kernel: ndarray
    relu_mask: Any  # array of bool shaped as y, or what NumPy converts to one; None without ReLU
    strides: Pair
    padding: str
    dilation_rate: Pair
    groups: int
    saved: Any = None  # private to the kernel that made y; its backward pass must run as well


def im2col(
    x: ndarray, window: Pair, strides: Pair, padding: str, dilation_rate: Pair = (1, 1)
) -> ndarray:
    """Copy every window of the images into a row of a matrix ("image to columns").

    Parameters
    ----------
    x : (batch, height, width, channels)
    window : (int, int)
        Height and width of the kernel.
    strides : (int, int)
        Vertical and horizontal distance between neighbouring windows, in pixels.
    padding : "valid" or "same"
        "same" surrounds the image with zeros.
    dilation_rate : (int, int)
        Distance between neighbouring taps of the window, in pixels.

    Returns
    -------
    (batch, rows, columns, window_height, window_width, channels)
        Dtype of `x`.

    Examples
    --------
    >>> image = np.arange(9).reshape(1, 3, 3, 1)
    >>> im2col(image, (2, 2), (1, 1), "valid").reshape(4, 4)
    array([[0, 1, 3, 4],
           [1, 2, 4, 5],
           [3, 4, 6, 7],
           [4, 5, 7, 8]])
    """
    padded = np.pad(x, _margins(x.shape, window, strides, padding, dilation_rate))
    (stride_h, stride_w), (dilation_h, dilation_w) = strides, dilation_rate
    spans = (effective_size(window[0], dilation_h), effective_size(window[1], dilation_w))
    views = sliding_window_view(padded, spans, axis=(1, 2))
    # (batch, rows, columns, channels, window_height, window_width)
    views = views[:, ::stride_h, ::stride_w, :, ::dilation_h, ::dilation_w]
    return np.ascontiguousarray(views.transpose(0, 1, 2, 4, 5, 3))


def col2im(
    columns: ndarray,
    x_shape: tuple[int, ...],
    strides: Pair,
    padding: str,
    dilation_rate: Pair = (1, 1),
) -> ndarray:
    """Add every window back to the pixels it was read from: the adjoint of `im2col`.

    For all `x` and `columns`, ``Σ im2col(x)·columns = Σ x·col2im(columns)``.

    Parameters
    ----------
    columns : (batch, rows, columns, window_height, window_width, channels)
    x_shape : (batch, height, width, channels)
        Shape of the images.
    strides, padding, dilation_rate
        As in `im2col`.

    Returns
    -------
    x_shape
        Dtype of `columns`. Overlapping windows are summed; a pixel in no window is 0.

    Examples
    --------
    The number of windows that cover each pixel of a 3×3 image:

    >>> windows = np.ones((1, 2, 2, 2, 2, 1))
    >>> col2im(windows, (1, 3, 3, 1), (1, 1), "valid")[0, :, :, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    _, out_height, out_width, window_height, window_width, _ = columns.shape
    margins = _margins(x_shape, (window_height, window_width), strides, padding, dilation_rate)
    padded_shape = [size + sum(margin) for size, margin in zip(x_shape, margins, strict=True)]
    padded = np.zeros(padded_shape, columns.dtype)
    for i in range(window_height):
        for j in range(window_width):
            top, left = i * dilation_rate[0], j * dilation_rate[1]
            bottom = top + (out_height - 1) * strides[0] + 1
            right = left + (out_width - 1) * strides[1] + 1
            padded[:, top : bottom : strides[0], left : right : strides[1]] += columns[
                :, :, :, i, j
            ]
    return padded[
        tuple(
            slice(before, before + size) for (before, _), size in zip(margins, x_shape, strict=True)
        )
    ]


def conv2d_forward(
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None = None,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation_rate: Pair = (1, 1),
    groups: int = 1,
    activation: str = "linear",
) -> tuple[ndarray, Conv2DCache]:
    """Slide every filter over the images: window × filter, summed, plus bias, then ReLU if requested.

    ``y[b, r, c, f] = Σᵢⱼₖ x[b, r·s + i·d, c·s + j·d, k] · kernel[i, j, k, f] + bias[f]``

    With `groups`, channels and filters are split into that many equal groups, and each group of
    filters sees only its group of channels.

    Parameters
    ----------
    x : (batch, height, width, channels)
    kernel : (kernel_height, kernel_width, channels // groups, filters)
    bias : (filters,), optional
    strides : (int, int)
        Vertical and horizontal, in pixels.
    padding : "valid" or "same"
    dilation_rate : (int, int)
        Distance between neighbouring taps of the kernel, in pixels.
    groups : int
    activation : "linear" or "relu"

    Returns
    -------
    y : (batch, rows, columns, filters)
        Dtype of `x`.
    cache : Conv2DCache
        For `conv2d_backward`.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or the kernel does not fit on the image.
    ValueError
        For a stride, dilation rate or number of groups that is not an integer >= 1, or a misspelt
        `padding` or `activation`.

    Examples
    --------
    The lecture's image and its first filter, at the top left corner:

    >>> image = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], float).reshape(1, 3, 3, 1)
    >>> filter_1 = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]], float).reshape(3, 3, 1, 1)
    >>> y, cache = conv2d_forward(image, filter_1)
    >>> y.item()
    3.0
    """
    columns = _grouped(im2col(x, kernel.shape[:2], strides, padding, dilation_rate), groups)
    products = columns @ grouped_kernel(
        kernel, groups
    )  # (groups, batch·rows·columns, filters/group)
    y_shape = output_shape(x.shape, kernel.shape, strides, padding, dilation_rate)
    y = products.transpose(1, 0, 2).reshape(y_shape)
    if bias is not None:
        y = y + bias
    relu_mask = None
    if activation == "relu":
        y = np.maximum(y, 0)
        relu_mask = y > 0
    return y, Conv2DCache(x, kernel, relu_mask, strides, padding, dilation_rate, groups)


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients of a 2-D convolution with respect to its input, kernel and bias.

    With ``y = windows(x) @ kernel + bias``, each gradient is one matrix product with dy:

        dkernel = windows(x)ᵀ @ dy,    dwindows = dy @ kernelᵀ,    dbias = Σ dy

    and dx is dwindows added back to the pixels it was read from (`col2im`, the adjoint of `im2col`).
    With ReLU, dy passes only where the output was positive.

    Parameters
    ----------
    dy : (batch, rows, columns, filters)
        ∂loss/∂y.
    cache : Conv2DCache
        From `conv2d_forward`. Its kernel is read again: the gradient is that of the current values.
    input_gradient : bool
        Compute dx. The first layer of a network does not need it.

    Returns
    -------
    dx : (batch, height, width, channels), or None
    dkernel : (kernel_height, kernel_width, channels // groups, filters)
    dbias : (filters,)

    Raises
    ------
    ShapeError
        If `dy` does not have the shape of y.

    Examples
    --------
    >>> x, kernel = np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    >>> y, cache = conv2d_forward(x, kernel)
    >>> dx, dkernel, dbias = conv2d_backward(np.ones_like(y), cache)
    >>> dkernel[:, :, 0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """
    x, kernel, relu_mask, strides, padding, dilation_rate, groups, _ = cache
    kernel_height, kernel_width, group_channels, filters = kernel.shape
    if relu_mask is not None:
        dy = dy * np.asarray(relu_mask)
    columns = im2col(x, (kernel_height, kernel_width), strides, padding, dilation_rate)
    dy_rows = dy.reshape(-1, groups, filters // groups).transpose(1, 0, 2)
    # (groups, batch·rows·columns, filters/group)
    # (groups, window, filters/group)
    products = _grouped(columns, groups).transpose(0, 2, 1) @ dy_rows
    dkernel = products.transpose(1, 0, 2).reshape(kernel.shape)
    dbias = dy.sum(axis=(0, 1, 2))
    if not input_gradient:
        return None, dkernel, dbias
    dcolumns = dy_rows @ grouped_kernel(kernel, groups).transpose(0, 2, 1)
    # (groups, batch·rows·columns, window) -> (batch, rows, columns, height, width, channels)
    by_group = dcolumns.reshape(groups, -1, kernel_height * kernel_width, group_channels)
    dwindows = by_group.transpose(1, 2, 0, 3).reshape(columns.shape)
    return col2im(dwindows, x.shape, strides, padding, dilation_rate), dkernel, dbias


def _margins(
    x_shape: tuple[int, ...], window: Pair, strides: Pair, padding: str, dilation_rate: Pair
) -> list[Pair]:
    """Return the pixels to add before and after each of the four axes, for `numpy.pad`."""
    rows, columns = (
        padding_amounts(
            x_shape[axis + 1], window[axis], strides[axis], padding, dilation_rate[axis]
        )
        for axis in (0, 1)
    )
    return [(0, 0), rows, columns, (0, 0)]


def output_shape(
    x_shape: tuple[int, ...],
    kernel_shape: tuple[int, ...],
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
) -> tuple[int, int, int, int]:
    """Return (batch, rows, columns, filters)."""
    rows, columns = (
        output_size(
            x_shape[axis + 1], kernel_shape[axis], strides[axis], padding, dilation_rate[axis]
        )
        for axis in (0, 1)
    )
    return x_shape[0], rows, columns, kernel_shape[3]


def _grouped(columns: ndarray, groups: int) -> ndarray:
    """Return one matrix of windows per group: (groups, batch·rows·columns, window)."""
    batch, rows, out_width, window_height, window_width, channels = columns.shape
    taps, positions = window_height * window_width, batch * rows * out_width
    by_group = columns.reshape(positions, taps, groups, channels // groups).transpose(2, 0, 1, 3)
    return by_group.reshape(groups, positions, taps * (channels // groups))


def grouped_kernel(kernel: ndarray, groups: int) -> ndarray:
    """Return one kernel matrix per group: (groups, window, filters/group)."""
    kernel_height, kernel_width, channels, filters = kernel.shape
    window = kernel_height * kernel_width * channels
    return kernel.reshape(window, groups, filters // groups).transpose(1, 0, 2)
