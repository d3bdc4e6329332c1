"""Layers that a graph computes together give what they give one by one."""

import numpy as np
import pytest

from minicnn import layers
from minicnn.layers import fusion
from minicnn.models import Model
from minicnn.ops import reference

ENDS = {
    "plain": lambda **options: layers.ReLU(**options),
    "by name": lambda **options: layers.Activation("relu", **options),
}
OTHERS = {
    "max_value=0": lambda **options: layers.ReLU(max_value=0, **options),
    "slope": lambda **options: layers.ReLU(negative_slope=0.1, **options),
    "threshold": lambda **options: layers.ReLU(threshold=0.5, **options),
    "a function of that name": lambda **options: layers.Activation(relu, **options),
}


def relu(x):
    return np.maximum(x, 0) + 1


def residual(conv, relu=layers.ReLU, size=(9, 8, 8), axis=-1, **options):
    """Two normalized convolutions whose output is added to the first one's, and pooled."""
    x = layers.Input(shape=size)
    first = relu()(layers.BatchNormalization(axis)(conv()(x)))
    y = layers.BatchNormalization(axis, **options)(conv()(first))
    total = relu()(layers.Add()([y, first]))
    pool = layers.GlobalAveragePooling2D if len(size) == 3 else layers.GlobalAveragePooling1D
    return randomized(Model(x, layers.Dense(3)(pool()(total))))


def randomized(model, seed=0):
    random = np.random.default_rng(seed)
    values = [random.normal(size=weight.shape) for weight in model.get_weights()]
    model.set_weights([np.abs(value) + 0.2 if value.ndim == 1 else 0.3 * value for value in values])
    return model


def conv2d(**options):
    return layers.Conv2D(8, 3, padding="same", **options)


CONVOLUTIONS = {
    "Conv2D": (conv2d, (9, 8, 8)),
    "without bias": (lambda: conv2d(use_bias=False), (9, 8, 8)),
    "with ReLU of its own": (lambda: conv2d(activation="relu"), (9, 8, 8)),
    "groups": (lambda: conv2d(groups=2), (9, 8, 8)),
    "depthwise": (lambda: layers.DepthwiseConv2D(3, padding="same"), (9, 8, 8)),
    "separable": (lambda: layers.SeparableConv2D(8, 3, padding="same"), (9, 8, 8)),
    "Conv1D": (lambda: layers.Conv1D(8, 3, padding="same"), (40, 8)),
    "channels_first": (lambda: conv2d(data_format="channels_first"), (8, 9, 8)),
}


def assert_equal_passes(model, count=None):
    graph, random = model.graph, np.random.default_rng(1)
    x = random.normal(size=(6, *model.input_shape[1:])).astype("float32")
    alone = graph.forward(x, caches=False, values=True).outputs[0]
    together = graph.forward(x, caches=False).outputs[0]
    np.testing.assert_allclose(together, alone, rtol=0, atol=2e-5 * np.abs(alone).max())
    for training in (False, True):
        one, all_values = graph.forward(x, training), graph.forward(x, training, values=True)
        fused = sum(cache is fusion.FUSED for cache in one.caches)
        assert count in (None, fused)
        np.testing.assert_allclose(one.outputs[0], all_values.outputs[0], rtol=1e-4, atol=1e-4)
        dy = random.normal(size=alone.shape).astype("float32")
        got, expected = (graph.backward(run, dy).weights for run in (one, all_values))
        assert got.keys() == expected.keys()
        for layer, gradients in expected.items():
            for name, wanted in gradients.items():
                atol = 2e-5 * max(np.abs(wanted).max(), 1)
                np.testing.assert_allclose(got[layer][name], wanted, rtol=0, atol=atol)


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_convolutions(kind):
    conv, size = CONVOLUTIONS[kind]
    axis = 1 if kind == "channels_first" else -1
    assert_equal_passes(residual(conv, size=size, axis=axis), 2)


@pytest.mark.parametrize("strides", [1, 2])
def test_folded_normalization_is_as_accurate_as_a_convolution(strides):
    x = layers.Input(shape=(17, 16, 16))
    conv = layers.Conv2D(32, 3, strides, padding="same", use_bias=False)
    normalization = layers.BatchNormalization()
    y = layers.Flatten()(layers.ReLU()(normalization(conv(x))))
    model = randomized(Model(x, y))
    batch = np.random.default_rng(0).normal(size=(4, 17, 16, 16)).astype("float32")
    exact = [weight.astype("float64") for weight in model.get_weights()]
    z, _ = reference.conv2d_forward(
        batch.astype("float64"), exact[0], None, (strides, strides), "same"
    )
    expected, _ = reference.batch_normalization_forward(z, *exact[1:], activation="relu")
    got = model.predict(batch, verbose=0).reshape(expected.shape)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5 * expected.max())


@pytest.mark.parametrize("end", ENDS)
def test_relu_is_fused(end):
    assert_equal_passes(residual(conv2d, ENDS[end]), 2)


@pytest.mark.parametrize("other", OTHERS)
def test_other_activations_are_not(other):
    assert_equal_passes(residual(conv2d, OTHERS[other]), 0)


def test_other_axes_are_not_folded_into_filters():
    assert_equal_passes(residual(conv2d, axis=1), 2)


def test_axes_may_be_counted_from_the_front():
    assert_equal_passes(residual(conv2d, axis=3), 2)


def test_frozen_normalization():
    assert_equal_passes(residual(conv2d, trainable=False), 2)


def test_no_gamma_and_beta():
    assert_equal_passes(residual(conv2d, center=False, scale=False), 2)


def test_layer_normalization_is_not_folded():
    x = layers.Input(shape=(9, 8, 8))
    y = layers.ReLU()(layers.LayerNormalization()(conv2d()(x)))
    assert_equal_passes(randomized(Model(x, layers.GlobalAveragePooling2D()(y))), 0)


def chain(*middle):
    x = y = layers.Input(shape=(6, 6, 8))
    for layer in (conv2d(), *middle, layers.Flatten()):
        y = layer(y)
    return randomized(Model(x, y))


class Doubled(layers.BatchNormalization):
    def forward(self, x, training=False):
        y, cache = super().forward(x, training)
        return 2 * y, cache

    def backward(self, dy, cache):
        return super().backward(2 * dy, cache)


class Negated(layers.ReLU):
    def forward(self, x, training=False):
        y, cache = super().forward(x, training)
        return -y, cache

    def backward(self, dy, cache):
        return super().backward(-dy, cache)


@pytest.mark.parametrize(
    ("middle", "count"),
    [
        ([layers.ReLU], 1),
        ([layers.BatchNormalization, layers.ReLU], 1),
        ([layers.BatchNormalization, layers.BatchNormalization], 0),
        ([layers.BatchNormalization, Negated], 0),
        ([Doubled, layers.ReLU], 0),
        ([lambda: layers.BatchNormalization(dtype="float64"), layers.ReLU], 0),
        ([lambda: layers.ReLU(activity_regularizer="l2")], 0),
    ],
)
def test_chains(middle, count):
    assert_equal_passes(chain(*(make() for make in middle)), count)


def test_a_value_that_others_read_is_computed():
    x = layers.Input(shape=(6, 6, 8))
    before = conv2d()(x)
    normalized = layers.BatchNormalization()(before)
    total = layers.Add()([layers.ReLU()(normalized), layers.Multiply()([before, normalized])])
    assert_equal_passes(randomized(Model(x, layers.Flatten()(total))), 0)


def test_outputs_are_computed():
    x = layers.Input(shape=(6, 6, 8))
    before = conv2d()(x)
    normalized = layers.BatchNormalization()(before)
    model = randomized(Model(x, [before, normalized, layers.ReLU()(normalized)]))
    batch = np.random.default_rng(0).normal(size=(2, 6, 6, 8)).astype("float32")
    outputs = model.graph.forward(batch, caches=False).outputs
    for got, wanted in zip(outputs, model.graph.forward(batch, values=True).outputs, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_weights_may_change_between_passes():
    model = chain(layers.BatchNormalization(), layers.ReLU())
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 8)).astype("float32")
    before = model.predict(x, verbose=0)
    model.layers[2].gamma *= 2
    model.layers[2].beta *= 2
    np.testing.assert_allclose(model.predict(x, verbose=0), 2 * before, rtol=1e-4, atol=1e-4)


def test_training_learns_the_same():
    first, second = (residual(conv2d) for _ in range(2))
    second.graph._following = [[] for _ in second.graph.nodes]
    x = np.random.default_rng(0).normal(size=(16, 9, 8, 8)).astype("float32")
    for model in (first, second):
        model.layers[-1].activation = "softmax"  # computed with the loss
        model.compile("sgd", "categorical_crossentropy")
        for _ in range(3):
            model.train_on_batch(x, np.eye(3, dtype="float32")[np.arange(16) % 3])
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_logits_of_the_last_layer_leave_the_others_fused():
    model = residual(conv2d)
    x = np.zeros((2, 9, 8, 8), "float32")
    run = model.graph.forward(x, training=True, logits=True)
    assert run.cut
    assert sum(cache is fusion.FUSED for cache in run.caches) == 2


def test_logits_before_a_relu_are_not_rectified():
    x = layers.Input(shape=(6, 6, 8))
    model = randomized(Model(x, layers.ReLU()(conv2d()(x))))
    batch = np.random.default_rng(0).normal(size=(2, 6, 6, 8)).astype("float32")
    assert model.graph.forward(batch, caches=False, logits=True).outputs[0].min() < 0
    assert model.graph.forward(batch, caches=False).outputs[0].min() == 0
