"""The product of small matrices against NumPy's in float64: any shape, any strides of the left one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from numba import njit

from minicnn.ops.matmul import multiply

SIZES = st.integers(1, 40)


@njit
def product(a, b, out, add):
    multiply(a, b, out, add)


@given(rows=SIZES, inner=SIZES, columns=SIZES, add=st.booleans(), seed=st.integers(0, 99))
def test_it_is_numpys_product(rows, inner, columns, add, seed):
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((rows, inner), dtype=np.float32)
    b = rng.standard_normal((inner, columns), dtype=np.float32)
    out = rng.standard_normal((rows, columns), dtype=np.float32)
    expected = a.astype(float) @ b + (out if add else 0)
    product(a, b, out, add)
    np.testing.assert_allclose(out, expected, atol=2e-5)


@given(rows=SIZES, inner=SIZES, seed=st.integers(0, 99))
def test_a_transposed_matrix_and_a_part_of_one_will_do(rows, inner, seed):
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((inner, rows + 3), dtype=np.float32)[:, 1 : rows + 1].T
    b = rng.standard_normal((inner, 20), dtype=np.float32)[:, 2:19]
    whole = np.full((rows, 30), 7, np.float32)
    product(a, b, whole[:, 5:22], False)
    np.testing.assert_allclose(whole[:, 5:22], a.astype(float) @ b, atol=2e-5)
    assert (whole[:, :5] == 7).all()  # nothing is written beside it
    assert (whole[:, 22:] == 7).all()


def test_nothing_is_added_up_without_columns_to_add():
    out = np.full((2, 3), np.nan, np.float32)
    product(np.ones((2, 4), np.float32), np.ones((4, 3), np.float32), out, False)
    assert (out == 4).all()  # what was there before, here NaN, plays no part
