"""The cross-entropies against sums written out with `math`, and their gradients against slopes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import ops

SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
SEEDS = st.integers(0, 2**32 - 1)


def one_hot(labels, classes):
    return (labels[..., None] == np.arange(classes)).astype(np.float64)


def slopes(function, x, step=1e-6):
    """∂function/∂x by central differences, one number of x at a time."""
    slope = np.empty_like(x)
    for place in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[place] += step
        below[place] -= step
        slope[place] = (function(above) - function(below)) / (2 * step)
    return slope


def draw(kind, shape, seed):
    """Predictions and targets (float64) for one kind of cross-entropy; away from the clipping."""
    random = np.random.default_rng(seed)
    x = random.normal(size=shape) * 2
    if kind in ("categorical", "binary", "sparse_categorical"):
        x = random.uniform(0.05, 0.95, size=shape)
    if "sparse" in kind:
        return x, random.integers(shape[-1], size=shape[:-1])
    return x, random.uniform(size=shape)


KINDS = (
    "softmax",
    "sparse_softmax",
    "categorical",
    "sparse_categorical",
    "sigmoid",
    "binary",
)


@pytest.mark.parametrize("kind", KINDS)
@given(shape=SHAPES, seed=SEEDS)
@settings(deadline=None, max_examples=25)
def test_backward_is_the_slope_of_forward(kind, shape, seed):
    forward = getattr(ops, f"{kind}_cross_entropy_forward")
    backward = getattr(ops, f"{kind}_cross_entropy_backward")
    x, targets = draw(kind, shape, seed)
    losses, cache = forward(x, targets)
    dlosses = np.random.default_rng(seed + 1).normal(size=losses.shape)

    dx = backward(dlosses, cache)

    expected = slopes(lambda moved: (dlosses * forward(moved, targets)[0]).sum(), x)
    np.testing.assert_allclose(dx, expected, rtol=1e-5, atol=1e-6)


@given(classes=st.integers(1, 5), seed=SEEDS)
@settings(deadline=None, max_examples=25)
def test_softmax_form_is_the_definition(classes, seed):
    random = np.random.default_rng(seed)
    logits, targets = random.normal(size=classes), random.uniform(size=classes)

    loss, _ = ops.softmax_cross_entropy_forward(logits[None], targets[None])

    total = sum(math.exp(z) for z in logits)
    expected = -sum(t * math.log(math.exp(z) / total) for z, t in zip(logits, targets, strict=True))
    assert loss[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("form", ["softmax", "categorical"])
@given(shape=SHAPES, seed=SEEDS)
@settings(deadline=None, max_examples=25)
def test_class_numbers_give_what_one_hot_labels_give(form, shape, seed):
    x, labels = draw(f"sparse_{form}", shape, seed)
    x = x / x.sum(axis=-1, keepdims=True) if form == "categorical" else x

    sparse, _ = getattr(ops, f"sparse_{form}_cross_entropy_forward")(x, labels)

    targets = one_hot(labels, shape[-1])
    dense, _ = getattr(ops, f"{form}_cross_entropy_forward")(x, targets)
    np.testing.assert_allclose(sparse, dense, rtol=1e-6, atol=1e-6)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=25)
def test_binary_forms_are_the_definition(seed):
    random = np.random.default_rng(seed)
    z, t = random.normal(), random.uniform()
    p = 1 / (1 + math.exp(-z))
    expected = -t * math.log(p) - (1 - t) * math.log(1 - p)

    from_logits, _ = ops.sigmoid_cross_entropy_forward(np.array([z]), np.array([t]))
    from_probabilities, _ = ops.binary_cross_entropy_forward(np.array([p]), np.array([t]))

    assert from_logits[0] == pytest.approx(expected, rel=1e-9)
    assert from_probabilities[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sparse", [False, True])
def test_softmax_form_is_stable_where_the_exponential_overflows(dtype, sparse):
    logits = np.array([[200.0, -200.0]], dtype)
    labels = np.array([1])
    kind = "sparse_softmax" if sparse else "softmax"
    targets = labels if sparse else one_hot(labels, 2).astype(dtype)

    losses, cache = getattr(ops, f"{kind}_cross_entropy_forward")(logits, targets)
    dlogits = getattr(ops, f"{kind}_cross_entropy_backward")(np.ones(1, dtype), cache)

    assert losses.dtype == dlogits.dtype == dtype
    np.testing.assert_array_equal(losses, [400.0])
    np.testing.assert_array_equal(dlogits, [[1.0, -1.0]])  # p − t


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sigmoid_form_is_stable_where_the_exponential_overflows(dtype):
    logits = np.array([200.0, -200.0, 200.0, -200.0], dtype)
    targets = np.array([0, 0, 1, 1], dtype)

    losses, cache = ops.sigmoid_cross_entropy_forward(logits, targets)
    dlogits = ops.sigmoid_cross_entropy_backward(np.ones(4, dtype), cache)

    np.testing.assert_allclose(losses, [200, 0, 0, 200], atol=1e-30)
    np.testing.assert_allclose(dlogits, [1, 0, 0, -1], atol=1e-30)


def test_small_sigmoid_gradients_are_not_rounded_away():
    logits = np.array([-30.0], "float32")
    _, cache = ops.sigmoid_cross_entropy_forward(logits, np.zeros(1, "float32"))

    gradient = ops.sigmoid_cross_entropy_backward(np.ones(1, "float32"), cache)

    np.testing.assert_allclose(gradient, math.exp(-30), rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_probability_of_zero_costs_16_118(dtype):
    p, t, label = np.array([[0, 1]], dtype), np.array([[1, 0]], dtype), np.array([0])

    categorical, cache = ops.categorical_cross_entropy_forward(p, t)
    sparse, sparse_cache = ops.sparse_categorical_cross_entropy_forward(p, label)
    binary, binary_cache = ops.binary_cross_entropy_forward(p, t)

    np.testing.assert_allclose(categorical, 16.118, atol=1e-3)
    np.testing.assert_allclose(sparse, 16.118, atol=1e-3)
    np.testing.assert_allclose(binary[0, 0], 16.118, atol=1e-3)
    ones = np.ones(1, dtype)
    # clipped: nothing that moves the probability by little changes the loss
    assert not ops.categorical_cross_entropy_backward(ones, cache).any()
    assert not ops.sparse_categorical_cross_entropy_backward(ones, sparse_cache).any()
    assert not ops.binary_cross_entropy_backward(np.ones((1, 2), dtype), binary_cache).any()


def test_probabilities_that_do_not_add_up_to_1_are_made_to():
    t = np.array([[1.0, 0.0, 0.0]])

    losses, _ = ops.categorical_cross_entropy_forward(np.array([[2.0, 1.0, 1.0]]), t)

    np.testing.assert_allclose(losses, math.log(2))


def test_predictions_that_are_all_0_give_a_finite_loss():
    p, t = np.zeros((1, 3), "float32"), np.array([[1, 0, 0]], "float32")

    losses, cache = ops.categorical_cross_entropy_forward(p, t)

    np.testing.assert_allclose(losses, 16.118, atol=1e-3)
    assert np.isfinite(ops.categorical_cross_entropy_backward(np.ones(1, "float32"), cache)).all()


def test_backward_leaves_its_cache_alone():
    for kind in KINDS:
        x, targets = draw(kind, (3, 4), 0)
        losses, cache = getattr(ops, f"{kind}_cross_entropy_forward")(x, targets)
        before = [np.copy(array) for array in cache]
        backward = getattr(ops, f"{kind}_cross_entropy_backward")
        first, second = (backward(np.ones_like(losses), cache) for _ in range(2))
        np.testing.assert_array_equal(first, second)
        for array, copy in zip(cache, before, strict=True):
            np.testing.assert_array_equal(array, copy)
