"""Result arrays in recycled memory.

Fresh memory costs a page fault for every 4 KiB that is first written, which makes the results of a
training step several times slower to write (`benchmarks/overheads.py`). A block of memory therefore
returns to this pool when the last array in it is gone, and the next result of its size reuses it. The
caller returns nothing explicitly.

The pool holds at most `LIMIT` bytes of free blocks. Once a second, a background thread frees the blocks
that were not needed since its last visit, and ends when none are left: memory that is no longer
used, such as that of a deleted model, returns to the system by itself.

Blocks are aligned to 64 bytes, a cache line and an AVX-512 register.
"""

import math
import os
import weakref
from collections import defaultdict
from functools import lru_cache
from threading import Event, Lock, Thread
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import KernelError

SMALLEST = 1 << 15  # bytes; the system's allocator recycles smaller ones itself
LIMIT = 1 << 28  # bytes of free blocks
ALIGNMENT = 64  # bytes
TRIM_INTERVAL = 1.0  # seconds

F32 = np.dtype(np.float32)


def empty(shape: tuple[int, ...], dtype: Any = F32) -> ndarray:
    """Return an array with arbitrary content, as `numpy.empty` does."""
    size = _block_size(shape, dtype)
    if size == 0:
        return np.empty(shape, dtype)
    try:
        block = _pool.free[size].pop()
    except IndexError:
        block = _pool.make(size)
    else:
        _pool.bytes -= size
        block.idle = False
    return ndarray(shape, dtype, block.view(_Lease))


def release() -> None:
    """Return all free blocks to the system."""
    _pool.release()


def cached_bytes() -> int:
    """Return the size of all free blocks."""
    return _pool.cached_bytes()


class _Block(ndarray):
    """Bytes that start at a multiple of the alignment."""

    idle = False  # whether nobody has used it since the last trim


class _Lease(ndarray):
    """A view of a block in use. All arrays in it refer to the lease, so it dies with the last."""

    __slots__ = ()

    def __del__(self) -> None:
        # It may die anywhere, even while this thread holds the lock, so it takes none
        block = self.base
        if _pool is not None and isinstance(block, _Block):  # None: Python is exiting
            size = block.nbytes
            if _pool.bytes + size <= LIMIT:
                _pool.bytes += size
                _pool.free[size].append(block)


class _Pool:
    """Free blocks by size, each list a stack: what is used least is at its bottom."""

    def __init__(self) -> None:
        self.free: dict[int, list[_Block]] = defaultdict(list)
        self.bytes = 0  # in them; threads that count at once may miscount until the next trim
        self.lock = Lock()
        self.trimmer: Thread | None = None

    def make(self, size: int) -> _Block:
        """Return a new block."""
        with self.lock:
            if self.trimmer is None:
                self.trimmer = Thread(
                    target=self._trim_regularly, name="minicnn-memory", daemon=True
                )
                self.trimmer.start()
        try:
            return _aligned(size)
        except MemoryError:
            self.release()
            return _aligned(size)

    def release(self) -> None:
        """Free all blocks."""
        self.free.clear()
        self.bytes = 0

    def cached_bytes(self) -> int:
        """Count the bytes of free blocks."""
        return sum(size * len(blocks) for size, blocks in list(self.free.items()))

    def trim(self) -> bool:
        """Free the blocks that were not used since the last call; return whether any are left."""
        for blocks in list(self.free.values()):
            now = blocks.copy()
            del blocks[: sum(block.idle for block in now)]
            for block in now:
                block.idle = True
        self.bytes = self.cached_bytes()
        return self.bytes > 0

    def _trim_regularly(self) -> None:
        idle = Event()
        while True:
            idle.wait(TRIM_INTERVAL)
            if not self.trim():
                with self.lock:
                    self.trimmer = None
                return


@lru_cache(1024)  # a training step asks for the same results again and again
def _block_size(shape: tuple[int, ...], dtype: Any) -> int:
    """Return the bytes of the block for such an array; 0 if it is too small for one."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    return 0 if size < SMALLEST else _rounded(size)


def _rounded(size: int) -> int:
    """Round up by an eighth at most, so that results of similar size share blocks."""
    grain = 1 << (size.bit_length() - 4)
    return -(-size // grain) * grain


def _aligned(size: int) -> _Block:
    """Return a new block."""
    memory = _Block(size + ALIGNMENT, np.uint8)
    skip = -memory.ctypes.data % ALIGNMENT
    return memory[skip : skip + size].view(_Block)


def _check_views() -> None:
    """Raise KernelError if views of a result do not keep its lease alive.

    NumPy lets a view refer to the owner of its memory, but does not skip an array of another class on
    the way there. Otherwise memory would be reused while a view still reads it.
    """
    for view in (
        lambda a: a[..., ::2][1:],
        lambda a: a.reshape(-1).view(np.int32),
        lambda a: a.data,
    ):
        lease = _aligned(SMALLEST).view(_Lease)
        alive = weakref.ref(lease)
        result = ndarray((16, 16), F32, lease)
        kept = view(result)
        del lease, result
        if alive() is None:
            raise KernelError("views of arrays do not keep their memory with this version of NumPy")
        del kept


_pool = _Pool()
_check_views()


def _after_fork() -> None:
    """Start again with an empty pool: another thread of the parent may have held the lock."""
    global _pool
    _pool = _Pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
