"""Max and average pooling, forward and backward.

Each channel is pooled for itself. With "same" padding the added cells never count: a maximum is
never taken from them, and an average divides by the real cells only.

Reference: Dumoulin & Visin 2016, arXiv:1603.07285, section 3; Boureau, Ponce & LeCun 2010,
"A theoretical analysis of feature pooling in visual recognition".
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.ops.convolution import Pair, col2im, im2col


class MaxPoolCache(NamedTuple):
    """What `max_pool2d_backward` needs of the forward pass."""

    winners: ndarray  # (batch, rows, columns, channels): the cell of the window that was largest
    x_shape: tuple[int, ...]
    pool_size: Pair
    strides: Pair
    padding: str


class AveragePoolCache(NamedTuple):
    """What `average_pool2d_backward` needs of the forward pass."""

    x_shape: tuple[int, ...]
    pool_size: Pair
    strides: Pair
    padding: str


def max_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, MaxPoolCache]:
    """Keep the largest cell of every window: ``y[b, r, c, k] = maxᵢⱼ x[b, r·s + i, c·s + j, k]``.

    Parameters
    ----------
    x : (batch, height, width, channels)
    pool_size : (int, int)
        The window's height and width, in cells.
    strides : (int, int)
        From one window to the next, down and across, in cells.
    padding : "valid" or "same"

    Returns
    -------
    y : (batch, rows, columns, channels)
        Dtype of `x`.
    cache : MaxPoolCache
        For `max_pool2d_backward`.

    Examples
    --------
    >>> x = np.array([[1, 2, 5, 6], [3, 4, 8, 7]], float).reshape(1, 2, 4, 1)
    >>> max_pool2d_forward(x, (2, 2), (2, 2))[0].ravel()
    array([4., 8.])
    """
    real = np.ones((1, *x.shape[1:3], 1), bool)
    inside = im2col(real, pool_size, strides, padding)
    windows = np.where(inside, im2col(x, pool_size, strides, padding), -np.inf)
    batch, rows, columns, pool_height, pool_width, channels = windows.shape
    cells = windows.reshape(batch, rows, columns, pool_height * pool_width, channels)
    winners = cells.argmax(axis=3)  # the first of equals, row by row
    y = np.take_along_axis(cells, winners[:, :, :, None], axis=3)[:, :, :, 0].astype(x.dtype)
    return y, MaxPoolCache(winners, x.shape, pool_size, strides, padding)


def max_pool2d_backward(dy: ndarray, cache: MaxPoolCache) -> ndarray:
    """Send each gradient back to the cell that won its window; the others get nothing.

    Parameters
    ----------
    dy : (batch, rows, columns, channels)
        ∂loss/∂y.
    cache : MaxPoolCache
        Of the forward pass.

    Returns
    -------
    dx : (batch, height, width, channels)

    Examples
    --------
    >>> x = np.array([[1, 2, 5, 6], [3, 4, 8, 7]], float).reshape(1, 2, 4, 1)
    >>> y, cache = max_pool2d_forward(x, (2, 2), (2, 2))
    >>> max_pool2d_backward(y, cache)[0, :, :, 0]
    array([[0., 0., 0., 0.],
           [0., 4., 8., 0.]])
    """
    winners, x_shape, (pool_height, pool_width), strides, padding = cache
    batch, rows, columns, channels = dy.shape
    cells = np.zeros((batch, rows, columns, pool_height * pool_width, channels), dy.dtype)
    np.put_along_axis(cells, winners[:, :, :, None].astype(np.intp), dy[:, :, :, None], axis=3)
    windows = cells.reshape(batch, rows, columns, pool_height, pool_width, channels)
    return col2im(windows, x_shape, strides, padding)


def average_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, AveragePoolCache]:
    """Take the mean of every window: ``y[b, r, c, k] = Σᵢⱼ x[b, r·s + i, c·s + j, k] / cells``.

    Parameters
    ----------
    x : (batch, height, width, channels)
    pool_size : (int, int)
        The window's height and width, in cells.
    strides : (int, int)
        From one window to the next, down and across, in cells.
    padding : "valid" or "same"

    Returns
    -------
    y : (batch, rows, columns, channels)
        Dtype of `x`.
    cache : AveragePoolCache
        For `average_pool2d_backward`.

    Examples
    --------
    >>> x = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    >>> average_pool2d_forward(x, (2, 2), (2, 2), "same")[0].ravel()
    array([3. , 4.5, 7.5, 9. ])
    """
    sums = im2col(x, pool_size, strides, padding).sum(axis=(3, 4))
    y = sums / _real_cells(x.shape, pool_size, strides, padding).astype(x.dtype)
    return y, AveragePoolCache(x.shape, pool_size, strides, padding)


def average_pool2d_backward(dy: ndarray, cache: AveragePoolCache) -> ndarray:
    """Give every cell of a window an equal share of the window's gradient.

    Parameters
    ----------
    dy : (batch, rows, columns, channels)
        ∂loss/∂y.
    cache : AveragePoolCache
        Of the forward pass.

    Returns
    -------
    dx : (batch, height, width, channels)

    Examples
    --------
    >>> y, cache = average_pool2d_forward(np.zeros((1, 2, 2, 1)), (2, 2), (2, 2))
    >>> average_pool2d_backward(np.ones_like(y), cache).ravel()
    array([0.25, 0.25, 0.25, 0.25])
    """
    x_shape, pool_size, strides, padding = cache
    shares = dy / _real_cells(x_shape, pool_size, strides, padding).astype(dy.dtype)
    batch, rows, columns, channels = dy.shape
    windows = np.broadcast_to(
        shares[:, :, :, None, None], (batch, rows, columns, *pool_size, channels)
    )
    return col2im(windows, x_shape, strides, padding)


def global_max_pool2d_forward(x: ndarray) -> tuple[ndarray, tuple[ndarray, ndarray]]:
    """Keep the largest cell of every feature map: ``y[b, k] = maxᵢⱼ x[b, i, j, k]``.

    Parameters
    ----------
    x : (batch, height, width, channels)

    Returns
    -------
    y : (batch, 1, 1, channels)
    cache : tuple of ndarray
        For `global_max_pool2d_backward`.

    Examples
    --------
    >>> global_max_pool2d_forward(np.arange(4.0).reshape(1, 2, 2, 1))[0].item()
    3.0
    """
    y = x.max(axis=(1, 2), keepdims=True)
    return y, (x, y)


def global_max_pool2d_backward(dy: ndarray, cache: tuple[ndarray, ndarray]) -> ndarray:
    """Send each gradient back to the largest cell; equally large ones share it, as in Keras.

    Parameters
    ----------
    dy : (batch, 1, 1, channels)
        ∂loss/∂y.
    cache : tuple of ndarray
        Of the forward pass.

    Returns
    -------
    dx : (batch, height, width, channels)

    Examples
    --------
    >>> y, cache = global_max_pool2d_forward(np.array([3.0, 1.0, 3.0, 0.0]).reshape(1, 2, 2, 1))
    >>> global_max_pool2d_backward(np.ones_like(y), cache).ravel()
    array([0.5, 0. , 0.5, 0. ])
    """
    x, y = cache
    winners = (x == y).astype(dy.dtype)
    return winners * (dy / winners.sum(axis=(1, 2), keepdims=True))


def _real_cells(x_shape: tuple[int, ...], pool_size: Pair, strides: Pair, padding: str) -> ndarray:
    """Return how many cells of each window lie on the image: (1, rows, columns, 1)."""
    ones = np.ones((1, *x_shape[1:3], 1))
    return im2col(ones, pool_size, strides, padding).sum(axis=(3, 4))
