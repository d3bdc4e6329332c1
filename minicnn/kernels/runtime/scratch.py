"""Arrays as the compiled functions take them, and room for them to work in.

What a kernel needs only while it runs is cut from one buffer of the calling thread, which stays; so
do the arrays that were cut, for a training step asks for the same ones again and again.
"""

import math
import threading
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime.parallel import thread_count

ALIGNMENT = 16  # float32 numbers: 64 bytes, a line of the cache and an AVX-512 register
F32 = np.dtype(np.float32)

MOST_KEPT = 256  # sets of arrays: views, a few hundred bytes each


class _Buffer(threading.local):
    """The memory of one thread, and the arrays that were cut from it, by their shapes."""

    def __init__(self) -> None:
        self.memory = recycled.empty((0,))
        self.cuts: dict[tuple[Any, ...], list[ndarray]] = {}


_of_thread = _Buffer()


def plain(array: ndarray) -> ndarray:
    """Return the array as float32 in the one layout that is compiled for; a copy where it must be."""
    if array.dtype == F32 and array.flags.carray:
        return array
    return np.require(array, F32, ("C", "A", "W"))


def rooms(*shapes: tuple[int, ...]) -> list[ndarray]:
    """Return float32 arrays with arbitrary content, the calling thread's own until it asks again."""
    arrays = _of_thread.cuts.get(shapes)
    if arrays is None:
        threads = thread_count()
        arrays = _cut([(threads, *shape) for shape in shapes])
        _of_thread.cuts[shapes] = arrays
    return arrays.copy()


def _cut(shapes: list[tuple[int, ...]]) -> list[ndarray]:
    """Return arrays side by side in the thread's buffer, which grows where it is too small."""
    sizes = [-(-math.prod(shape) // ALIGNMENT) * ALIGNMENT for shape in shapes]
    if len(_of_thread.memory) < sum(sizes) or len(_of_thread.cuts) >= MOST_KEPT:
        _of_thread.cuts.clear()  # else they would keep the smaller buffer
    if len(_of_thread.memory) < sum(sizes):
        _of_thread.memory = recycled.empty((sum(sizes),))
    arrays, low = [], 0
    for shape, size in zip(shapes, sizes, strict=True):
        arrays.append(_of_thread.memory[low : low + math.prod(shape)].reshape(shape))
        low += size
    return arrays
