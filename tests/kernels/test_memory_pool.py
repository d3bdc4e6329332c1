"""Memory that is reused for results."""

import gc
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.errors import KernelError
from minicnn.kernels.runtime import memory_pool

LARGE = (64, 1024)  # float32: 256 KiB


def place(array):
    return array.ctypes.data


@given(
    shape=st.lists(st.integers(0, 70), max_size=4).map(tuple),
    dtype=st.sampled_from(["float32", "float64", "int32"]),
)
def test_arrays_equal_numpys(shape, dtype):
    array = memory_pool.empty(shape, dtype)
    assert array.shape == shape
    assert array.dtype == dtype
    assert array.flags.carray
    array[...] = 1
    assert array.sum() == array.size


def test_large_arrays_are_aligned_to_cache_lines():
    assert place(memory_pool.empty(LARGE)) % memory_pool.ALIGNMENT == 0


def test_memory_in_use_is_not_reused():
    arrays = [memory_pool.empty(LARGE) for _ in range(20)]
    for number, array in enumerate(arrays):
        array[...] = number
    assert [array.min() for array in arrays] == list(range(20))
    assert [array.max() for array in arrays] == list(range(20))


@pytest.mark.parametrize(
    "view",
    [
        lambda array: array[3:4, ::2],
        lambda array: array.reshape(-1).view(np.int32),
        lambda array: memoryview(array),
        lambda array: np.broadcast_to(array, (2, *array.shape)),
    ],
)
def test_a_view_keeps_its_memory(view):
    array = memory_pool.empty(LARGE)
    array[...] = 7
    kept = view(array)
    before = np.array(kept)
    del array
    others = [memory_pool.empty(LARGE) for _ in range(50)]
    for other in others:
        other[...] = 0
    assert (np.array(kept) == before).all()


def test_released_memory_is_reused():
    array = memory_pool.empty(LARGE)
    before = place(array)
    del array
    gc.collect()
    assert place(memory_pool.empty((1024, 64))) == before  # another shape of the same size


def test_the_limit_of_kept_memory(monkeypatch):
    memory_pool.release()
    monkeypatch.setattr(memory_pool, "LIMIT", 3 << 20)
    for size in (100_000, 200_000, 300_000):
        arrays = [memory_pool.empty((size,)) for _ in range(5)]
        del arrays
        assert 1 << 20 < memory_pool.cached_bytes() <= 3 << 20


def test_releasing_the_pool():
    array = memory_pool.empty(LARGE)
    array[...] = 3
    del array
    assert memory_pool.cached_bytes() > 0
    kept = memory_pool.empty(LARGE)
    memory_pool.release()
    assert memory_pool.cached_bytes() == 0
    kept[...] = 4
    del kept
    assert memory_pool.cached_bytes() > 0


def test_memory_unused_between_two_trims_is_freed():
    memory_pool.release()
    used, unused = memory_pool.empty((100_000,)), memory_pool.empty((200_000,))
    del used, unused
    memory_pool._pool.trim()
    for _ in range(3):
        memory_pool.empty((100_000,))
        memory_pool._pool.trim()
        assert 100_000 * 4 <= memory_pool.cached_bytes() < 200_000 * 4
    memory_pool._pool.trim()
    assert memory_pool.cached_bytes() == 0


def test_it_is_trimmed_in_the_background(monkeypatch):
    monkeypatch.setattr(memory_pool, "TRIM_INTERVAL", 0.01)
    memory_pool._after_fork()  # a pool whose thread has not started yet
    memory_pool.empty(LARGE)
    deadline = time.monotonic() + 60
    while memory_pool.cached_bytes() or memory_pool._pool.trimmer:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    memory_pool.empty(LARGE)
    assert memory_pool._pool.trimmer is not None


def test_out_of_memory_empties_the_pool_first(monkeypatch):
    memory_pool.empty((100_000,))
    aligned, failures = memory_pool._aligned, []

    def fail_once(size):
        if not failures:
            failures.append(memory_pool.cached_bytes())
            raise MemoryError
        assert memory_pool.cached_bytes() == 0
        return aligned(size)

    monkeypatch.setattr(memory_pool, "_aligned", fail_once)
    assert memory_pool.empty((900_000,)).size == 900_000
    assert failures[0] > 0


def test_an_array_collected_while_the_pool_is_locked_does_not_block():
    """The garbage collector may run anywhere, and `__del__` of a lease with it."""
    array = memory_pool.empty(LARGE)
    with memory_pool._pool.lock:
        del array
    assert memory_pool.cached_bytes() > 0


def test_views_that_lose_their_memory_disable_the_pool(monkeypatch):
    monkeypatch.setattr(memory_pool, "ndarray", lambda shape, dtype, lease: np.empty(shape, dtype))
    with pytest.raises(KernelError, match="do not keep their memory"):
        memory_pool._check_views()


def test_many_threads_at_once():
    wrong = []

    def work(number):
        for size in range(10_000, 12_000, 10):
            array = memory_pool.empty((size,))
            array[...] = number
            if not (array == number).all():
                wrong.append(size)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_no_messages_at_interpreter_shutdown():
    """Arrays may outlive the module, for example in the frames of an uncaught error."""
    program = (
        "import sys; from minicnn.kernels.runtime import memory_pool\n"
        "sys.last = array = memory_pool.empty((100_000,)); memory_pool._pool = None"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
