"""Compare the compiled pooling operations with the reference."""

import numpy as np
import pytest
from hypothesis import given, settings

from minicnn import ops
from minicnn.ops import reference

from ..ops.cases import slidings

pytest.importorskip("numba", reason="the fast operations need numba")

from minicnn.kernels import pooling
from minicnn.kernels.primitives import copies as runs

KINDS = ["max_pool2d", "average_pool2d"]
TOLERANCE = {"float32": 1e-6, "float64": 1e-14}
LARGE = [
    ((3, 26, 26, 32), (2, 2), (2, 2), "valid"),
    ((2, 27, 25, 96), (3, 2), (2, 3), "same"),
    ((2, 12, 12, 48), (12, 12), (12, 12), "valid"),  # global pooling
    ((17, 5, 5, 3), (2, 2), (1, 1), "same"),
    ((2, 9, 9, 8), (2, 2), (5, 4), "valid"),  # cells that no window covers
    ((2, 9, 11, 17), (2, 2), (2, 3), "valid"),
    ((2, 20, 19, 3), (17, 18), (2, 1), "valid"),  # a winner's number does not fit a byte
]


def run(operations, kind, x, *where):
    """Return output and, for a random upstream gradient, the input gradient."""
    y, cache = getattr(operations, f"{kind}_forward")(x, *where)
    dy = np.random.default_rng(1).normal(size=y.shape).astype(x.dtype)
    return y, getattr(operations, f"{kind}_backward")(dy, cache)


def assert_same(kind, x, *where):
    for got, expected in zip(
        run(ops, kind, x, *where), run(reference, kind, x, *where), strict=True
    ):
        assert got.shape == expected.shape
        assert got.dtype == expected.dtype == x.dtype
        np.testing.assert_allclose(
            got, expected, rtol=0, atol=TOLERANCE[str(x.dtype)] * max(np.abs(expected).max(), 1)
        )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", KINDS)
@given(case=slidings(largest=12, dilations=False))
@settings(max_examples=60)
def test_equals_the_reference(kind, dtype, case):
    x_shape, window, strides, padding, _, seed = case
    x = np.random.default_rng(seed).integers(-3, 1, x_shape).astype(dtype)  # with ties
    assert_same(kind, x, window, strides, padding)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("x_shape", "window", "strides", "padding"), LARGE)
def test_large_shapes(kind, dtype, x_shape, window, strides, padding):
    x = np.random.default_rng(0).normal(size=x_shape).astype(dtype)
    assert_same(kind, x, window, strides, padding)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("x_shape", "window", "strides", "padding"), LARGE)
def test_results_written_with_streaming_stores(
    kind, x_shape, window, strides, padding, monkeypatch
):
    monkeypatch.setattr(runs, "LARGE", 0)
    x = np.random.default_rng(0).normal(size=x_shape).astype("float32")
    assert_same(kind, x, window, strides, padding)


@pytest.mark.parametrize("strides", [(1, 1), (3, 3)])
def test_the_first_nan_of_a_window_is_its_maximum(strides):
    x = np.random.default_rng(0).normal(size=(2, 9, 9, 18)).astype("float32")
    x[:, ::4, ::2] = np.nan
    x[:, 5, 5] = -np.inf
    for got, expected in zip(
        run(pooling, "max_pool2d", x, (3, 3), strides, "same"),
        run(reference, "max_pool2d", x, (3, 3), strides, "same"),
        strict=True,
    ):
        np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_memory_layout_does_not_matter(kind):
    x = np.random.default_rng(0).normal(size=(3, 8, 6, 5)).astype("float32")
    for other in (
        x[::2],
        x.transpose(0, 2, 1, 3),
        np.asfortranarray(x),
        np.broadcast_to(x, x.shape),
    ):
        assert_same(kind, other, (2, 2), (2, 2), "same")


@pytest.mark.parametrize("kind", KINDS)
def test_the_layout_of_the_gradient_does_not_matter(kind):
    x = np.random.default_rng(0).normal(size=(3, 8, 6, 5)).astype("float32")
    y, cache = getattr(ops, f"{kind}_forward")(x, (2, 2), (2, 2), "valid")
    backward = getattr(ops, f"{kind}_backward")
    expected = backward(y, cache)
    for dy in (
        np.asfortranarray(y),
        np.repeat(y, 2, axis=3)[..., ::2],
        np.broadcast_to(y, y.shape),
    ):
        np.testing.assert_array_equal(backward(dy, cache), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_threads_does_not_change_a_bit(kind, set_threads):
    x = np.random.default_rng(0).normal(size=(7, 11, 10, 9)).astype("float32")
    bits = []
    for threads in ("1", "2", "3"):
        set_threads(threads)
        bits.append([one.tobytes() for one in run(pooling, kind, x, (3, 3), (2, 2), "same")])
    assert bits[0] == bits[1] == bits[2]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_batch(kind):
    y, dx = run(pooling, kind, np.zeros((0, 8, 8, 2), "float32"), (2, 2), (2, 2), "valid")
    assert (y.shape, dx.shape) == ((0, 4, 4, 2), (0, 8, 8, 2))


@pytest.mark.parametrize("kind", KINDS)
def test_a_window_larger_than_the_image(kind):
    y, dx = run(pooling, kind, np.ones((2, 3, 9, 4), "float32"), (5, 2), (5, 2), "valid")
    assert y.shape == (2, 0, 4, 4)
    assert not dx.any()
