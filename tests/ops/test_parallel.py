"""How work is split over threads."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.ops import parallel


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 100])
def test_every_piece_is_done_once(count, threads, monkeypatch):
    monkeypatch.setenv("MINICNN_THREADS", str(threads))
    done, lock = [], threading.Lock()

    def work(low, high):
        with lock:
            done.extend(range(low, high))

    parallel.for_ranges(count, work)
    assert sorted(done) == list(range(count))


def test_parts_run_in_different_threads(monkeypatch):
    monkeypatch.setenv("MINICNN_THREADS", "2")
    both = threading.Barrier(2, timeout=10)  # passed only where two threads meet
    parallel.for_ranges(2, lambda low, high: both.wait())


@pytest.mark.parametrize("part", [0, 1])
def test_an_error_in_any_part_comes_out(part, monkeypatch):
    monkeypatch.setenv("MINICNN_THREADS", "2")

    def work(low, high):
        if low == part:
            raise ArithmeticError("part")

    with pytest.raises(ArithmeticError, match="part"):
        parallel.for_ranges(2, work)


@given(count=st.integers(1, 5000))
def test_chunks_cover_the_range_in_order(count):
    bounds = parallel.chunk_bounds(count)
    assert (bounds[0], bounds[-1]) == (0, count)
    sizes = [high - low for low, high in zip(bounds, bounds[1:])]  # noqa: B905, RUF007
    assert min(sizes) >= 1
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5"])
def test_a_wrong_number_of_threads(value, monkeypatch):
    monkeypatch.setenv("MINICNN_THREADS", value)
    with pytest.raises(
        ValueError, match=f"whole number from 1 on, got '{value}'.*MINICNN_THREADS=2"
    ):
        parallel.thread_count()


def test_by_default_as_many_threads_as_cores(monkeypatch):
    monkeypatch.delenv("MINICNN_THREADS", raising=False)
    assert parallel.thread_count() >= 1
    monkeypatch.setenv("MINICNN_THREADS", " 3 ")
    assert parallel.thread_count() == 3
