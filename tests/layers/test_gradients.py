"""Compare every layer's gradients with finite differences, at random shapes and away from kinks."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from minicnn import activations, layers
from minicnn.layers import Layer

from ..gradients import assert_gradients, distinct, randomize
from ..ops.cases import convolutions, slidings


def cube(x):
    """A custom activation with a numerical derivative."""
    return x**3 / 10


ACTIVATIONS = {name: name for name in activations.KNOWN} | {
    "relu, cut": activations.Activation("relu", max_value=1.5),
    "gelu, approximate": activations.Activation("gelu", approximate=True),
    "elu, steep": activations.Activation("elu", alpha=0.3),
    "measured": cube,
    "sine": activations.FunctionActivation(np.sin, derivative=np.cos),
}
every_activation = pytest.mark.parametrize(
    "activation", ACTIVATIONS.values(), ids=ACTIVATIONS.keys()
)
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=60)


def shapes(least: int, most: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Draw shapes of a batch with that many axes."""
    return st.lists(st.integers(1, 4), min_size=least, max_size=most).map(tuple)


def check(layer: Layer, shape: tuple[int, ...], seed: int, training: bool = False) -> None:
    """Build the layer and compare; reject cases with an element near a kink."""
    random = np.random.default_rng(seed)
    layer.build((None, *shape[1:]))
    randomize(layer, random)
    x = distinct(shape, random)
    activation = getattr(layer, "activation", activations.linear)
    if activation.name in ("relu", "leaky_relu", "elu"):
        z, _ = layer.logits(x)
        kinks = (
            0,
            activation.parameters.get("threshold", 0),
            activation.parameters.get("max_value") or 0,
        )
        assume(min(np.abs(z - kink).min() for kink in kinks) > 1e-4)
    assert_gradients(layer, x, random, training)


@every_activation
@given(case=convolutions(largest=6, both=False))
@settings(max_examples=30)
def test_conv2d(activation, case):
    sliding = case.sliding
    layer = layers.Conv2D(
        case.filters, sliding.window, sliding.strides, sliding.padding, groups=case.groups,
        dilation_rate=sliding.dilation_rate, activation=activation, use_bias=case.use_bias,
        dtype="float64",
    )  # fmt: skip
    check(layer, sliding.x_shape, sliding.seed, training=True)


@every_activation
@given(shape=shapes(2, 4), units=st.integers(1, 4), use_bias=st.booleans(), seed=seeds)
@settings(max_examples=30)
def test_dense(activation, shape, units, use_bias, seed):
    layer = layers.Dense(units, activation=activation, use_bias=use_bias, dtype="float64")
    check(layer, shape, seed)


@pytest.mark.parametrize("kind", [layers.MaxPooling2D, layers.AveragePooling2D])
@given(case=slidings(largest=7, dilations=False))
@few
def test_pooling(kind, case):
    layer = kind(case.window, case.strides, case.padding, dtype="float64")
    check(layer, case.x_shape, case.seed)


@pytest.mark.parametrize("kind", [layers.GlobalMaxPooling2D, layers.GlobalAveragePooling2D])
@given(shape=shapes(4, 4), keepdims=st.booleans(), seed=seeds)
@few
def test_global_pooling(kind, shape, keepdims, seed):
    check(kind(keepdims=keepdims, dtype="float64"), shape, seed)


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@given(data=st.data(), shape=shapes(2, 4), center=st.booleans(), scale=st.booleans(),
       epsilon=st.floats(1e-3, 1), seed=seeds)  # fmt: skip
@few
def test_batch_normalization(training, data, shape, center, scale, epsilon, seed):
    axis = data.draw(st.sampled_from([*range(1, len(shape)), *range(1 - len(shape), 0)]))
    layer = layers.BatchNormalization(
        axis, epsilon=epsilon, center=center, scale=scale, dtype="float64"
    )
    check(layer, shape, seed, training)


@given(shape=shapes(2, 4), seed=seeds)
@few
def test_frozen_batch_normalization(shape, seed):
    layer = layers.BatchNormalization(dtype="float64")
    random = np.random.default_rng(seed)
    layer.build((None, *shape[1:]))
    randomize(layer, random)
    layer.trainable = False
    x = distinct(shape, random)
    y, cache = layer.forward(x, training=True)
    dx, gradients = layer.backward(np.ones_like(y), cache)
    np.testing.assert_allclose(dx, np.broadcast_to(dy_dx(layer), x.shape))
    assert list(gradients) == ["gamma", "beta"]


def dy_dx(layer):
    """Return ∂y/∂x of a normalization by the moving averages."""
    return layer.gamma / np.sqrt(layer.moving_variance + layer.epsilon)


@given(
    data=st.data(), shape=shapes(2, 4), rate=st.floats(0, 0.95), training=st.booleans(), seed=seeds
)
@few
def test_dropout(data, shape, rate, training, seed):
    noise = data.draw(st.none() | st.tuples(*(st.sampled_from([None, 1, size]) for size in shape)))
    layer = layers.Dropout(rate, noise, seed=seed, dtype="float64")
    for _ in range(data.draw(st.integers(0, 2))):
        layer.update_state(None)
    check(layer, shape, seed, training)


@every_activation
@given(shape=shapes(2, 4), seed=seeds)
@settings(max_examples=30)
def test_activation_layer(activation, shape, seed):
    check(layers.Activation(activation, dtype="float64"), shape, seed)


@given(shape=shapes(2, 3), slope=st.floats(0, 2), threshold=st.floats(0, 1),
       above=st.none() | st.floats(0.1, 2), seed=seeds)  # fmt: skip
@few
def test_relu(shape, slope, threshold, above, seed):
    most = None if above is None else threshold + above
    check(layers.ReLU(most, slope, threshold, dtype="float64"), shape, seed)


@given(shape=shapes(2, 3), slope=st.floats(0, 2), seed=seeds)
@few
def test_leaky_relu(shape, slope, seed):
    check(layers.LeakyReLU(slope, dtype="float64"), shape, seed)


@given(data=st.data(), shape=shapes(2, 4), seed=seeds)
@few
def test_softmax(data, shape, seed):
    axis = data.draw(st.sampled_from([*range(1, len(shape)), *range(1 - len(shape), 0)]))
    check(layers.Softmax(axis, dtype="float64"), shape, seed)


@given(
    shape=shapes(4, 4), padding=st.tuples(*[st.tuples(*[st.integers(0, 3)] * 2)] * 2), seed=seeds
)
@few
def test_zero_padding(shape, padding, seed):
    check(layers.ZeroPadding2D(padding, dtype="float64"), shape, seed)


@given(shape=shapes(2, 5), seed=seeds)
@few
def test_flatten_and_reshape(shape, seed):
    check(layers.Flatten(dtype="float64"), shape, seed)
    check(layers.Reshape((*reversed(shape[1:]), 1), dtype="float64"), shape, seed)


@given(data=st.data(), shape=shapes(2, 4), seed=seeds)
@few
def test_rescaling(data, shape, seed):
    number = st.floats(-3, 3, allow_subnormal=False)
    numbers = number | st.lists(number, min_size=shape[-1], max_size=shape[-1])
    check(layers.Rescaling(data.draw(numbers), data.draw(numbers), dtype="float64"), shape, seed)


@given(case=convolutions(largest=6, both=False))
@few
def test_logits_of_a_convolution(case):
    """A loss that includes the activation uses the logits."""
    sliding, random = case.sliding, np.random.default_rng(case.sliding.seed)
    layer = layers.Conv2D(
        case.filters,
        sliding.window,
        padding="same",
        groups=case.groups,
        activation="sigmoid",
        dtype="float64",
    )
    layer.build((None, *sliding.x_shape[1:]))
    randomize(layer, random)
    x = distinct(sliding.x_shape, random)
    assert_logits(layer, x, random)


@given(shape=shapes(2, 4), seed=seeds)
@few
def test_logits_of_other_layers(shape, seed):
    random = np.random.default_rng(seed)
    for layer in (
        layers.Dense(3, activation="softmax", dtype="float64"),
        layers.Activation("sigmoid", dtype="float64"),
        layers.Softmax(dtype="float64"),
    ):
        layer.build((None, *shape[1:]))
        randomize(layer, random)
        assert_logits(layer, distinct(shape, random), random)


def assert_logits(layer, x, random):
    """``activation(logits)`` is the output, and the gradients through both ways agree."""
    logits, logits_cache = layer.logits(x)
    y, cache = layer.forward(x)
    np.testing.assert_allclose(layer.activation(logits), y, rtol=1e-12)
    dy = random.normal(size=y.shape)
    dx, gradients = layer.backward(dy, cache)
    other_dx, others = layer.logits_backward(layer.activation.backward(dy, logits, y), logits_cache)
    np.testing.assert_allclose(other_dx, dx, rtol=1e-9, atol=1e-12)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(others[name], gradient, rtol=1e-9, atol=1e-12)
