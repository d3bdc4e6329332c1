"""Max and average pooling, forward and backward.

Channels are pooled independently. Padding never counts: the maximum ignores it, and the average
divides by the number of pixels on the image.

Reference: Dumoulin & Visin 2016, arXiv:1603.07285, section 3; Boureau, Ponce & LeCun 2010,
"A theoretical analysis of feature pooling in visual recognition".
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.ops.convolution import Pair, col2im, im2col

__all__ = [
    "average_pool2d_backward",
    "average_pool2d_forward",
    "global_max_pool2d_backward",
    "global_max_pool2d_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
]


class MaxPoolCache(NamedTuple):
    """Arrays and options that `max_pool2d_backward` needs."""

    argmax: ndarray  # (batch, rows, columns, channels): index of the largest pixel in its window
    x_shape: tuple[int, ...]
    dtype: np.dtype
    pool_size: Pair
    strides: Pair
    padding: str
    saved: Any = None  # private to the kernel that made y; its backward pass must run as well


class AveragePoolCache(NamedTuple):
    """Options that `average_pool2d_backward` needs."""

    x_shape: tuple[int, ...]
    dtype: np.dtype
    pool_size: Pair
    strides: Pair
    padding: str


def max_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, MaxPoolCache]:
    """Take the maximum of every window: ``y[b, r, c, k] = maxᵢⱼ x[b, r·s + i, c·s + j, k]``.

    Parameters
    ----------
    x : (batch, height, width, channels)
    pool_size : (int, int)
        Height and width of the window, in pixels.
    strides : (int, int)
        Vertical and horizontal distance between neighbouring windows, in pixels.
    padding : "valid" or "same"

    Returns
    -------
    y : (batch, rows, columns, channels)
        Dtype of `x`.
    cache : MaxPoolCache
        For `max_pool2d_backward`.

    Raises
    ------
    ShapeError
        If `x` is not a batch of images, or the window does not fit on them.
    ValueError
        For a pool size or stride that is not an integer >= 1, or a misspelt `padding`.

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
    pixels = windows.reshape(batch, rows, columns, pool_height * pool_width, channels)
    argmax = pixels.argmax(axis=3)  # ties go to the first, in row-major order
    y = np.take_along_axis(pixels, argmax[:, :, :, None], axis=3)[:, :, :, 0].astype(x.dtype)
    return y, MaxPoolCache(argmax, x.shape, x.dtype, pool_size, strides, padding)


def max_pool2d_backward(dy: ndarray, cache: MaxPoolCache) -> ndarray:
    """Send each gradient back to the maximum of its window; other pixels get 0.

    Parameters
    ----------
    dy : (batch, rows, columns, channels)
        ∂loss/∂y.
    cache : MaxPoolCache
        From `max_pool2d_forward`.

    Returns
    -------
    dx : (batch, height, width, channels)

    Raises
    ------
    ShapeError
        If `dy` does not have the shape of y.

    Examples
    --------
    >>> x = np.array([[1, 2, 5, 6], [3, 4, 8, 7]], float).reshape(1, 2, 4, 1)
    >>> y, cache = max_pool2d_forward(x, (2, 2), (2, 2))
    >>> max_pool2d_backward(y, cache)[0, :, :, 0]
    array([[0., 0., 0., 0.],
           [0., 4., 8., 0.]])
    """
    argmax, x_shape, _, (pool_height, pool_width), strides, padding, _ = cache
    batch, rows, columns, channels = dy.shape
    pixels = np.zeros((batch, rows, columns, pool_height * pool_width, channels), dy.dtype)
    np.put_along_axis(pixels, argmax[:, :, :, None].astype(np.intp), dy[:, :, :, None], axis=3)
    windows = pixels.reshape(batch, rows, columns, pool_height, pool_width, channels)
    return col2im(windows, x_shape, strides, padding)


def average_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, AveragePoolCache]:
    """Take the mean of every window: ``y[b, r, c, k] = Σᵢⱼ x[b, r·s + i, c·s + j, k] / pixels``.

    Parameters
    ----------
    x, pool_size, strides, padding : as in `max_pool2d_forward`

    Returns
    -------
    y : (batch, rows, columns, channels)
        Dtype of `x`.
    cache : AveragePoolCache
        For `average_pool2d_backward`.

    Raises
    ------
    ShapeError, ValueError
        As in `max_pool2d_forward`.

    Examples
    --------
    >>> x = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    >>> average_pool2d_forward(x, (2, 2), (2, 2), "same")[0].ravel()
    array([3. , 4.5, 7.5, 9. ])
    """
    sums = im2col(x, pool_size, strides, padding).sum(axis=(3, 4))
    y = sums / _pixels_on_image(x.shape, pool_size, strides, padding).astype(x.dtype)
    return y, AveragePoolCache(x.shape, x.dtype, pool_size, strides, padding)


def average_pool2d_backward(dy: ndarray, cache: AveragePoolCache) -> ndarray:
    """Distribute each gradient equally over the pixels of its window.

    Parameters
    ----------
    dy : (batch, rows, columns, channels)
        ∂loss/∂y.
    cache : AveragePoolCache
        From `average_pool2d_forward`.

    Returns
    -------
    dx : (batch, height, width, channels)

    Raises
    ------
    ShapeError
        If `dy` does not have the shape of y.

    Examples
    --------
    >>> y, cache = average_pool2d_forward(np.zeros((1, 2, 2, 1)), (2, 2), (2, 2))
    >>> average_pool2d_backward(np.ones_like(y), cache).ravel()
    array([0.25, 0.25, 0.25, 0.25])
    """
    x_shape, _, pool_size, strides, padding = cache
    shares = dy / _pixels_on_image(x_shape, pool_size, strides, padding).astype(dy.dtype)
    batch, rows, columns, channels = dy.shape
    windows = np.broadcast_to(
        shares[:, :, :, None, None], (batch, rows, columns, *pool_size, channels)
    )
    return col2im(windows, x_shape, strides, padding)


def global_max_pool2d_forward(x: ndarray) -> tuple[ndarray, tuple[ndarray, ndarray]]:
    """Take the maximum of every feature map: ``y[b, k] = maxᵢⱼ x[b, i, j, k]``.

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
    """Send each gradient back to the maximum; ties share it equally, as in Keras.

    Parameters
    ----------
    dy : (batch, 1, 1, channels)
        ∂loss/∂y.
    cache : tuple of ndarray
        From `global_max_pool2d_forward`.

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
    is_max = (x == y).astype(dy.dtype)
    return is_max * (dy / is_max.sum(axis=(1, 2), keepdims=True))


def _pixels_on_image(
    x_shape: tuple[int, ...], pool_size: Pair, strides: Pair, padding: str
) -> ndarray:
    """Return the number of pixels of each window that are on the image: (1, rows, columns, 1)."""
    ones = np.ones((1, *x_shape[1:3], 1))
    return im2col(ones, pool_size, strides, padding).sum(axis=(3, 4))
