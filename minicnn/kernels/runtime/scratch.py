"""Scratch memory for kernels, from one buffer per calling thread.

Its arrays are cached by shape, because a training step asks for the same ones again and again.
"""

import math
import threading
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.kernels.runtime import memory_pool
from minicnn.kernels.runtime.parallel import thread_count

ALIGNMENT = 16  # float32 elements: 64 bytes, a cache line and an AVX-512 register
F32 = np.dtype(np.float32)

MAX_CACHED = 256  # sets of arrays: views, a few hundred bytes each


class _Buffer(threading.local):
    """The memory of one thread, and the arrays in it by their shapes."""

    def __init__(self) -> None:
        self.memory = memory_pool.empty((0,))
        self.arrays: dict[tuple[Any, ...], list[ndarray]] = {}


_buffer = _Buffer()


def scratch(*shapes: tuple[int, ...]) -> list[ndarray]:
    """Return float32 arrays (threads, *shape) with arbitrary content, valid until the next call."""
    arrays = _buffer.arrays.get(shapes)
    if arrays is None:
        threads = thread_count()
        arrays = _buffer.arrays[shapes] = _allocate([(threads, *shape) for shape in shapes])
    return arrays.copy()


def _allocate(shapes: list[tuple[int, ...]]) -> list[ndarray]:
    """Return adjacent arrays in the thread's buffer, which grows if necessary."""
    sizes = [-(-math.prod(shape) // ALIGNMENT) * ALIGNMENT for shape in shapes]
    if len(_buffer.memory) < sum(sizes) or len(_buffer.arrays) >= MAX_CACHED:
        _buffer.arrays.clear()  # they would keep the smaller buffer alive
    if len(_buffer.memory) < sum(sizes):
        _buffer.memory = memory_pool.empty((sum(sizes),))
    arrays, start = [], 0
    for shape, size in zip(shapes, sizes, strict=True):
        arrays.append(_buffer.memory[start : start + math.prod(shape)].reshape(shape))
        start += size
    return arrays
