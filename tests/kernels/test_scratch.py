"""Scratch arrays do not overlap, and do not outlive their buffer."""

from itertools import combinations
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from minicnn.kernels.runtime import scratch as module
from minicnn.kernels.runtime.scratch import scratch

SHAPES = st.lists(st.lists(st.integers(0, 20), min_size=1, max_size=3).map(tuple), max_size=4)


@given(asked=st.lists(SHAPES, min_size=1, max_size=4))
def test_arrays_do_not_overlap(asked):
    for shapes in asked * 2:
        arrays = scratch(*shapes)
        assert [array.shape[1:] for array in arrays] == shapes
        assert all(array.flags.carray and array.dtype == np.float32 for array in arrays)
        assert not any(np.shares_memory(a, b) for a, b in combinations(arrays, 2))


def test_each_thread_has_its_own_part(set_threads):
    for threads in (1, 3, 1):
        set_threads(threads)
        assert [len(array) for array in scratch((2, 3), (4,))] == [threads, threads]


def test_the_returned_list_is_a_copy():
    scratch((2, 3)).clear()
    assert len(scratch((2, 3))) == 1


def test_each_thread_of_the_program_has_its_own_scratch():
    others = []
    thread = Thread(target=lambda: others.extend(scratch((5, 5))))
    thread.start()
    thread.join()
    assert not np.shares_memory(others[0], scratch((5, 5))[0])


def test_cached_arrays_do_not_keep_a_buffer_that_became_too_small():
    (small,) = scratch((8,))
    needed = module._buffer.memory.size + 1
    (large,) = scratch((needed,))
    assert not np.shares_memory(small, large)
    memory = module._buffer.memory
    kept = [array for arrays in module._buffer.arrays.values() for array in arrays]
    assert all(array.size == 0 or np.shares_memory(array, memory) for array in kept)


def test_the_number_of_cached_sets_is_limited():
    for size in range(2 * module.MAX_CACHED):
        assert scratch((size,))[0].shape[1:] == (size,)
    assert len(module._buffer.arrays) <= module.MAX_CACHED
