"""2-D convolution (cross-correlation), forward and backward, by im2col.

Every window of the image becomes a row of a matrix, so that the convolution is one matrix product;
the same matrix, transposed, gives the kernel's gradient.

References: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning",
arXiv:1603.07285; Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks
for document processing" (im2col).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray
from numpy.lib.stride_tricks import sliding_window_view

from minicnn.ops.windows import extent, output_size, padding_amounts

Pair = tuple[int, int]


class Conv2DCache(NamedTuple):
    """What `conv2d_backward` needs of the forward pass."""

    x: ndarray
    kernel: ndarray
    y: ndarray | None  # only where ReLU was applied: its gradient passes where y > 0
    strides: Pair
    padding: str
    dilation_rate: Pair
    groups: int
    saved: Any = None  # what a fast version keeps from forward to backward
    algorithm: str = "reference"


def im2col(
    x: ndarray, window: Pair, strides: Pair, padding: str, dilation_rate: Pair = (1, 1)
) -> ndarray:
    """Copy every window of the images into a row of its own ("image to columns").

    Parameters
    ----------
    x : (batch, height, width, channels)
    window : (int, int)
        The kernel's height and width, in cells.
    strides : (int, int)
        From one window to the next, down and across, in cells.
    padding : "valid" or "same"
        "same" surrounds the image with zeros.
    dilation_rate : (int, int)
        From one cell of the window to the next, in cells of the image.

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
    (down, across), (dilation_down, dilation_across) = strides, dilation_rate
    spans = (extent(window[0], dilation_down), extent(window[1], dilation_across))
    views = sliding_window_view(padded, spans, axis=(1, 2))
    # (batch, rows, columns, channels, window_height, window_width)
    views = views[:, ::down, ::across, :, ::dilation_down, ::dilation_across]
    return np.ascontiguousarray(views.transpose(0, 1, 2, 4, 5, 3))


def col2im(
    columns: ndarray,
    x_shape: tuple[int, ...],
    strides: Pair,
    padding: str,
    dilation_rate: Pair = (1, 1),
) -> ndarray:
    """Add every window back to the cells it was read from: the adjoint of `im2col`.

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
        Dtype of `columns`; a cell in no window is 0, a cell in several is their sum.

    Examples
    --------
    How many windows each cell of a 3×3 image lies in:

    >>> windows = np.ones((1, 2, 2, 2, 2, 1))
    >>> col2im(windows, (1, 3, 3, 1), (1, 1), "valid")[0, :, :, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    _, rows, across, window_height, window_width, _ = columns.shape
    margins = _margins(x_shape, (window_height, window_width), strides, padding, dilation_rate)
    padded_shape = [size + sum(margin) for size, margin in zip(x_shape, margins, strict=True)]
    padded = np.zeros(padded_shape, columns.dtype)
    for i in range(window_height):
        for j in range(window_width):
            top, left = i * dilation_rate[0], j * dilation_rate[1]
            bottom = top + (rows - 1) * strides[0] + 1
            right = left + (across - 1) * strides[1] + 1
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
    """Slide every filter over the images: window × filter, summed, + bias, → ReLU where wanted.

    ``y[b, r, c, f] = Σᵢⱼₖ x[b, r·s + i·d, c·s + j·d, k] · kernel[i, j, k, f] + bias[f]``

    With groups, channels and filters are cut into as many equal parts, and each part of the filters
    sees its own part of the channels only.

    Parameters
    ----------
    x : (batch, height, width, channels)
    kernel : (kernel_height, kernel_width, channels // groups, filters)
    bias : (filters,), optional
    strides : (int, int)
        In cells, down and across.
    padding : "valid" or "same"
    dilation_rate : (int, int)
        Between the kernel's cells, in cells of the image.
    groups : int
    activation : "linear" or "relu"

    Returns
    -------
    y : (batch, rows, columns, filters)
        Dtype of `x`.
    cache : Conv2DCache
        For `conv2d_backward`.

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
    if activation == "relu":
        y = np.maximum(y, 0)
    passed = y if activation == "relu" else None
    return y, Conv2DCache(x, kernel, passed, strides, padding, dilation_rate, groups)


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients of a 2-D convolution with respect to its input, kernel and bias.

    With ``y = windows(x) @ kernel + bias``, each gradient is one matrix product with dy:

        dkernel = windows(x)ᵀ @ dy,    dwindows = dy @ kernelᵀ,    dbias = Σ dy

    and dx is dwindows added back to the cells it was read from (`col2im`, the adjoint of `im2col`).
    Where ReLU was applied, dy passes only where the output was positive.

    Parameters
    ----------
    dy : (batch, rows, columns, filters)
        ∂loss/∂y.
    cache : Conv2DCache
        Of the forward pass.
    input_gradient : bool
        Whether dx is wanted; a network's first layer has no use for it.

    Returns
    -------
    dx : (batch, height, width, channels), or None
    dkernel : (kernel_height, kernel_width, channels // groups, filters)
    dbias : (filters,)

    Examples
    --------
    >>> x, kernel = np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    >>> y, cache = conv2d_forward(x, kernel)
    >>> dx, dkernel, dbias = conv2d_backward(np.ones_like(y), cache)
    >>> dkernel[:, :, 0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """
    x, kernel, y, strides, padding, dilation_rate, groups, *_ = cache
    kernel_height, kernel_width, group_channels, filters = kernel.shape
    if y is not None:
        dy = dy * (y > 0)
    columns = im2col(x, (kernel_height, kernel_width), strides, padding, dilation_rate)
    dy_rows = dy.reshape(-1, groups, filters // groups).transpose(1, 0, 2)
    # (groups, batch·rows·columns, filters/group)
    products = (
        _grouped(columns, groups).transpose(0, 2, 1) @ dy_rows
    )  # (groups, window, filters/group)
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
    """Return the cells to add before and after each of the four axes, as `numpy.pad` takes them."""
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
    """Return the windows as one matrix a group: (groups, batch·rows·columns, window)."""
    batch, rows, across, window_height, window_width, channels = columns.shape
    cells, positions = window_height * window_width, batch * rows * across
    by_group = columns.reshape(positions, cells, groups, channels // groups).transpose(2, 0, 1, 3)
    return by_group.reshape(groups, positions, cells * (channels // groups))


def grouped_kernel(kernel: ndarray, groups: int) -> ndarray:
    """Return the kernel as one matrix a group: (groups, window, filters/group)."""
    kernel_height, kernel_width, channels, filters = kernel.shape
    window = kernel_height * kernel_width * channels
    return kernel.reshape(window, groups, filters // groups).transpose(1, 0, 2)
