"""Runs of numbers: exactly those asked for are written, wherever they begin and end."""

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
def test_put_wherever_the_target_lies_in_a_line_of_the_cache(at, to, count, past, shift):
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
def test_fetch_reads_to_the_end_at_most_and_writes_to_its_room_alone(low, more):
    """Its sums, which only keep the reading in, tell what was read."""
    array, room = source(), np.zeros((1, 16), np.float32)
    fetch(array, low, low + more, room)
    np.testing.assert_array_equal(array, source())
    assert room.sum() == array[low : low + more].sum()


def test_large_results_outgrow_the_cache():
    assert use_streaming_stores(np.empty(1 << 21, np.float32))
    assert not use_streaming_stores(np.empty(1 << 18, np.float32))
