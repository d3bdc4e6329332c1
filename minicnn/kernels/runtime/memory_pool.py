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
from collections import deque
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
    return ndarray(shape, dtype, _pool.take(size).view(_Lease))


def release() -> None:
    """Return all free blocks to the system."""
    _pool.release()


def cached_bytes() -> int:
    """Return the size of all free blocks."""
    return _pool.cached_bytes()


class _Block(ndarray):
    """Bytes that start at a multiple of the alignment."""


class _Lease(ndarray):
    """A view of a block in use. All arrays in it refer to the lease, so it dies with the last."""

    __slots__ = ()

    def __del__(self) -> None:
        if _returned is not None and isinstance(self.base, _Block):  # None: Python is exiting
            _returned.append(self.base)


# Leases die anywhere, even while this thread holds the pool's lock: they only append here.
_returned: deque[_Block] = deque()


class _Pool:
    """Free blocks by size."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.free: dict[int, list[_Block]] = {}
        self.unneeded: dict[int, int] = {}  # fewest free blocks of a size since the last trim
        self.bytes = 0
        self.trimmer: Thread | None = None

    def take(self, size: int) -> _Block:
        """Return a block: a free one if possible."""
        with self.lock:
            if _returned:
                self._collect()
            if blocks := self.free.get(size):
                block = blocks.pop()
                self.bytes -= size
                if len(blocks) < self.unneeded[size]:
                    self.unneeded[size] = len(blocks)
                return block
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
        with self.lock:
            _returned.clear()
            self.free.clear()
            self.unneeded.clear()
            self.bytes = 0

    def cached_bytes(self) -> int:
        """Count the bytes of free blocks."""
        with self.lock:
            self._collect()
            return self.bytes

    def trim(self) -> bool:
        """Free the blocks that were not needed since the last call; return whether any are left."""
        with self.lock:
            self._collect()
            for size, blocks in list(self.free.items()):
                del blocks[: self.unneeded[size]]
                self.bytes -= self.unneeded[size] * size
                self.unneeded[size] = len(blocks)
                if not blocks:
                    del self.free[size], self.unneeded[size]
            return bool(self.free)

    def _collect(self) -> None:
        """Take in the blocks of leases that have died, and keep to the limit."""
        while _returned:
            block = _returned.popleft()
            size = block.nbytes
            if size not in self.free:
                self.free[size], self.unneeded[size] = [], 0
            self.free[size].append(block)
            self.bytes += size
        while self.bytes > LIMIT:  # from the sizes first used; what is unused is trimmed anyway
            size = next(size for size, blocks in self.free.items() if blocks)
            del self.free[size][0]
            self.bytes -= size
            self.unneeded[size] = min(self.unneeded[size], len(self.free[size]))

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
    _returned.clear()
    _pool = _Pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
