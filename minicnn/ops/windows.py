"""Geometry along one axis of an image: output sizes, padding, window positions, neighbours.

A window is the kernel of a convolution or the pool of a pooling layer. The two axes of an image are
independent, so every function treats one.

Reference: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning",
arXiv:1603.07285, sections 2 and 5.
"""

from functools import lru_cache

import numpy as np
from numpy import ndarray

from minicnn.errors import unknown_name

PADDINGS = ("valid", "same")
CONVOLUTION_PADDINGS = (*PADDINGS, "causal")  # causal: an output depends on nothing after it
INTERPOLATIONS = ("nearest", "bilinear")


def effective_size(window: int, dilation: int = 1) -> int:
    """Return the pixels that a dilated window spans: ``(window − 1)·dilation + 1``.

    Examples
    --------
    >>> effective_size(3), effective_size(3, dilation=2)
    (3, 5)
    """
    return (window - 1) * dilation + 1


@lru_cache  # every training step asks for the same few
def output_size(size: int, window: int, stride: int, padding: str, dilation: int = 1) -> int:
    """Return the number of window positions along an axis.

    "valid": the window stays inside, ``⌊(size − effective) / stride⌋ + 1``; 0 if it does not fit.
    "same" and "causal": one position every `stride` pixels, ``⌈size / stride⌉``.

    Parameters
    ----------
    size : int
        Height or width of the image, in pixels.
    window : int
        Height or width of the kernel or pool.
    stride : int
        Distance between neighbouring positions, in pixels.
    padding : "valid", "same" or "causal"
    dilation : int
        Distance between neighbouring taps of the window, in pixels.

    Returns
    -------
    int

    Raises
    ------
    UnknownNameError
        If `padding` is none of these.

    Examples
    --------
    The lecture's 6×6 image under a 3×3 filter, stride 1 and 2:

    >>> output_size(6, 3, 1, "valid"), output_size(6, 3, 2, "valid"), output_size(6, 3, 1, "same")
    (4, 2, 6)
    """
    if padding in ("same", "causal"):
        return -(-size // stride)
    if padding == "valid":
        return max((size - effective_size(window, dilation)) // stride + 1, 0)
    raise unknown_name("padding", padding, CONVOLUTION_PADDINGS)


@lru_cache
def padding_amounts(
    size: int, window: int, stride: int, padding: str, dilation: int = 1
) -> tuple[int, int]:
    """Return the pixels added before and after an axis.

    "same" adds ``max((out − 1)·stride + effective − size, 0)`` pixels, half of them, rounded down,
    before. "causal" adds ``effective − 1`` before, "valid" none.

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
    if padding == "causal":
        return effective_size(window, dilation) - 1, 0
    positions = output_size(size, window, stride, padding, dilation)
    total = max((positions - 1) * stride + effective_size(window, dilation) - size, 0)
    return total // 2, total - total // 2


def transposed_size(
    size: int, window: int, stride: int, padding: str, output_padding: int | None, dilation: int = 1
) -> int:
    """Return the size of an axis after a transposed convolution, as Keras chooses it.

    Convolutions of several sizes have an output of this size; `output_padding` selects one.

    Examples
    --------
    >>> transposed_size(7, 3, 2, "same", None), transposed_size(7, 3, 2, "valid", None)
    (14, 15)
    """
    covered = effective_size(window, dilation)
    if output_padding is None:
        return size * stride + (max(covered - stride, 0) if padding == "valid" else 0)
    margin = covered // 2 * 2 if padding == "same" else 0
    return (size - 1) * stride + covered - margin + output_padding


def window_indices(
    position: int, size: int, window: int, stride: int, padding: str, dilation: int = 1
) -> list[int]:
    """Return the pixel under each tap of the window; padding is outside 0 … size − 1.

    Parameters
    ----------
    position : int
        Index of the window position, from 0.
    size, window, stride, padding, dilation
        As in `output_size`.

    Returns
    -------
    list of int
        One index for each tap.

    Examples
    --------
    >>> window_indices(1, size=6, window=3, stride=2, padding="valid")
    [2, 3, 4]
    >>> window_indices(0, size=6, window=3, stride=1, padding="same")
    [-1, 0, 1]
    """
    before, _ = padding_amounts(size, window, stride, padding, dilation)
    first = position * stride - before
    return [first + tap * dilation for tap in range(window)]


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
