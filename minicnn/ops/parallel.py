"""The one place where work is split over threads.

A fast operation is a serial kernel that releases the GIL and takes a range of its work; here the
ranges are handed to threads. They multiply matrices themselves (`minicnn.ops.matmul`), so that BLAS'
own threads have nothing to do meanwhile.

Work that sums over its range (a weight's gradient) is cut into a fixed number of chunks whose sums
are added in a fixed order, so that the result has the same bits with any number of threads.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
    if parts <= 1:
        work(0, count)
        return
    pool = _pool(os.getpid(), thread_count())
    others = [pool.submit(work, low, high) for low, high in pairwise(bounds[1:])]
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
