import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from minicnn.preprocessing import normalize


def test_a_vector_gets_length_one_and_zeros_stay():
    np.testing.assert_allclose(normalize([[3, 4], [0, 0]]), [[0.6, 0.8], [0, 0]])


def test_the_shape_stays():
    np.testing.assert_allclose(normalize([3.0, 4.0]), [0.6, 0.8])


def test_along_the_first_axis():
    np.testing.assert_allclose(
        normalize([[3, 5], [4, 12]], axis=0), [[0.6, 5 / 13], [0.8, 12 / 13]]
    )


def test_other_norms():
    np.testing.assert_allclose(normalize([[1, -3]], order=1), [[0.25, -0.75]])
    np.testing.assert_allclose(normalize([[1, -3]], order=np.inf), [[1 / 3, -1]])


def test_the_whole_array():
    np.testing.assert_allclose(normalize(np.ones((2, 2)), axis=None), np.full((2, 2), 0.5))


@pytest.mark.parametrize(
    ("given_dtype", "expected"),
    [("uint8", "float64"), ("float32", "float32"), ("float64", "float64")],
)
def test_dtypes(given_dtype, expected):
    assert normalize(np.full((2, 3), 200, given_dtype)).dtype == expected


@given(
    arrays(np.float64, array_shapes(max_dims=3), elements=st.floats(-100, 100, width=16)),
    st.integers(-1, 0),
)
def test_each_vector_has_length_one_or_zero(x, axis):
    y = normalize(x, axis)
    assert y.shape == x.shape
    lengths = np.sqrt((y * y).sum(axis=axis))
    zero = (x == 0).all(axis=axis)
    np.testing.assert_allclose(lengths, np.where(zero, 0, 1), atol=1e-6)
