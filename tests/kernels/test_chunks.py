"""Compare the sum of chunks with NumPy's; the order is fixed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from numba import njit

from minicnn.kernels.primitives import chunks as module


@njit
def add_up(chunks, total):
    for piece in range(module.sum_chunk_count(total)):
        module.sum_partials(chunks, total, piece, piece + 1, 0)


@given(chunks=st.integers(1, 9), shape=st.tuples(st.integers(0, 70), st.integers(1, 70)))
def test_chunks_are_summed_in_order(chunks, shape):
    arrays = np.random.default_rng(0).standard_normal((chunks, *shape), dtype=np.float32)
    expected = np.zeros(shape, np.float32)
    for array in arrays:
        expected += array
    total = np.full(shape, np.nan, np.float32)
    add_up(arrays, total)
    np.testing.assert_array_equal(total, expected)
