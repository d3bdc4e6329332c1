"""The one place where work is split over threads.

A fast operation is a serial kernel that releases the GIL and takes a range of its work; here the
ranges are handed to threads. BLAS' own threads are off meanwhile: a core runs one of the two.

Work that sums over its range (a weight's gradient) is cut into a fixed number of chunks whose sums
are added in a fixed order, so that the result has the same bits with any number of threads.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Any

CHUNKS = 8  # partial sums of a gradient: more cost memory, fewer leave cores idle


def thread_count() -> int:
    """Return how many threads share the work: ``MINICNN_THREADS``, else the cores there are.

    Raises
    ------
    ValueError
        If ``MINICNN_THREADS`` is not a whole number from 1 on.
    """
    chosen = os.environ.get("MINICNN_THREADS", "").strip()
    if not chosen:
        return _cores()
    if not chosen.isdecimal() or int(chosen) < 1:
        raise ValueError(
            f"the environment variable MINICNN_THREADS takes a whole number from 1 on, "
            f"got {chosen!r}. Write for example MINICNN_THREADS=2."
        )
    return int(chosen)


def for_ranges(count: int, work: Callable[[int, int], Any]) -> None:
    """Call ``work(low, high)`` on as many parts of ``range(count)`` as there are threads, and wait.

    Parameters
    ----------
    count : int
        Pieces of work, such as images.
    work : callable
        Releases the GIL; its parts must not write to the same cells.
    """
    parts = min(thread_count(), count)
    bounds = [part * count // parts for part in range(parts + 1)] if parts else []
    with serial_blas():
        if parts <= 1:
            work(0, count)
            return
        others = [
            _pool(os.getpid(), thread_count()).submit(work, low, high)
            for low, high in pairwise(bounds[1:])
        ]
        work(bounds[0], bounds[1])
        for other in others:
            other.result()


def chunk_bounds(count: int) -> list[int]:
    """Return where the chunks of a summing operation begin and end; it depends on `count` alone.

    Examples
    --------
    >>> chunk_bounds(32)
    [0, 4, 8, 12, 16, 20, 24, 28, 32]
    """
    chunks = max(min(CHUNKS, count), 1)
    return [chunk * count // chunks for chunk in range(chunks + 1)]


class _BlasThreads:
    """Counts who needs BLAS to be serial; the last one out restores its threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.limit: Any = None

    def enter(self) -> None:
        with self.lock:
            if self.users == 0:
                self.limit = _blas_controller().limit(limits=1)
            self.users += 1

    def leave(self) -> None:
        with self.lock:
            self.users -= 1
            if self.users == 0:
                self.limit.restore_original_limits()


_blas_threads = _BlasThreads()


@contextmanager
def serial_blas() -> Iterator[None]:
    """Keep BLAS from starting threads of its own while a kernel runs."""
    _blas_threads.enter()
    try:
        yield
    finally:
        _blas_threads.leave()


@cache
def _blas_controller() -> Any:
    """Find the BLAS libraries in this process, SciPy's among them, once."""
    import scipy.linalg.cython_blas  # noqa: F401  (numba reaches BLAS through it)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


@cache
def _pool(process: int, threads: int) -> ThreadPoolExecutor:
    """Return the threads; a forked process has none of its parent's, so it makes its own."""
    return ThreadPoolExecutor(threads, thread_name_prefix="minicnn")


@cache
def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
