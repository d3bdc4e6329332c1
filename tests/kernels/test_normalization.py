"""Compare the compiled batch normalization with the reference in float64."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from minicnn import ops
from minicnn.ops import reference

pytest.importorskip("numba", reason="the fast operations need numba")

from minicnn.kernels import normalization

TOLERANCE = 2e-6  # of the largest number
TRAINING = pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])


@pytest.fixture(autouse=True, scope="module")
def without_size_threshold():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(normalization, "MIN_SIZE", 1)
        yield


def random_inputs(shape, seed=0, weights=(True, True)):
    """Return x, dy, gamma, beta, moving mean, moving variance; each channel has its own distribution."""
    random, channels = np.random.default_rng(seed), shape[-1]
    x = random.normal(random.normal(size=channels), random.uniform(0.5, 3, channels), size=shape)
    gamma, beta, mean = random.normal(size=(3, channels))
    given_weights = [one if use else None for one, use in zip((gamma, beta), weights, strict=True)]
    arrays = [x, random.normal(size=shape), *given_weights, mean, random.uniform(0.5, 9, channels)]
    return [None if array is None else array.astype("float32") for array in arrays]


def run(operations, arrays, training, activation="linear"):
    """Return y, x̂, mean, variance, dx, dgamma and dbeta."""
    x, dy, *weights = arrays
    y, cache = operations.batch_normalization_forward(
        x, *weights, training=training, activation=activation
    )
    moments = cache.normalized, cache.mean, cache.variance
    return [y, *moments, *operations.batch_normalization_backward(dy, cache)]


def in_float64(arrays):
    return [None if array is None else array.astype("float64") for array in arrays]


def assert_close(results, expected, magnified):
    for got, wanted in zip(results, expected, strict=True):
        assert (got.shape, got.dtype) == (wanted.shape, "float32")
        atol = TOLERANCE * max(np.abs(wanted).max(), 1) * magnified
        np.testing.assert_allclose(got, wanted, rtol=0, atol=atol)


@TRAINING
@given(
    shape=array_shapes(min_dims=2, max_dims=4, max_side=9),
    seed=st.integers(0, 2**32 - 1),
    weights=st.tuples(st.booleans(), st.booleans()),
)
@example(shape=(33, 9, 7, 3), seed=0, weights=(True, True))
@example(shape=(32, 14, 14, 6), seed=0, weights=(True, True))
@example(shape=(16, 700), seed=0, weights=(True, True))
@example(shape=(4096, 1), seed=0, weights=(True, True))
@settings(max_examples=40)
def test_equals_the_reference_in_float64(training, shape, seed, weights):
    arrays = random_inputs(shape, seed, weights)
    expected = run(reference, in_float64(arrays), training)
    # Few cells may by chance lie close together: x̂ divides the rounding of x by σ, dx once more.
    variance = expected[3] + 1e-3
    assert_close(run(normalization, arrays, training), expected, max(1, 1 / variance.min()))


@TRAINING
@pytest.mark.parametrize("weights", [(True, True), (False, True), (True, False), (False, False)])
def test_relu_passes_what_is_positive(training, weights):
    arrays = random_inputs((8, 9, 7, 5), weights=weights)
    y, *_ = run(reference, in_float64(arrays), training)
    exact = in_float64(arrays)
    exact[1] *= y > 0
    expected = [np.maximum(y, 0), *run(reference, exact, training)[1:]]
    assert_close(run(normalization, arrays, training, "relu"), expected, 1)
    assert_close(run(ops, arrays, training, "relu"), expected, 1)
    for got, wanted in zip(
        run(reference, in_float64(arrays), training, "relu"), expected, strict=True
    ):
        np.testing.assert_allclose(got, wanted, atol=1e-12)


@TRAINING
@pytest.mark.parametrize("channels", [16, 5])
def test_streaming_stores_write_the_same_bits(training, channels, monkeypatch):
    arrays = random_inputs((33, 16, 16, channels))
    expected = run(normalization, arrays, training, "relu")
    monkeypatch.setattr(normalization, "use_streaming_stores", lambda result: True)
    for got, wanted in zip(run(normalization, arrays, training, "relu"), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_a_mean_far_from_zero():
    random = np.random.default_rng(0)
    x = random.normal([0, 1e3, -1e5], 1, size=(64, 20, 20, 3)).astype("float32")
    zeros, ones = np.zeros(3, "float32"), np.ones(3, "float32")
    _, cache = normalization.batch_normalization_forward(x, ones, zeros, zeros, ones, training=True)
    wide = x.astype("float64")
    np.testing.assert_allclose(cache.mean, wide.mean(axis=(0, 1, 2)), rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(cache.variance, wide.var(axis=(0, 1, 2)), rtol=2e-5)


def test_channels_that_are_constant():
    values = np.geomspace(0.1, 1e6, 100, dtype="float32")  # rounding makes some variances negative
    x, ones = np.tile(values, (30, 7, 7, 1)), np.ones(100, "float32")
    y, cache = normalization.batch_normalization_forward(x, ones, ones, ones, ones, training=True)
    assert (cache.variance >= 0).all()
    np.testing.assert_allclose(cache.variance, 0, atol=1e-12 * values.max() ** 2)
    np.testing.assert_allclose(y, 1, atol=1e-5)


@TRAINING
@pytest.mark.parametrize("end", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 1], ids=["x", "dy"])
def test_extreme_values(training, end, place):
    arrays = random_inputs((8, 5, 5, 3))
    arrays[place][2, 1, 1, 1] = end
    with np.errstate(all="ignore"):
        results, expected = (run(one, arrays, training) for one in (normalization, reference))
    for got, wanted in zip(results, expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)


@TRAINING
def test_float64_is_the_reference(training):
    arrays = in_float64(random_inputs((4, 5, 3)))
    for got, expected in zip(
        run(normalization, arrays, training), run(reference, arrays, training), strict=True
    ):
        np.testing.assert_array_equal(got, expected, strict=True)


@TRAINING
@pytest.mark.parametrize("wide", range(1, 6))
def test_the_dtype_of_x_decides(training, wide):
    arrays = random_inputs((4, 5, 3))
    exact = run(reference, in_float64(arrays), training)
    arrays[wide] = arrays[wide].astype("float64")
    for got, wanted in zip(run(ops, arrays, training), exact, strict=True):
        assert got.dtype == "float32"
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)


@TRAINING
def test_memory_layout_does_not_matter(training):
    x, dy, *weights = random_inputs((6, 8, 5, 4))
    expected = run(normalization, [x, dy, *weights], training)
    read_only = x.view(), dy.view()
    for array in read_only:
        array.flags.writeable = False
    apart = np.repeat(x, 2, axis=3)[..., ::2], np.repeat(dy, 2, axis=3)[..., ::2]
    for other in (read_only, apart, (np.asfortranarray(x), np.asfortranarray(dy))):
        for got, wanted in zip(run(ops, [*other, *weights], training), expected, strict=True):
            np.testing.assert_array_equal(got, wanted)


@TRAINING
@pytest.mark.parametrize("shape", [(32, 14, 14, 6), (33, 9, 7, 5), (3, 2)])
def test_the_number_of_threads_does_not_change_a_bit(training, shape, set_threads):
    arrays, bits = random_inputs(shape), []
    for threads in ("1", "2", "3"):
        set_threads(threads)
        bits.append([array.tobytes() for array in run(normalization, arrays, training)])
    assert bits[0] == bits[1] == bits[2]


def test_an_empty_batch():
    y, _, _, _, dx, dgamma, dbeta = run(normalization, random_inputs((0, 4, 4, 2)), training=False)
    assert y.shape == dx.shape == (0, 4, 4, 2)
    assert dgamma.tolist() == dbeta.tolist() == [0, 0]


def test_only_large_arrays_use_several_threads(monkeypatch):
    monkeypatch.setattr(normalization, "MIN_SIZE", 48)
    partials = normalization._partials
    calls = []
    monkeypatch.setattr(
        normalization, "_partials", lambda *arrays: calls.append(arrays) or partials(*arrays)
    )
    for rows in (7, 8):
        x, dy, *weights = random_inputs((rows, 6))
        _, cache = normalization.batch_normalization_forward(x, *weights, training=True)
        normalization.batch_normalization_backward(dy, cache)
    assert len(calls) == 2  # both passes of the larger one


def test_equal_images_are_normalized_to_beta():
    x = np.broadcast_to(np.array([-0.5, 1.0, 2.5], "f4"), (8, 16, 24, 3))
    gamma, beta, zeros = np.ones(3, "f4"), np.array([1.0, -1.0, 0.5], "f4"), np.zeros(3, "f4")
    y, cache = ops.batch_normalization_forward(x, gamma, beta, zeros, zeros + 1, 1e-3, True)
    np.testing.assert_allclose(y, np.broadcast_to(beta, x.shape), rtol=0, atol=1e-3)
    dy = np.random.default_rng(0).normal(size=x.shape).astype("f4")
    dbeta = ops.batch_normalization_backward(dy, cache)[2]
    np.testing.assert_allclose(dbeta, dy.sum((0, 1, 2), dtype="f8"), rtol=1e-4, atol=1e-3)
