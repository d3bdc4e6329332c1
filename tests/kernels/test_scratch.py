"""Room for kernels to work in: apart from each other, and kept no longer than its memory."""

from itertools import combinations
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from minicnn.kernels.runtime import scratch as buffers

SHAPES = st.lists(st.lists(st.integers(0, 20), min_size=1, max_size=3).map(tuple), max_size=4)


@given(asked=st.lists(SHAPES, min_size=1, max_size=4))
def test_arrays_lie_apart_whatever_was_asked_before(asked):
    for shapes in asked * 2:
        arrays = buffers.rooms(*shapes)
        assert [array.shape[1:] for array in arrays] == shapes
        assert all(array.flags.carray and array.dtype == np.float32 for array in arrays)
        assert not any(np.shares_memory(a, b) for a, b in combinations(arrays, 2))


def test_each_of_the_threads_that_are_chosen_now_has_a_part(share_among):
    for threads in (1, 3, 1):
        share_among(threads)
        assert [len(array) for array in buffers.rooms((2, 3), (4,))] == [threads, threads]


def test_a_changed_list_is_the_callers_own():
    buffers.rooms((2, 3)).clear()
    assert len(buffers.rooms((2, 3))) == 1


def test_threads_of_the_program_have_rooms_of_their_own():
    others = []
    thread = Thread(target=lambda: others.extend(buffers.rooms((5, 5))))
    thread.start()
    thread.join()
    assert not np.shares_memory(others[0], buffers.rooms((5, 5))[0])


def test_what_was_cut_does_not_keep_memory_that_became_too_small():
    (small,) = buffers.rooms((8,))
    needed = buffers._of_thread.memory.size + 1
    (large,) = buffers.rooms((needed,))
    assert not np.shares_memory(small, large)
    memory = buffers._of_thread.memory
    kept = [array for arrays in buffers._of_thread.cuts.values() for array in arrays]
    assert all(array.size == 0 or np.shares_memory(array, memory) for array in kept)


def test_so_many_sets_of_arrays_are_kept_at_most():
    for size in range(2 * buffers.MOST_KEPT):
        assert buffers.rooms((size,))[0].shape[1:] == (size,)
    assert len(buffers._of_thread.cuts) <= buffers.MOST_KEPT
