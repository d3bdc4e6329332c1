"""Arrays as the compiled functions take them, and room for them to work in.

What a kernel needs only while it runs is cut from one buffer of the calling thread, which stays.
"""

import math
import threading

import numpy as np
from numpy import ndarray

from minicnn.ops import recycled
from minicnn.ops.parallel import thread_count

ALIGNMENT = 16  # float32 numbers: 64 bytes, a line of the cache and an AVX-512 register
F32 = np.dtype(np.float32)

_of_thread = threading.local()


def plain(array: ndarray) -> ndarray:
    """Return the array as float32 in the one layout that is compiled for; a copy where it must be.

    numba compiles anew, for seconds, for an array that is read-only, strided or not aligned.

    Examples
    --------
    >>> plain(np.zeros((2, 3)).T).flags.c_contiguous
    True
    """
    if array.dtype == F32 and array.flags.carray:
        return array
    return np.require(array, F32, ("C", "A", "W"))


def as_cells(images: ndarray) -> ndarray:
    """Return images (images, height, width, channels) as (images, height·width, channels).

    Examples
    --------
    >>> as_cells(np.zeros((2, 3, 4, 5))).shape
    (2, 12, 5)
    """
    return images.reshape(len(images), images.shape[1] * images.shape[2], images.shape[3])


def rooms(*shapes: tuple[int, ...]) -> list[ndarray]:
    """Return float32 arrays with arbitrary content, the calling thread's own until it asks again.

    Each has a first axis for the threads that `minicnn.ops.parallel` shares the work among.

    Examples
    --------
    >>> [array.shape[1:] for array in rooms((2, 3), (4,))]
    [(2, 3), (4,)]
    """
    shapes = tuple((thread_count(), *shape) for shape in shapes)
    sizes = [-(-math.prod(shape) // ALIGNMENT) * ALIGNMENT for shape in shapes]
    buffer = getattr(_of_thread, "buffer", None)
    if buffer is None or len(buffer) < sum(sizes):
        buffer = _of_thread.buffer = recycled.empty((sum(sizes),))
    arrays, low = [], 0
    for shape, size in zip(shapes, sizes, strict=True):
        arrays.append(buffer[low : low + math.prod(shape)].reshape(shape))
        low += size
    return arrays
