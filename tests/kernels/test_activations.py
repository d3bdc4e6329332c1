"""Compare the compiled activations with the reference, in float64 and at extreme values."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from minicnn import ops
from minicnn.ops import reference

pytest.importorskip("numba", reason="the fast operations need numba")

from minicnn.kernels import activations

TOLERANCE = 1e-6  # of the largest number
CASES = [
    ("relu", {}),
    ("relu", {"max_value": 2.0}),
    ("relu", {"negative_slope": 0.25, "threshold": 0.5}),
    ("relu", {"negative_slope": 0.25, "threshold": 0.5, "max_value": 1.0}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.0}),
    ("elu", {}),
    ("elu", {"alpha": 0.5}),
    ("sigmoid", {}),
    ("tanh", {}),
    ("softplus", {}),
    ("silu", {}),
    ("gelu", {}),
]
EVERY_CASE = pytest.mark.parametrize(("name", "parameters"), CASES, ids=str)
KINKS = [0.0, 0.5, 1.0, 2.0]  # of the cases above
ENDS = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e30, -1e30, 1e-40]


@pytest.fixture(autouse=True, scope="module")
def without_size_threshold():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activations, "MIN_SIZE", 0)
        patch.setattr(activations, "MIN_SIZE_SEVERAL", 0)
        patch.setattr(activations, "MIN_SIZE_SLOW", 0)
        yield


def fast(name):
    """Return the compiled operation, or the reference if there is none."""
    return getattr(activations, name, None) or getattr(reference, name)


def run(name, parameters, x, dy):
    """Return output and input gradient of the compiled version."""
    y = fast(f"{name}_forward")(x, **parameters)
    return y, fast(f"{name}_backward")(dy, x, y, **parameters)


def run_reference(name, parameters, x, dy):
    y = getattr(reference, f"{name}_forward")(x, **parameters)
    return y, getattr(reference, f"{name}_backward")(dy, x, y, **parameters)


def random_inputs(shape, seed=0):
    """Return random x, some of them exactly at a kink, and dy."""
    random = np.random.default_rng(seed)
    x = np.where(
        random.random(shape) < 0.2, random.choice(KINKS, shape), random.normal(0, 3, shape)
    )
    return x.astype("float32"), random.normal(size=shape).astype("float32")


@EVERY_CASE
@given(shape=array_shapes(max_dims=4, max_side=12), seed=st.integers(0, 2**32 - 1))
@example(shape=(activations.CHUNK,), seed=0)
@example(shape=(3, activations.CHUNK + 1), seed=0)
@settings(max_examples=25)
def test_equals_the_reference_in_float64(name, parameters, shape, seed):
    x, dy = random_inputs(shape, seed)
    exact = run_reference(name, parameters, x.astype("float64"), dy.astype("float64"))
    for got, expected in zip(run(name, parameters, x, dy), exact, strict=True):
        assert (got.shape, got.dtype) == (shape, "float32")
        atol = TOLERANCE * max(np.abs(expected).max(), 1)
        np.testing.assert_allclose(got, expected, rtol=0, atol=atol)


@EVERY_CASE
def test_extreme_values(name, parameters):
    x, dy = (cells.ravel() for cells in np.meshgrid(*[np.array(ENDS, "float32")] * 2))
    with np.errstate(all="ignore"):
        results = run(name, parameters, x, dy)
        expected = run_reference(name, parameters, x, dy)
    for got, wanted in zip(results, expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("parameters", [{}, {"max_value": 6.0}, {"negative_slope": 0.1}], ids=str)
def test_the_sign_of_zero_is_ignored(parameters):
    y = activations.relu_forward(np.array([-1.0, 0.0] * 50, "float32"), **parameters)
    assert not np.signbit(y[y == 0]).any()


@EVERY_CASE
def test_float64_is_the_reference(name, parameters):
    x, dy = (array.astype("float64") for array in random_inputs((5, 7)))
    for got, expected in zip(
        run(name, parameters, x, dy), run_reference(name, parameters, x, dy), strict=True
    ):
        np.testing.assert_array_equal(got, expected, strict=True)


@EVERY_CASE
def test_memory_layout_does_not_matter(name, parameters):
    x, dy = random_inputs((6, 8, 5, 4))
    expected = run(name, parameters, x, dy)
    read_only = x.view(), dy.view()
    for array in read_only:
        array.flags.writeable = False
    apart = np.repeat(x, 2, axis=3)[..., ::2], np.repeat(dy, 2, axis=3)[..., ::2]
    for other in (read_only, apart, (np.asfortranarray(x), np.asfortranarray(dy))):
        x, dy = other
        y = getattr(ops, f"{name}_forward")(x, **parameters)
        dx = getattr(ops, f"{name}_backward")(dy, x, y, **parameters)
        for got, wanted in zip((y, dx), expected, strict=True):
            np.testing.assert_array_equal(got, wanted)


@EVERY_CASE
def test_inputs_are_neither_changed_nor_returned(name, parameters):
    x, dy = random_inputs((40, 41))
    before = x.copy(), dy.copy()
    for result in run(name, parameters, x, dy):
        assert not np.shares_memory(result, x)
        assert not np.shares_memory(result, dy)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(dy, before[1])


@EVERY_CASE
def test_the_number_of_threads_does_not_change_a_bit(name, parameters, set_threads):
    x, dy = random_inputs((9, activations.CHUNK + 3))
    bits = []
    for threads in ("1", "2", "3"):
        set_threads(threads)
        bits.append([array.tobytes() for array in run(name, parameters, x, dy)])
    assert bits[0] == bits[1] == bits[2]


@EVERY_CASE
def test_an_empty_batch(name, parameters):
    empty = np.zeros((0, 8, 8, 2), "float32")
    for result in run(name, parameters, empty, empty):
        assert (result.shape, result.dtype) == (empty.shape, empty.dtype)


def test_only_large_arrays_use_several_threads(monkeypatch):
    shared = []
    monkeypatch.setattr(
        activations.parallel, "parallel_for", lambda *arguments: shared.append(arguments)
    )
    monkeypatch.setattr(activations, "MIN_SIZE", 100)
    for size in (99, 100):
        array = np.ones(size, "float32")
        activations.tanh_backward(array, array, array)
    assert [arguments[2].size for arguments in shared] == [100]


def test_streaming_stores_write_the_same_bits(monkeypatch):
    x, dy = np.random.default_rng(0).normal(size=(2, 3, 100, 333)).astype("float32")
    expected = activations.tanh_forward(x), activations.tanh_backward(dy, x, x)
    monkeypatch.setattr(activations, "use_streaming_stores", lambda result: True)
    np.testing.assert_array_equal(activations.tanh_forward(x), expected[0])
    np.testing.assert_array_equal(activations.tanh_backward(dy, x, x), expected[1])
