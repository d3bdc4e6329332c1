"""Memory that results are put into again."""

import gc
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.kernels.runtime import memory_pool as recycled

LARGE = (64, 1024)  # float32: 256 KiB


def place(array):
    return array.ctypes.data


@given(
    shape=st.lists(st.integers(0, 70), max_size=4).map(tuple),
    dtype=st.sampled_from(["float32", "float64", "int32"]),
)
def test_arrays_are_as_numpys(shape, dtype):
    array = recycled.empty(shape, dtype)
    assert array.shape == shape
    assert array.dtype == dtype
    assert array.flags.carray
    array[...] = 1
    assert array.sum() == array.size


def test_large_ones_begin_with_a_line_of_the_cache():
    assert place(recycled.empty(LARGE)) % recycled.ALIGNMENT == 0


def test_memory_in_use_is_given_to_nobody():
    arrays = [recycled.empty(LARGE) for _ in range(20)]
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
    array = recycled.empty(LARGE)
    array[...] = 7
    kept = view(array)
    before = np.array(kept)
    del array
    others = [recycled.empty(LARGE) for _ in range(50)]
    for other in others:
        other[...] = 0
    assert (np.array(kept) == before).all()


def test_what_is_gone_is_used_again():
    array = recycled.empty(LARGE)
    before = place(array)
    del array
    gc.collect()
    assert place(recycled.empty((1024, 64))) == before  # another shape of the same size


def test_no_more_is_kept_than_said(monkeypatch):
    monkeypatch.setattr(recycled, "MOST_KEPT", recycled._kept[0] + 600 * 1024)
    before = recycled._kept[0]
    arrays = [recycled.empty((300_000,)) for _ in range(5)]
    del arrays
    assert recycled._kept[0] <= before + 600 * 1024


def test_many_threads_at_once():
    wrong = []

    def work(number):
        for size in range(10_000, 12_000, 10):
            array = recycled.empty((size,))
            array[...] = number
            if not (array == number).all():
                wrong.append(size)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_pythons_end_is_quiet():
    """Arrays that outlive the module, as in the frames of an uncaught error, have nowhere to go."""
    program = (
        "import sys; from minicnn.kernels.runtime import memory_pool as recycled\n"
        "sys.last = array = recycled.empty((100_000,)); recycled._free = None"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
