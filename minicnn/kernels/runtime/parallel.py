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
from minicnn.kernels.runtime.task_slot import WORDS, worker_loop

PARTIAL_SUMS = 8  # of a gradient: more cost memory, fewer leave cores idle
RANGES_PER_THREAD = 2  # a thread takes this fraction of the chunks that are left: 1 / (2·threads)
SPIN_LIMIT = 20_000  # pauses, about half a millisecond, before a helper without a task sleeps
MAX_THREADS = 256

# Helpers that share their cores with other programs delay tasks more than they help. Whether they do is
# measured: after a period with or without helpers, the other choice is tried, and the faster one taken.
SHORTEST_PERIOD, LONGEST_PERIOD = (
    0.1,
    5.0,
)  # seconds of tasks; doubled while the choice stays the same
TRIAL = 0.03  # seconds of tasks
GAIN = 1.05  # how much faster the other choice must be


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
    """Run the `count` chunks of a `task_slot.parallel_kernel` on all threads that help."""
    pool = _pool or _start_pool()
    if not pool.divisor or count < 2:
        kernel(pool.slot, count, 0, *arguments)
        return
    choice = pool.choice
    helped = choice.helped
    start = perf_counter()
    if helped and pool.idle:
        pool.notify()
    kernel(pool.slot, count, pool.divisor if helped else 0, *arguments)
    choice.record(helped, (kernel, count, arguments[0].shape), perf_counter() - start)


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
        self.choice = _Choice()
        self.idle: list[_Helper] = []
        self.divisor = 0  # 0: callers work alone
        for thread_id in range(1, threads):
            worker_loop(self.slot, thread_id, 0)  # compiled here, not while other code runs
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


class _Choice:
    """Whether tasks run with helpers, which is what was faster when last compared."""

    def __init__(self) -> None:
        self.helped = True
        self.trial = False
        self.left = self.length = (
            SHORTEST_PERIOD  # of the period; pauses between tasks do not count
        )
        self.times: dict[bool, dict[Any, list[float]]] = {True: {}, False: {}}  # seconds, tasks
        self.switching = Lock()

    def record(self, helped: bool, task: Any, seconds: float) -> None:
        """Note how long a task took; tasks are compared with their like."""
        total = self.times[helped].setdefault(task, [0.0, 0.0])
        total[0] += seconds
        total[1] += 1
        self.left -= seconds
        if self.left < 0:
            with self.switching:
                if self.left < 0:  # otherwise another thread has just done it
                    self._next_period()

    def _next_period(self) -> None:
        """Begin a trial of the other choice, or, after one, a longer period with the faster one."""
        if self.trial:
            stays = self.gain() < GAIN
            length = self.length * 2 if stays else self.length / 8
            self.length = min(max(length, SHORTEST_PERIOD), LONGEST_PERIOD)
            self.helped ^= stays
        else:
            self.helped = not self.helped
        self.trial = not self.trial
        self.left = TRIAL if self.trial else self.length
        self.times[self.helped].clear()

    def gain(self) -> float:
        """Return how many times faster this choice is than the other, over their common tasks."""
        ours, others = self.times[self.helped], self.times[not self.helped]
        time = other_time = 0.0
        for task in ours.keys() & others.keys():
            (seconds, tasks), (other_seconds, other_tasks) = ours[task], others[task]
            weight = max(tasks, other_tasks)
            time += weight * seconds / tasks
            other_time += weight * other_seconds / other_tasks
        return other_time / time if time > 0 else 1.0


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
