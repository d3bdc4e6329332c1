"""Walks through fully connected layers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import steps
from minicnn.errors import ShapeError
from minicnn.layers import Dense

from .checking import assert_steps


@st.composite
def examples(draw):
    """Features, kernel and bias (or None); the features with up to two axes before the last."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    before = draw(st.lists(st.integers(1, 3), max_size=2))
    features, units = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    bias = random.normal(size=units) if draw(st.booleans()) else None
    return random.normal(size=(*before, features)), random.normal(size=(features, units)), bias


@given(examples())
@settings(max_examples=50)
def test_walk_equals_the_layer_both_ways(example):
    x, kernel, bias = example
    layer = Dense(kernel.shape[1], use_bias=bias is not None, dtype="float64")
    layer.build((None, *x.shape))
    layer.set_weights([kernel] if bias is None else [kernel, bias])
    walk = steps.dense(x, kernel, bias)
    y, cache = layer.forward(x[None])
    np.testing.assert_allclose(walk.output, y[0], atol=1e-12)
    dy = np.random.default_rng(1).normal(size=y.shape)
    dx, gradients = layer.backward(dy, cache)
    back = walk.backward(dy[0])
    np.testing.assert_allclose(back.input.gradient, dx[0], atol=1e-12)
    assert set(back.gradients) == {"input", *gradients}
    for name, gradient in gradients.items():
        np.testing.assert_allclose(back.gradients[name].gradient, gradient, atol=1e-12)


@given(examples())
@settings(max_examples=50)
def test_every_step_adds_up(example):
    x, kernel, bias = example
    random = np.random.default_rng(2)
    walk = steps.dense(x, kernel, bias)
    np.testing.assert_allclose(  # from the definition, number by number
        walk.output[..., -1],
        (x * kernel[:, -1]).sum(axis=-1) + (0 if bias is None else bias[-1]),
        atol=1e-12,
    )
    arrays = {"input": x, "kernel": kernel, "dy": random.normal(size=walk.output.shape)}
    back = walk.backward(arrays["dy"])
    for one in (walk, *back.gradients.values()):
        assert_steps(one, arrays, random)


def test_by_hand():
    walk = steps.dense([1, 2], [[3, 0], [4, 1]], bias=[10, 0])
    assert walk.output.tolist() == [21, 2]
    assert walk[0].equation == "1·3 + 2·4 + 10 = 21"
    back = walk.backward([1, -1])
    assert back.kernel.gradient.tolist() == [[1, -1], [2, -2]]
    assert back.input.gradient.tolist() == [3, 3]
    assert back.kernel[1, 0].equation == "2·1 = 2"
    assert back.bias[1].equation == "(−1) = −1"


def test_whole_features_and_broken_weights():
    walk = steps.dense([1, 2], [[0.5], [0.25]], bias=1)
    assert walk.output.tolist() == [2.0]
    assert walk[0].equation == "1·0.5 + 2·0.25 + 1 = 2"


def test_mistakes():
    with pytest.raises(ShapeError, match=r"weighs 2 features, got features of shape \(3,\)"):
        steps.dense([1, 2, 3], [[1], [2]])
    with pytest.raises(ShapeError, match=r"image\.ravel\(\)"):
        steps.dense(np.ones((2, 3)), np.ones((6, 1)))
    with pytest.raises(ShapeError, match=r"kernel\[:, np.newaxis\]"):
        steps.dense([1, 2], [1, 2])
    with pytest.raises(ShapeError, match=r"bias must have shape \(2,\), got shape \(1,\)"):
        steps.dense([1], [[1, 2]], bias=3)
