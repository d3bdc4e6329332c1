"""Geometry of images: where windows lie, how much is padded, which pixels are neighbours.

A window is a convolution's kernel or a pooling's pool. All functions treat one axis; an image has
two, and they do not know of each other.

Reference: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning",
arXiv:1603.07285, sections 2 and 5.
"""

from functools import lru_cache

import numpy as np
from numpy import ndarray

from minicnn.errors import unknown_name

PADDINGS = ("valid", "same")
INTERPOLATIONS = ("nearest", "bilinear")


def extent(window: int, dilation: int = 1) -> int:
    """Return the cells from a window's first to its last: ``(window − 1)·dilation + 1``.

    Examples
    --------
    >>> extent(3), extent(3, dilation=2)
    (3, 5)
    """
    return (window - 1) * dilation + 1


@lru_cache  # every step asks for the same few
def output_size(size: int, window: int, stride: int, padding: str, dilation: int = 1) -> int:
    """Return how many positions a window takes along an axis.

    "valid": the window stays inside, ``⌊(size − extent) / stride⌋ + 1``, or 0 where it does not fit.
    "same": one position for every `stride` cells, ``⌈size / stride⌉``.

    Parameters
    ----------
    size : int
        The image's height or width, in cells.
    window : int
        The kernel's or pool's height or width, in cells.
    stride : int
        From one position to the next, in cells.
    padding : "valid" or "same"
    dilation : int
        From one cell of the window to the next, in cells of the image.

    Returns
    -------
    int

    Raises
    ------
    UnknownNameError
        If `padding` is neither "valid" nor "same".

    Examples
    --------
    The lecture's 6×6 image under a 3×3 filter, stride 1 and 2:

    >>> output_size(6, 3, 1, "valid"), output_size(6, 3, 2, "valid"), output_size(6, 3, 1, "same")
    (4, 2, 6)
    """
    if padding == "same":
        return -(-size // stride)
    if padding == "valid":
        return max((size - extent(window, dilation)) // stride + 1, 0)
    raise unknown_name("padding", padding, PADDINGS)


@lru_cache
def padding_amounts(
    size: int, window: int, stride: int, padding: str, dilation: int = 1
) -> tuple[int, int]:
    """Return how many cells are added before and after an axis.

    "same" adds ``max((out − 1)·stride + extent − size, 0)`` cells, half of them, rounded down,
    before. "valid" adds none.

    Parameters
    ----------
    size, window, stride, padding, dilation
        As in `output_size`.

    Returns
    -------
    before, after : int

    Examples
    --------
    >>> padding_amounts(6, 3, 1, "same"), padding_amounts(6, 2, 1, "same")
    ((1, 1), (0, 1))
    """
    if padding == "valid":
        return 0, 0
    positions = output_size(size, window, stride, padding, dilation)
    total = max((positions - 1) * stride + extent(window, dilation) - size, 0)
    return total // 2, total - total // 2


def covered_cells(
    position: int, size: int, window: int, stride: int, padding: str, dilation: int = 1
) -> list[int]:
    """Return the image's cells under the window at a position; padding cells lie outside 0…size−1.

    Parameters
    ----------
    position : int
        Counted from 0.
    size, window, stride, padding, dilation
        As in `output_size`.

    Returns
    -------
    list of int
        One index a cell of the window.

    Examples
    --------
    >>> covered_cells(1, size=6, window=3, stride=2, padding="valid")
    [2, 3, 4]
    >>> covered_cells(0, size=6, window=3, stride=1, padding="same")
    [-1, 0, 1]
    """
    before, _ = padding_amounts(size, window, stride, padding, dilation)
    first = position * stride - before
    return [first + cell * dilation for cell in range(window)]


def linear_neighbours(count: int, factor: int) -> tuple[ndarray, ndarray]:
    """Return the two pixels that each enlarged pixel lies between, and their weights.

    Parameters
    ----------
    count : int
        Pixels along the axis.
    factor : int

    Returns
    -------
    pixels, weights : (count·factor, 2)

    Examples
    --------
    >>> pixels, weights = linear_neighbours(2, 2)
    >>> pixels.tolist(), weights[1].tolist()
    ([[0, 0], [0, 1], [0, 1], [1, 1]], [0.75, 0.25])
    """
    centres = (np.arange(count * factor) + 0.5) / factor - 0.5
    before = np.floor(centres)
    after = centres - before
    pixels = np.stack([before, before + 1], axis=1).astype(np.intp)
    return pixels.clip(0, count - 1), np.stack([1 - after, after], axis=1)
