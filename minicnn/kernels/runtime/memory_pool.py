"""Arrays for results, in memory that was used before.

Memory fresh from the system costs a page fault every 4 KiB when it is first written, and the results of
a training step then take several times longer to write (`benchmarks/overheads.py`). A block of
memory therefore comes back here when the last array that uses it is gone, and the next result of
its size is put into it. Nobody needs to give anything back.

Blocks begin at a multiple of 64 bytes, a line of the cache and an AVX-512 register.
"""

import math
from collections import defaultdict
from functools import lru_cache
from typing import Any

import numpy as np
from numpy import ndarray

SMALLEST = 1 << 15  # bytes; smaller ones the system's allocator keeps by itself
MOST_KEPT = 1 << 30  # bytes of free blocks; more go back to the system
ALIGNMENT = 64  # bytes

F32 = np.dtype(np.float32)

_free: dict[int, list["_Block"]] = defaultdict(list)  # blocks by size
_kept = [0]  # bytes in `_free`


def empty(shape: tuple[int, ...], dtype: Any = F32) -> ndarray:
    """Return an array with arbitrary content, as `numpy.empty` does."""
    size = _block_size(shape, dtype)
    if size == 0:
        return np.empty(shape, dtype)
    try:
        block = _free[size].pop()
        _kept[0] -= size
    except IndexError:
        block = _aligned(size)
    return ndarray(shape, dtype, block.view(_Loan))


class _Block(ndarray):
    """Bytes that begin at a multiple of the alignment."""


class _Loan(ndarray):
    """A block in use. The arrays in it hold on to this; when the last is gone, it goes too."""

    __slots__ = ()

    def __del__(self) -> None:
        if _free is None:  # Python ends, and a module's names go before the last arrays do
            return
        block = self.base
        if not isinstance(block, _Block):
            return
        size = block.nbytes
        if _kept[0] + size <= MOST_KEPT:
            _kept[0] += size
            _free[size].append(block)


@lru_cache(1024)  # a training step asks for the same results again and again
def _block_size(shape: tuple[int, ...], dtype: Any) -> int:
    """Return the bytes of the block for such an array; 0 where it is too small for one."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    return 0 if size < SMALLEST else _rounded(size)


def _rounded(size: int) -> int:
    """Return the size of the block for so many bytes: an eighth more at most, to fit again."""
    grain = 1 << (size.bit_length() - 4)
    return -(-size // grain) * grain


def _aligned(size: int) -> _Block:
    """Return a new block."""
    whole = _Block(size + ALIGNMENT, np.uint8)
    skip = -whole.ctypes.data % ALIGNMENT
    return whole[skip : skip + size].view(_Block)
