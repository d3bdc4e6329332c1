"""What does not show in an operation's arithmetic: handing work to a thread, memory, caches.

Claims: compiled code hands work to a helper many times faster than Python's thread pool; a result in
memory that was used before is written several times faster than one in memory fresh from the system;
copies of more than the last-level cache holds are faster past the caches, smaller ones through them.
Printed, no result kept.

    python benchmarks/overheads.py
"""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from minicnn.kernels.primitives.copies import stream_copy
from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.task_slot import job, share
from numba import njit

ROUNDS = 2000
SHAPE = (32, 26, 26, 64)  # the result of the lecture's first convolution
RESULTS = 4
MEGABYTES = 1, 4, 8, 16, 32  # copied
LINE = 1 << 14  # numbers that a thread copies at once


@njit(nogil=True)
def _nothing(low, high, thread):
    pass


@njit(nogil=True)
def _share_nothing(board, count, step, *arguments):
    share(board, count, step, *job(_nothing, arguments))


@part
def _copy(source, target, past, low, high, thread):
    for line in range(low, high):
        stream_copy(source, line, target, line, source.shape[1], past)


@njit(nogil=True)
def _share_copy(board, count, step, *arguments):
    share(board, count, step, *job(_copy, arguments))


def copying(megabytes: int, past: bool) -> float:
    """Return how many GB a second are copied."""
    source, target = (recycled.empty((megabytes << 20 >> 16, LINE)) for _ in range(2))
    source[...] = target[...] = 1
    arguments = len(source), source, target, past
    return source.nbytes / microseconds(lambda: parallel.run(_share_copy, *arguments), 50) / 1e3


def microseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of a call."""
    work()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return 1e6 * statistics.median(times)


def main() -> None:
    """Measure and print."""
    pool = ThreadPoolExecutor(1)
    by_pool = microseconds(lambda: pool.submit(_nothing, 0, 1, 1).result(), ROUNDS)
    by_team = microseconds(lambda: parallel.run(_share_nothing, 100), ROUNDS)
    print(f"nothing, handed to a thread: thread pool {by_pool:.1f} µs, team {by_team:.1f} µs")

    def step(empty: Callable[[tuple[int, ...]], np.ndarray]) -> None:
        results = [empty(SHAPE) for _ in range(RESULTS)]  # all are needed until the step is done
        for result in results:
            result[...] = 1

    fresh = microseconds(lambda: step(lambda shape: np.empty(shape, np.float32)), 100)
    again = microseconds(lambda: step(recycled.empty), 100)
    size = RESULTS * np.zeros(SHAPE, np.float32).nbytes / 1e6
    print(f"{size:.0f} MB of results: numpy.empty {fresh:.0f} µs, recycled {again:.0f} µs")
    for megabytes in MEGABYTES:
        through, past = copying(megabytes, False), copying(megabytes, True)
        print(f"copies of {megabytes} MB: through the caches {through:.0f} GB/s, past {past:.0f}")


if __name__ == "__main__":
    main()
