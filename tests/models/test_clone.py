"""`clone_model`: the same layers, new weights."""

import numpy as np
import pytest

from minicnn import Input, Sequential, layers, regularizers
from minicnn.models import Model, clone_model


class Scale(layers.Layer):
    def build(self, input_shape):
        self.add_weight("scale", input_shape[-1:], "ones")

    def forward(self, x, training=False):
        return x * self.scale, x

    def backward(self, dy, cache):
        return dy * self.scale, {"scale": (dy * cache).sum(axis=0)}


class Twice(regularizers.L2):
    pass


def square(x):
    return x * x


def sequential():
    return Sequential([
        layers.Conv2D(2, 2, input_shape=(4, 4, 1), activation=square, kernel_regularizer=Twice(0.1)),
        layers.Flatten(),
        Scale(),
        layers.Dense(3, activation=layers.LeakyReLU(0.1), kernel_initializer=lambda shape, dtype:
                     np.ones(shape, dtype)),
    ])  # fmt: skip


def functional():
    x = Input((4, 4, 1))
    shared = layers.Conv2D(1, 2)
    return Model(x, layers.Add()([shared(x), shared(x)]))


@pytest.mark.parametrize("make", [sequential, functional])
def test_layers_are_the_same_and_weights_new(make):
    model = make()
    clone = clone_model(model)
    assert type(clone) is type(model)
    assert [type(a) for a in clone.layers] == [type(a) for a in model.layers]
    assert len(clone.weights) == len(model.weights)
    assert not any(
        np.shares_memory(a, b) for a, b in zip(clone.weights, model.weights, strict=True)
    )
    assert not np.array_equal(clone.weights[0], model.weights[0])
    clone.set_weights(model.get_weights())
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 1)).astype("float32")
    np.testing.assert_array_equal(clone.predict(x, verbose=0), model.predict(x, verbose=0))


def plain():
    return Sequential([layers.Dense(2, input_shape=(3,)), layers.ReLU(), layers.Dense(1)])


@pytest.mark.parametrize("make", [plain, functional])
def test_a_clone_function_makes_the_layers(make):
    def frozen(layer):
        return type(layer).from_config({**layer.get_config(), "trainable": False})

    clone = clone_model(make(), clone_function=frozen)
    assert clone.weights
    assert not clone.trainable_weights


def test_no_model():
    with pytest.raises(ValueError, match="model must be a Sequential or Model, got 'x'"):
        clone_model("x")
