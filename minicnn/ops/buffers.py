"""Arrays as the compiled functions take them, and room for them to work in.

Memory fresh from the system costs a page fault every 4 KiB when it is first written. What a
kernel needs only while it runs is therefore cut from one buffer a thread, which stays.
"""

import math
import threading

import numpy as np
from numpy import ndarray

ALIGNMENT = 16  # float32 numbers: 64 bytes, a line of the cache and an AVX-512 register

_of_thread = threading.local()


def plain(array: ndarray) -> ndarray:
    """Return the array as float32 in the one layout that is compiled for; a copy where it must be.

    numba compiles anew, for seconds, for an array that is read-only, strided or not aligned.

    Examples
    --------
    >>> plain(np.zeros((2, 3)).T).flags.c_contiguous
    True
    """
    return np.require(array, np.float32, ("C", "A", "W"))


def as_cells(images: ndarray) -> ndarray:
    """Return images (images, height, width, channels) as (images, height·width, channels).

    Examples
    --------
    >>> as_cells(np.zeros((2, 3, 4, 5))).shape
    (2, 12, 5)
    """
    return images.reshape(len(images), images.shape[1] * images.shape[2], images.shape[3])


def scratch(*shapes: tuple[int, ...]) -> list[ndarray]:
    """Return float32 arrays with arbitrary content, this thread's own until it asks again.

    Examples
    --------
    >>> [array.shape for array in scratch((2, 3), (4,))]
    [(2, 3), (4,)]
    """
    sizes = [-(-math.prod(shape) // ALIGNMENT) * ALIGNMENT for shape in shapes]
    buffer = getattr(_of_thread, "buffer", None)
    if buffer is None or len(buffer) < sum(sizes):
        buffer = _aligned(sum(sizes))
        _of_thread.buffer = buffer
    arrays, low = [], 0
    for shape, size in zip(shapes, sizes, strict=True):
        arrays.append(buffer[low : low + math.prod(shape)].reshape(shape))
        low += size
    return arrays


def _aligned(size: int) -> ndarray:
    """Return a float32 array that begins at a multiple of the alignment."""
    whole = np.empty(size + ALIGNMENT, np.float32)
    skip = (-whole.ctypes.data // whole.itemsize) % ALIGNMENT
    return whole[skip : skip + size]
