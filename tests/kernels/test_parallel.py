"""Splitting work among threads."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from minicnn.errors import KernelWarning
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.task_slot import CLAIMED, parallel_kernel


@parallel_kernel
def _count(times, workers, effort, start, stop, thread_id):
    """Count slowly how often each chunk is run, and how many chunks each thread runs."""
    for chunk in range(start, stop):
        times[chunk] += 1
        workers[thread_id] += 1
        for _ in range(effort):
            times[chunk] = times[chunk] * 3 - 2 * times[chunk]


def count_chunks(count, threads, effort=0):
    times, workers = np.zeros(count, np.int64), np.zeros(threads, np.int64)
    parallel.parallel_for(_count, count, times, workers, effort)
    return times, workers


def pool():
    return parallel._pool or parallel._start_pool()


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 100, 10_007])
def test_every_chunk_is_run_once(count, threads, set_threads):
    set_threads(threads)
    for _ in range(20):
        times, workers = count_chunks(count, threads)
        assert (times == 1).all()
        assert workers.sum() == count


def wait_for_worker():
    deadline = time.monotonic() + 60  # a busy machine may keep the helper waiting
    while time.monotonic() < deadline:
        _, workers = count_chunks(1000, 2, effort=10_000)
        if workers.min() > 0:
            return
    pytest.fail("the second thread did nothing in a minute")


def test_workers_take_chunks(set_threads):
    set_threads(2)
    wait_for_worker()


def test_an_idle_worker_is_notified(set_threads):
    set_threads(2)
    count_chunks(100, 2)
    first = pool()
    for _ in range(1000):
        if first.idle:
            break
        time.sleep(0.01)
    assert first.idle
    wait_for_worker()
    assert pool() is first


def test_a_task_runs_on_one_thread_while_the_slot_is_taken(set_threads):
    set_threads(2)
    slot = pool().slot
    slot[CLAIMED] = 1
    times, workers = count_chunks(1000, 2, effort=10_000)
    assert (times == 1).all()
    assert workers.tolist() == [1000, 0]
    assert slot[CLAIMED] == 1  # the other caller releases it
    slot[CLAIMED] = 0
    wait_for_worker()
    assert slot[CLAIMED] == 0


def test_several_threads_of_the_program_start_tasks_at_once(set_threads):
    set_threads(2)
    together = threading.Barrier(4, timeout=60)

    def many(number):
        together.wait()
        return all((count_chunks(50 + number, 2, effort=20)[0] == 1).all() for _ in range(300))

    with ThreadPoolExecutor(4) as executor:
        assert all(executor.map(many, range(4)))


def helper_count():
    """Count the helper threads, those of earlier pools included; other threads come and go."""
    return sum(isinstance(thread, parallel._Helper) for thread in threading.enumerate())


def test_many_first_calls_at_once_start_one_pool(set_threads):
    set_threads(4)
    before = helper_count()
    together = threading.Barrier(8, timeout=60)

    def first_call(_):
        together.wait()
        count_chunks(100, 4)
        return pool()

    with ThreadPoolExecutor(8) as executor:
        pools = set(executor.map(first_call, range(8)))
    assert len(pools) == 1
    assert helper_count() == before + 3


def simulate(choice, seconds_helped, seconds_alone, total):
    """Run tasks of these lengths for some seconds; return the share of helped time."""
    time = helped_time = 0.0
    while time < total:
        helped = choice.helped
        seconds = seconds_helped if helped else seconds_alone
        choice.record(helped, "task", seconds)
        time += seconds
        helped_time += seconds if helped else 0
    return helped_time / total


@pytest.mark.parametrize(("gain", "lowest", "highest"), [(1.8, 0.98, 1), (0.6, 0, 0.02)])
def test_helpers_are_used_while_they_make_tasks_faster(gain, lowest, highest):
    choice = parallel._Choice()
    simulate(choice, 1e-3 / gain, 1e-3, 20)  # the periods have reached their full length
    assert lowest <= simulate(choice, 1e-3 / gain, 1e-3, 40) <= highest
    simulate(choice, 1e-3 * gain, 1e-3, 10)  # other programs start or end
    assert lowest <= 1 - simulate(choice, 1e-3 * gain, 1e-3, 40) <= highest


def test_a_small_gain_changes_nothing():
    choice = parallel._Choice()
    simulate(choice, 1e-3, 0.97e-3, 20)
    assert simulate(choice, 1e-3, 0.97e-3, 40) > 0.98


def test_only_like_tasks_are_compared():
    choice = parallel._Choice()
    choice.left = float("inf")
    choice.record(True, "large", 1.0)
    choice.record(True, "small", 0.01)
    choice.record(False, "small", 0.02)
    assert choice.gain() == pytest.approx(2)
    choice = parallel._Choice()
    choice.left = float("inf")
    choice.record(True, "large", 1.0)
    choice.record(False, "small", 0.02)
    assert choice.gain() == 1


def test_alone_only_the_caller_runs_chunks(set_threads):
    set_threads(2)
    wait_for_worker()
    choice = pool().choice
    choice.helped, choice.left = False, float("inf")
    for _ in range(5):
        assert count_chunks(1000, 2, effort=1000)[1].tolist() == [1000, 0]
    choice.helped = True
    wait_for_worker()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_starts_its_own_workers(set_threads):
    set_threads(2)
    count_chunks(100, 2)
    child = os.fork()
    if child == 0:
        right = (count_chunks(100, 2)[0] == 1).all()
        os._exit(0 if right else 1)
    assert os.waitpid(child, 0)[1] == 0


@given(count=st.integers(1, 5000))
def test_partial_sums_cover_the_range_in_order(count):
    bounds = parallel.partial_bounds(count)
    assert (bounds[0], bounds[-1]) == (0, count)
    sizes = [stop - start for start, stop in zip(bounds, bounds[1:])]  # noqa: B905, RUF007
    assert min(sizes) >= 1
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "20000"])
def test_a_wrong_number_of_threads(value, set_threads):
    set_threads(value)
    with pytest.raises(ValueError, match="MINICNN_THREADS must be an integer >= 1 and <= 256"):
        count_chunks(100, 2)


def test_threads_that_cannot_be_started(set_threads, monkeypatch):
    started = []

    def start(helper):
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(helper)

    monkeypatch.setattr(parallel._Helper, "start", start)
    set_threads(8)
    with pytest.warns(KernelWarning, match="3 instead of 8 threads"):
        times, _ = count_chunks(100, 8)
    assert (times == 1).all()
    assert pool().divisor == parallel.RANGES_PER_THREAD * 3


def test_by_default_as_many_threads_as_cores(set_threads, monkeypatch):
    set_threads(None)
    assert parallel.thread_count() == parallel.available_cores() >= 1
    set_threads("")
    assert parallel.thread_count() == parallel.available_cores()
    set_threads(" 3 ")
    assert parallel.thread_count() == 3
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 5, 7})
        monkeypatch.setattr(parallel, "_cgroup_quota", lambda: 100.0)
        assert parallel.available_cores() == 3


@pytest.mark.parametrize(
    ("files", "own", "quota"),
    [
        ({"cpu.max": "max 100000"}, "0::/", float("inf")),
        ({"cpu.max": "50000 100000"}, "0::/", 0.5),
        ({"a/cpu.max": "max 100000", "a/b/cpu.max": "250000 100000"}, "0::/a/b", 2.5),
        ({"a/cpu.max": "100000 100000", "a/b/cpu.max": "250000 100000"}, "0::/a/b", 1.0),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, "3:cpu:/", float("inf")),
        ({"cpu/cpu.cfs_quota_us": "150000", "cpu/cpu.cfs_period_us": "100000"}, "3:cpu,cpuacct:/", 1.5),
        ({"cpu/d/cpu.cfs_quota_us": "300000", "cpu/d/cpu.cfs_period_us": "100000"}, "9:cpu:/d", 3.0),
        ({"cpu.max": "nonsense"}, "0::/", float("inf")),
        ({}, "7:memory:/x", float("inf")),
    ],
)  # fmt: skip
def test_the_quota_of_a_container(files, own, quota, tmp_path):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    (tmp_path / "own").write_text(own + "\n")
    assert parallel._cgroup_quota(tmp_path, tmp_path / "own") == quota
    assert parallel._cgroup_quota(tmp_path, tmp_path / "missing") == float("inf")


def test_half_a_core_is_one_thread(set_threads, monkeypatch):
    monkeypatch.setattr(parallel, "_cgroup_quota", lambda: 0.5)
    set_threads(None)
    assert parallel.thread_count() == 1


def test_the_number_of_threads_is_read_once(set_threads, monkeypatch):
    set_threads(3)
    count_chunks(100, 3)
    monkeypatch.setenv("MINICNN_THREADS", "two")
    assert parallel.thread_count() == 3
    assert (count_chunks(100, 3)[0] == 1).all()
