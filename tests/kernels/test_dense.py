"""Compare the compiled dense layer with the reference in float64."""

import numpy as np
import pytest

from minicnn import ops
from minicnn.ops import reference

pytest.importorskip("numba", reason="the fast operations need numba")

from minicnn.kernels.primitives import copies as runs

SHAPES = [  # batch, features, units
    (32, 3136, 128),  # few tiles, chunks of the features
    (32, 1030, 40),
    (7, 5000, 10),
    (1, 1025, 33),
    (200, 130, 70),  # several tiles each way
    (97, 17, 1),
    (13, 300, 1000),
    (3, 2, 5),
]


def arrays(batch, features, units):
    random = np.random.default_rng(0)
    shapes = (batch, features), (features, units), (units,), (batch, units)
    return [random.normal(size=shape).astype("float32") for shape in shapes]


def run(x, kernel, bias, dy, activation="linear"):
    y, cache = ops.dense_forward(x, kernel, bias, activation)
    return y, *ops.dense_backward(dy, cache)


@pytest.mark.parametrize("activation", ["linear", "relu"])
@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_equals_the_reference(shape, use_bias, activation):
    x, kernel, bias, dy = arrays(*shape)
    got = run(x, kernel, bias if use_bias else None, dy, activation)
    x, kernel, bias, dy = (array.astype("float64") for array in (x, kernel, bias, dy))
    y, cache = reference.dense_forward(x, kernel, bias if use_bias else None, activation)
    expected = y, *reference.dense_backward(dy, cache)
    for one, other in zip(got, expected, strict=True):
        assert one.dtype == np.float32
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=0, atol=2e-6 * max(np.abs(other).max(), 1))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_number_of_threads_does_not_change_a_bit(shape, set_threads):
    bits = []
    for threads in ("1", "2", "3"):
        set_threads(threads)
        bits.append([one.tobytes() for one in run(*arrays(*shape), "relu")])
    assert bits[0] == bits[1] == bits[2]


@pytest.mark.parametrize("features", [300, 2000])
def test_relu_keeps_nan(features):
    x, kernel, bias, _ = arrays(9, features, 33)
    x[4, 7] = np.nan
    y, _ = ops.dense_forward(x, kernel, bias, "relu")
    assert np.isnan(y[4]).all()
    assert np.isfinite(np.delete(y, 4, axis=0)).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_results_written_with_streaming_stores_have_the_same_bits(shape, monkeypatch):
    bits = []
    for large in (0, 1 << 40):
        monkeypatch.setattr(runs, "LARGE", large)
        bits.append([one.tobytes() for one in run(*arrays(*shape))])
    assert bits[0] == bits[1]


def test_the_other_gradients_without_the_input_gradient():
    x, kernel, bias, dy = arrays(9, 400, 33)
    _, cache = ops.dense_forward(x, kernel, bias)
    dx, dkernel, dbias = ops.dense_backward(dy, cache, input_gradient=False)
    _, _, *expected = run(x, kernel, bias, dy)
    assert dx is None
    np.testing.assert_array_equal(dkernel, expected[0])
    np.testing.assert_array_equal(dbias, expected[1])


def test_an_empty_batch():
    x, kernel, bias, dy = arrays(0, 30, 4)
    y, dx, dkernel, dbias = run(x, kernel, bias, dy)
    assert (y.shape, dx.shape) == ((0, 4), (0, 30))
    assert not dkernel.any()
    assert not dbias.any()


def test_middle_axes_are_rows():
    x, kernel, bias, dy = arrays(24, 30, 5)
    got = run(x.reshape(2, 3, 4, 30), kernel, bias, dy.reshape(2, 3, 4, 5))
    for one, other in zip(got, run(x, kernel, bias, dy), strict=True):
        np.testing.assert_array_equal(one.reshape(other.shape), other)
    assert got[0].shape == (2, 3, 4, 5)
    assert got[1].shape == (2, 3, 4, 30)


def test_shapes_that_do_not_fit():
    x, kernel, bias, dy = arrays(9, 40, 33)
    for wrong in ((x[:, 1:], kernel, bias), (x, kernel[1:], bias), (x, kernel, bias[1:])):
        with pytest.raises(ValueError, match=r"shape|mismatch"):
            ops.dense_forward(*wrong)
    _, cache = ops.dense_forward(x, kernel, bias)
    for wrong in (dy[1:], dy[:, 1:]):
        with pytest.raises(ValueError, match="takes dy with the shape of y"):
            ops.dense_backward(wrong, cache)
