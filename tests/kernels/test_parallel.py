"""How work is shared among threads."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from numba import njit

from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.task_slot import TAKEN, job, share


@njit(nogil=True)
def _count(times, workers, effort, low, high, thread):
    """Count how often each piece is done, and how many by whom; slowly."""
    for piece in range(low, high):
        times[piece] += 1
        workers[thread] += 1
        for _ in range(effort):
            times[piece] = times[piece] * 3 - 2 * times[piece]


@njit(nogil=True)
def _share_count(board, count, step, *arguments):
    share(board, count, step, *job(_count, arguments))


def count_pieces(count, threads, effort=0):
    times, workers = np.zeros(count, np.int64), np.zeros(threads, np.int64)
    parallel.run(_share_count, count, times, workers, effort)
    return times, workers


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 100, 10_007])
def test_every_piece_is_done_once(count, threads, share_among):
    share_among(threads)
    for _ in range(20):
        times, workers = count_pieces(count, threads)
        assert (times == 1).all()
        assert workers.sum() == count


def wait_for_help():
    deadline = time.monotonic() + 60  # a busy machine may keep the helper waiting
    while time.monotonic() < deadline:
        _, workers = count_pieces(1000, 2, effort=10_000)
        if workers.min() > 0:
            return
    pytest.fail("the second thread did nothing in a minute")


def test_helpers_help(share_among):
    share_among(2)
    wait_for_help()


def test_a_helper_that_sleeps_is_called(share_among):
    share_among(2)
    count_pieces(100, 2)
    team = parallel._team()
    for _ in range(1000):
        if team.asleep:
            break
        time.sleep(0.01)
    assert team.asleep
    wait_for_help()
    assert parallel._team() is team


def test_while_another_has_the_board_the_work_is_done_alone(share_among):
    share_among(2)
    board = parallel._team().board
    board[TAKEN] = 1
    times, workers = count_pieces(1000, 2, effort=10_000)
    assert (times == 1).all()
    assert workers.tolist() == [1000, 0]
    assert board[TAKEN] == 1  # it is the other's to give back
    board[TAKEN] = 0
    wait_for_help()
    assert board[TAKEN] == 0


def test_several_threads_of_the_program_share_work_at_once(share_among):
    share_among(2)
    together = threading.Barrier(4, timeout=60)

    def many(number):
        together.wait()
        return all((count_pieces(50 + number, 2, effort=20)[0] == 1).all() for _ in range(300))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(many, range(4)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_helpers_of_its_own(share_among):
    share_among(2)
    count_pieces(100, 2)
    child = os.fork()
    if child == 0:
        right = (count_pieces(100, 2)[0] == 1).all()
        os._exit(0 if right else 1)
    assert os.waitpid(child, 0)[1] == 0


@given(count=st.integers(1, 5000))
def test_chunks_cover_the_range_in_order(count):
    bounds = parallel.chunk_bounds(count)
    assert (bounds[0], bounds[-1]) == (0, count)
    sizes = [high - low for low, high in zip(bounds, bounds[1:])]  # noqa: B905, RUF007
    assert min(sizes) >= 1
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5"])
def test_a_wrong_number_of_threads(value, share_among):
    share_among(value)
    with pytest.raises(
        ValueError, match=f"whole number from 1 on, got '{value}'.*MINICNN_THREADS=2"
    ):
        count_pieces(100, 2)


def test_by_default_as_many_threads_as_cores(share_among):
    share_among(None)
    assert parallel.thread_count() >= 1
    share_among("")
    assert parallel.thread_count() >= 1
    share_among(" 3 ")
    assert parallel.thread_count() == 3


def test_the_number_of_threads_is_read_once(share_among, monkeypatch):
    share_among(3)
    count_pieces(100, 3)
    monkeypatch.setenv("MINICNN_THREADS", "two")
    assert parallel.thread_count() == 3
    assert (count_pieces(100, 3)[0] == 1).all()
