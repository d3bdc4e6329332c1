"""Measure overheads besides arithmetic: starting tasks on threads, page faults, caches.

Claims: the task slot starts work on a helper thread many times faster than Python's thread pool, and
about as fast as numba's `prange`; recycled result memory is several times faster to write than fresh
memory; copies larger than the last-level cache are faster with streaming stores, smaller ones without.
Results are printed, not stored.

    python benchmarks/overheads.py
"""

import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from minicnn.kernels.primitives.copies import stream_copy
from minicnn.kernels.runtime import memory_pool
from minicnn.kernels.runtime.parallel import parallel_for, thread_count
from minicnn.kernels.runtime.task_slot import parallel_kernel
from numba import njit, prange, set_num_threads

ROUNDS = 2000
EFFORTS = 0, 500, 5_000, 50_000  # loop iterations per chunk
SHAPE = (32, 26, 26, 64)  # output of the lecture's first convolution
RESULTS = 4
MEGABYTES = 1, 4, 8, 16, 32  # copied
LINE = 1 << 14  # elements per chunk
LAYERS = "workqueue", "omp", "tbb"  # numba's threading layers


@njit(nogil=True)
def _work(chunk, effort):
    total = np.int64(chunk)
    for step in range(effort):
        total ^= total << 1 ^ step
    return total


@parallel_kernel
def _by_pool(results, workers, effort, start, stop, thread_id):
    workers[thread_id] += stop - start
    for chunk in range(start, stop):
        results[chunk] = _work(chunk, effort)


@njit(nogil=True)
def _alone(results, effort, start, stop):
    for chunk in range(start, stop):
        results[chunk] = _work(chunk, effort)


@njit(parallel=True)
def _by_prange(results, effort):
    for chunk in prange(len(results)):
        results[chunk] = _work(chunk, effort)


@parallel_kernel
def _copy(source, target, streaming, start, stop, thread_id):
    for line in range(start, stop):
        stream_copy(source, line, target, line, source.shape[1], streaming)


def microseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of a call."""
    work()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return 1e6 * statistics.median(times)


def dispatch() -> None:
    """Print the time of a task on one thread and on all, and the fraction done by helpers."""
    chunks = 8 * thread_count()
    executor = ThreadPoolExecutor(thread_count())
    bounds = [number * chunks // thread_count() for number in range(thread_count() + 1)]
    print(f"{chunks} chunks on {thread_count()} threads, µs:")
    for effort in EFFORTS:
        results, workers = np.zeros(chunks, np.int64), np.zeros(thread_count(), np.int64)
        alone = microseconds(lambda: _alone(results, effort, 0, chunks))  # noqa: B023
        workers[:] = 0
        pool = microseconds(lambda: parallel_for(_by_pool, chunks, results, workers, effort))  # noqa: B023
        fraction = workers[1:].sum() / workers.sum()

        def by_executor() -> None:
            ranges = itertools.pairwise(bounds)
            tasks = [executor.submit(_alone, results, effort, *each) for each in ranges]  # noqa: B023
            for task in tasks:
                task.result()

        print(
            f"  alone {alone:7.1f}, task slot {pool:7.1f} (helpers did {fraction:.0%}), "
            f"ThreadPoolExecutor {microseconds(by_executor):7.1f}"
        )


def prange_layer(name: str) -> None:
    """Print the time with numba's `prange` on one threading layer; runs in its own process."""
    set_num_threads(thread_count())
    times = []
    for effort in EFFORTS:
        results = np.zeros(8 * thread_count(), np.int64)
        times.append(microseconds(lambda: _by_prange(results, effort)))  # noqa: B023
    print(f"  prange, {name}: " + ", ".join(f"{each:.1f}" for each in times))


def copy_speed(megabytes: int, streaming: bool) -> float:
    """Return the copy bandwidth in GB/s."""
    source, target = (memory_pool.empty((megabytes << 20 >> 16, LINE)) for _ in range(2))
    source[...] = target[...] = 1
    arguments = len(source), source, target, streaming
    return source.nbytes / microseconds(lambda: parallel_for(_copy, *arguments), 50) / 1e3


def main() -> None:
    """Measure and print."""
    dispatch()
    for layer in LAYERS:
        environment = os.environ | {"NUMBA_THREADING_LAYER": layer}
        command = [sys.executable, __file__, layer]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        print(done.stdout.rstrip() or f"  prange, {layer}: not available")

    def step(empty: Callable[[tuple[int, ...]], np.ndarray]) -> None:
        results = [empty(SHAPE) for _ in range(RESULTS)]  # all live until the end of the step
        for result in results:
            result[...] = 1

    fresh = microseconds(lambda: step(lambda shape: np.empty(shape, np.float32)), 100)
    recycled = microseconds(lambda: step(memory_pool.empty), 100)
    size = RESULTS * np.zeros(SHAPE, np.float32).nbytes / 1e6
    print(f"{size:.0f} MB of results: numpy.empty {fresh:.0f} µs, recycled {recycled:.0f} µs")
    for megabytes in MEGABYTES:
        cached, streamed = copy_speed(megabytes, False), copy_speed(megabytes, True)
        print(f"copies of {megabytes} MB: {cached:.0f} GB/s, with streaming stores {streamed:.0f}")


if __name__ == "__main__":
    prange_layer(sys.argv[1]) if len(sys.argv) > 1 else main()
