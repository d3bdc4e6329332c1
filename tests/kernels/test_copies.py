"""Copies write exactly the requested elements, at any alignment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from numba import njit

from minicnn.kernels.primitives import copies as runs
from minicnn.kernels.primitives.copies import use_streaming_stores

CELLS, CHANNELS = 40, 3
STARTS = st.integers(0, 10)
COUNTS = st.integers(0, 80)


@njit
def copy(source, at, target, to, count):
    runs.copy(source, at, target, to, count)


@njit
def stream_copy(source, at, target, to, count, past):
    runs.stream_copy(source, at, target, to, count, past)


@njit
def clear(target, to, count):
    runs.clear(target, to, count)


@njit
def fetch(source, low, high, room):
    runs.prefetch(source, low, high, room)


def source():
    return np.arange(1, CELLS * CHANNELS + 1, dtype=np.float32).reshape(CELLS, CHANNELS)


def expected(at, to, count):
    wanted = np.full(CELLS * CHANNELS, -1, np.float32)
    wanted[to * CHANNELS :][:count] = source().reshape(-1)[at * CHANNELS :][:count]
    return wanted.reshape(CELLS, CHANNELS)


@given(at=STARTS, to=STARTS, count=COUNTS)
def test_copy(at, to, count):
    target = np.full((CELLS, CHANNELS), -1, np.float32)
    copy(source(), at, target, to, count)
    np.testing.assert_array_equal(target, expected(at, to, count))


@given(at=STARTS, to=STARTS, count=COUNTS, past=st.booleans(), shift=st.integers(0, 15))
def test_stream_copy_to_any_offset_in_a_cache_line(at, to, count, past, shift):
    target = np.full(shift + CELLS * CHANNELS, -1, np.float32)[shift:].reshape(CELLS, CHANNELS)
    stream_copy(source(), at, target, to, count, past)
    np.testing.assert_array_equal(target, expected(at, to, count))


@given(to=STARTS, count=COUNTS)
def test_clear(to, count):
    target, wanted = source(), source()
    clear(target, to, count)
    wanted.reshape(-1)[to * CHANNELS :][:count] = 0
    np.testing.assert_array_equal(target, wanted)


@given(low=st.integers(0, CELLS), more=st.integers(0, 2 * CELLS))
def test_prefetch_reads_at_most_to_the_end_and_writes_only_its_scratch(low, more):
    """The sums, which only keep the reads from being optimized away, tell what was read."""
    array, room = source(), np.zeros((1, 16), np.float32)
    fetch(array, low, low + more, room)
    np.testing.assert_array_equal(array, source())
    assert room.sum() == array[low : low + more].sum()


def test_large_results_use_streaming_stores():
    assert use_streaming_stores(np.empty(1 << 21, np.float32))
    assert not use_streaming_stores(np.empty(1 << 18, np.float32))
