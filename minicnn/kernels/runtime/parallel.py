"""The one place where work is split among threads.

A kernel is a serial function of a range of its chunks, the units of scheduling; `task_slot` runs it on
several threads in compiled code. This module owns the helper threads and decides when they are used.

A sum over chunks (the gradient of a weight) is computed as a fixed number of partial sums, which are
added in a fixed order: the result has the same bits for any number of threads.
"""

import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from time import perf_counter
from typing import Any

import numpy as np

from minicnn import checks
from minicnn.errors import KernelWarning
from minicnn.kernels.runtime.task_slot import SLEPT, WORDS, worker_loop

PARTIAL_SUMS = 8  # of a gradient: more cost memory, fewer leave cores idle
RANGES_PER_THREAD = 2  # a thread takes this fraction of the chunks that are left: 1 / (2·threads)
SPIN_LIMIT = 20_000  # pauses, about half a millisecond, before a helper without a task sleeps
MAX_THREADS = 256

# After a caller had to sleep long for a helper, it works alone for a while: a process needs the core.
# The break is twice as long as the task, and each time that this happens again soon twice the last one.
# Long is a millisecond, and half of the task: not the rest of a chunk, but another process's time slice.
SLEEP, LATE = 6e-5, 1e-3  # seconds, that a caller sleeps at a time, and that it waits at least
SHORTEST_BREAK, LONGEST_BREAK = 1e-3, 1.0  # seconds
FORGET_AFTER = 10  # breaks without trouble, after which the next break is a short one again


@cache
def thread_count() -> int:
    """Return the number of threads that share work: ``MINICNN_THREADS``, or the available cores.

    Raises
    ------
    ValueError
        If ``MINICNN_THREADS`` is not an integer from 1 to 256.
    """
    text = os.environ.get("MINICNN_THREADS", "").strip()
    if not text:
        return available_cores()
    value: Any = int(text) if text.isdecimal() else text
    name = "the environment variable MINICNN_THREADS"
    return checks.integer("", name, value, minimum=1, maximum=MAX_THREADS)


def parallel_for(kernel: Callable[..., None], count: int, *arguments: Any) -> None:
    """Run the `count` chunks of a `task_slot.parallel_kernel` on all threads."""
    pool = _pool or _start_pool()
    if not pool.divisor or (pool.alone_until and perf_counter() < pool.alone_until):
        kernel(pool.slot, count, 0, *arguments)
        return
    if pool.idle and count > 1:
        pool.notify()
    start = perf_counter()
    kernel(pool.slot, count, pool.divisor, *arguments)
    if pool.slept[0] != pool.sleeps:
        duration = perf_counter() - start
        waited = SLEEP * (pool.slept[0] - pool.sleeps)
        pool.sleeps = pool.slept[0]
        if waited > max(LATE, duration / 2):
            pool.take_break(duration)


def partial_bounds(count: int) -> list[int]:
    """Return where the partial sums of `count` items start and end; depends on `count` only."""
    parts = max(min(PARTIAL_SUMS, count), 1)
    return [part * count // parts for part in range(parts + 1)]


class _Helper(Thread):
    """A thread that helps while there are tasks, and sleeps if there has been none for a while."""

    def __init__(self, pool: "_Pool", thread_id: int) -> None:
        super().__init__(name=f"minicnn-{thread_id}", daemon=True)
        self.pool, self.thread_id = pool, thread_id
        self.notified = Lock()  # held; another thread releases it to wake this one
        self.notified.acquire()

    def run(self) -> None:
        while True:
            worker_loop(self.pool.slot, self.thread_id, SPIN_LIMIT)
            self.pool.idle.append(self)
            self.notified.acquire()


class _Pool:
    """The helper threads, and the slot that they watch."""

    def __init__(self, threads: int) -> None:
        self.slot = np.zeros(WORDS, np.int64)
        self.slept = self.slot.data[SLEPT : SLEPT + 1]
        self.sleeps = 0  # up to the last task
        self.alone_until, self.length = 0.0, SHORTEST_BREAK  # of the last break
        self.idle: list[_Helper] = []
        self.divisor = 0  # 0: callers work alone
        for thread_id in range(1, threads):
            try:
                _Helper(self, thread_id).start()
            except RuntimeError as error:
                warnings.warn(
                    f"minicnn uses {thread_id} instead of {threads} threads: {error}.",
                    KernelWarning,
                    stacklevel=4,
                )
                break
            self.divisor = RANGES_PER_THREAD * (thread_id + 1)

    def notify(self) -> None:
        """Wake idle helpers; one that falls asleep just now may miss this task."""
        with suppress(IndexError):  # none are left; another caller may wake them too
            while True:
                self.idle.pop().notified.release()

    def take_break(self, duration: float) -> None:
        """Let callers work alone for a while, after a task of this duration in seconds."""
        now = perf_counter()
        recent = now - duration - self.alone_until < FORGET_AFTER * self.length
        length = max(2 * duration, 2 * self.length if recent else 0, SHORTEST_BREAK)
        self.length = min(length, LONGEST_BREAK)
        self.alone_until = now + self.length


_pool: _Pool | None = None
_starting = Lock()


def _start_pool() -> _Pool:
    """Return the one pool of the process, however many threads ask first."""
    global _pool
    with _starting:
        if _pool is None:
            _pool = _Pool(thread_count())
        return _pool


def _forget_pool() -> None:
    """Start again in a forked child, which has none of its parent's threads."""
    global _pool, _starting
    _pool, _starting = None, Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)


def available_cores() -> int:
    """Return the cores that this process may use, by its affinity and by the quota of its cgroup."""
    affinity = getattr(os, "sched_getaffinity", None)  # not everywhere
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(int(min(cores, _cgroup_quota())), 1)


def _cgroup_quota(
    root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")
) -> float:
    """Return the CPU seconds per second that the process' control groups allow (Linux)."""
    quota = float("inf")
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return quota
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        base = root if not controllers else root / "cpu"  # version 2, or 1
        for folder in [base, *(base / parent for parent in _parents(path))]:
            with suppress(OSError, ValueError):
                if controllers:
                    limit = (folder / "cpu.cfs_quota_us").read_text()
                    period = (folder / "cpu.cfs_period_us").read_text()
                else:
                    limit, period = (folder / "cpu.max").read_text().split()
                if float(limit) > 0:  # "max" is not a number, −1 means no limit
                    quota = min(quota, float(limit) / float(period))
    return quota


def _parents(path: str) -> list[str]:
    """Return a path and the folders that it is in, without the root."""
    parts = [part for part in path.split("/") if part]
    return ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
