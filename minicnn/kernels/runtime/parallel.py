"""The one place where work is split over threads.

A fast operation is a serial kernel that takes a range of its work; `task_slot` shares it out in compiled
code, which holds no lock of Python's. Here are the threads that help.

Work that sums over its range (a weight's gradient) is cut into a fixed number of chunks whose sums
are added in a fixed order, so that the result has the same bits with any number of threads.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from threading import Lock, Thread
from typing import Any

import numpy as np

from minicnn.kernels.runtime.task_slot import WORDS, attend

CHUNKS = 8  # partial sums of a gradient: more cost memory, fewer leave cores idle
TURNS = 8  # pieces of work a thread: a core that is held up by others leaves its pieces to the rest
PATIENCE = 20_000  # pauses, about half a millisecond, before a helper without work sleeps


@cache
def thread_count() -> int:
    """Return how many threads share the work: ``MINICNN_THREADS``, else the cores there are."""
    words = os.environ.get("MINICNN_THREADS", "").strip()
    if not words:
        return _cores()
    if not words.isdecimal() or int(words) < 1:
        raise ValueError(
            f"the environment variable MINICNN_THREADS takes a whole number from 1 on, "
            f"got {words!r}. Write for example MINICNN_THREADS=2."
        )
    return int(words)


def run(shared: Callable[..., None], count: int, *arguments: Any) -> None:
    """Do `count` pieces of work on all threads."""
    team = _team()
    if team.asleep and count > 1:
        team.wake()
    shared(team.board, count, count // team.turns or 1, *arguments)


def chunk_bounds(count: int) -> list[int]:
    """Return where the chunks of a summing operation begin and end; it depends on `count` alone."""
    chunks = max(min(CHUNKS, count), 1)
    return [chunk * count // chunks for chunk in range(chunks + 1)]


class _Helper(Thread):
    """A thread that helps as long as there is work, and sleeps when there was none for a while."""

    def __init__(self, team: "_Team", number: int) -> None:
        super().__init__(name=f"minicnn-{number}", daemon=True)
        self.team, self.number = team, number
        self.call = Lock()  # held all the time: who wants it sleeps until another thread lets it go
        self.call.acquire()

    def run(self) -> None:
        while True:
            attend(self.team.board, self.number, PATIENCE)
            self.team.asleep.append(self)
            self.call.acquire()


class _Team:
    """The helpers, and the board that they look at."""

    def __init__(self, threads: int) -> None:
        self.board = np.zeros(WORDS, np.int64)
        self.turns = threads * TURNS if threads > 1 else 1  # the work is done in so many, or more
        self.asleep: list[_Helper] = []
        for number in range(1, threads):
            _Helper(self, number).start()

    def wake(self) -> None:
        """Call those that sleep; one that just falls asleep may miss it, and only this one job."""
        with suppress(IndexError):  # none is left; another thread of the program may call them too
            while True:
                self.asleep.pop().call.release()


@cache
def _team() -> _Team:
    """Return the helpers."""
    return _Team(thread_count())


if hasattr(os, "register_at_fork"):  # a forked process has none of its parent's, and makes its own
    os.register_at_fork(after_in_child=_team.cache_clear)


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
