"""Enlarge images by a whole factor: repeat pixels, or interpolate between their centres."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.ops.windows import linear_neighbours

__all__ = ["upsample2d_backward", "upsample2d_forward"]


class UpsampleCache(NamedTuple):
    """Options that `upsample2d_backward` needs."""

    shape: tuple[int, ...]
    dtype: np.dtype
    size: tuple[int, int]
    interpolation: str


def upsample2d_forward(
    x: ndarray, size: tuple[int, int], interpolation: str = "nearest"
) -> tuple[ndarray, UpsampleCache]:
    """Enlarge images.

    "nearest": ``y[n, r, c, k] = x[n, ⌊r/s⌋, ⌊c/t⌋, k]`` for factors (s, t). "bilinear": along each
    axis the weighted mean of the two pixels whose centres are nearest, as
    ``tf.image.resize`` does; at the border the outermost pixel continues.

    Parameters
    ----------
    x : (batch, height, width, channels)
    size : (int, int)
        Factors for rows and columns.
    interpolation : "nearest" or "bilinear"

    Returns
    -------
    y : (batch, size[0]·height, size[1]·width, channels)
    cache : UpsampleCache

    Raises
    ------
    ShapeError
        If `x` is not a batch of images.
    ValueError
        For a factor that is not an integer >= 1, or an unknown interpolation.

    Examples
    --------
    >>> upsample2d_forward(np.array([0.0, 4.0]).reshape(1, 1, 2, 1), (1, 2), "bilinear")[0].ravel()
    array([0., 1., 3., 4.])
    """
    cache = UpsampleCache(x.shape, x.dtype, size, interpolation)
    if interpolation == "nearest":
        return x.repeat(size[0], axis=1).repeat(size[1], axis=2), cache
    return _along_both_axes(x, *_matrices(cache, x.dtype)), cache


def upsample2d_backward(dy: ndarray, cache: UpsampleCache) -> ndarray:
    """Gradient with respect to the input: each pixel sums the gradients of its copies or neighbours.

    Parameters
    ----------
    dy : like the output
    cache : UpsampleCache

    Returns
    -------
    dx : (batch, height, width, channels)
    """
    if cache.interpolation == "nearest":
        batch, height, width, channels = cache.shape
        rows, columns = cache.size
        return dy.reshape(batch, height, rows, width, columns, channels).sum(axis=(2, 4))
    down, across = _matrices(cache, dy.dtype)
    return _along_both_axes(dy, down.T, across.T)


def _matrices(cache: UpsampleCache, dtype: np.dtype) -> tuple[ndarray, ndarray]:
    """Return for each axis the matrix that enlarges it."""
    matrices = []
    for count, factor in zip(cache.shape[1:3], cache.size, strict=True):
        pixels, weights = linear_neighbours(count, factor)
        matrix = np.zeros((count * factor, count), dtype)
        np.add.at(matrix, (np.arange(count * factor)[:, None], pixels), weights)
        matrices.append(matrix)
    return matrices[0], matrices[1]


def _along_both_axes(x: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """Multiply rows and columns of images by a matrix each."""
    batch, height, width, channels = x.shape
    x = down @ x.reshape(batch, height, width * channels)
    x = across @ x.reshape(-1, width, channels)
    return x.reshape(batch, len(down), len(across), channels)
