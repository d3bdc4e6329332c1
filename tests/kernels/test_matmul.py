"""Compare the product of small matrices with NumPy's in float64: any shape, any strides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from numba import njit

from minicnn.kernels.primitives.matmul import gemm, offsets

SIZES = st.integers(1, 40)


@njit
def product(a, rows, inner, b, out, add):
    gemm(a, rows, inner, b, out, add, False, out)


@njit
def product_bias(a, rows, inner, b, bias, relu, out):
    gemm(a, rows, inner, b, bias, True, relu, out)


def matrices(rng, *shapes):
    return [rng.standard_normal(shape, dtype=np.float32) for shape in shapes]


@given(rows=SIZES, inner=SIZES, columns=SIZES, add=st.booleans(), seed=st.integers(0, 99))
def test_equals_numpys_product(rows, inner, columns, add, seed):
    a, b, out = matrices(
        np.random.default_rng(seed), (rows, inner), (inner, columns), (rows, columns)
    )
    expected = a.astype(float) @ b + (out if add else 0)
    product(a, offsets(rows, inner), offsets(inner), b, out, add)
    np.testing.assert_allclose(out, expected, atol=2e-5)


@given(rows=SIZES, inner=SIZES, columns=SIZES, relu=st.booleans(), seed=st.integers(0, 99))
def test_bias_and_relu(rows, inner, columns, relu, seed):
    a, b, bias, out = matrices(
        np.random.default_rng(seed), (rows, inner), (inner, columns), (1, columns), (rows, columns)
    )
    expected = a.astype(float) @ b + bias
    product_bias(a, offsets(rows, inner), offsets(inner), b, bias, relu, out)
    np.testing.assert_allclose(out, np.maximum(expected, 0) if relu else expected, atol=2e-5)


@given(rows=SIZES, inner=SIZES, seed=st.integers(0, 99))
def test_transposed_strides_and_slices(rows, inner, seed):
    rng = np.random.default_rng(seed)
    whole_a, whole_b = matrices(rng, (inner, rows + 3), (inner, 20))
    a, b = whole_a[:, 1 : rows + 1], whole_b[:, 2:19]
    whole = np.full((rows, 30), 7, np.float32)
    product(a, offsets(rows), offsets(inner, rows + 3), b, whole[:, 5:22], False)
    np.testing.assert_allclose(whole[:, 5:22], a.T.astype(float) @ b, atol=2e-5)
    assert (whole[:, :5] == 7).all()  # nothing is written beside it
    assert (whole[:, 22:] == 7).all()


@given(data=st.data(), seed=st.integers(0, 99))
def test_rows_at_any_offset(data, seed):
    """Rows may overlap, repeat or run backwards, like the windows of an image."""
    rows, inner = (
        np.array(data.draw(st.lists(st.integers(0, 49), min_size=1, max_size=25))) for _ in range(2)
    )
    a, b = matrices(np.random.default_rng(seed), (1, 100), (len(inner), 7))
    out = np.empty((len(rows), 7), np.float32)
    product(a, 4 * rows, 4 * inner, b, out, False)
    gathered = a[0][rows[:, np.newaxis] + inner].astype(float)
    np.testing.assert_allclose(out, gathered @ b, atol=2e-5)


def test_no_columns():
    out = np.full((2, 3), np.nan, np.float32)
    ones = np.ones((2, 4), np.float32)
    product(ones, offsets(2, 4), offsets(4), np.ones((4, 3), np.float32), out, False)
    assert (out == 4).all()  # what was there before, here NaN, plays no part
