"""A custom layer, as in the documentation, inside a model."""

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.errors import ShapeError, UnknownNameError
from minicnn.layers import Conv2D, Dense, Flatten, Layer
from minicnn.optimizers import SGD


class Scale(Layer):
    def build(self, input_shape):
        self.add_weight("scale", shape=input_shape[-1:], initializer="ones")

    def forward(self, x, training=False):
        return x * self.scale, x

    def backward(self, dy, cache):
        x = cache
        axes = tuple(range(x.ndim - 1))
        return dy * self.scale, {"scale": (dy * x).sum(axis=axes)}


class NotSummed(Scale):
    def backward(self, dy, cache):
        return dy * self.scale, {"scale": dy * cache}


class Forgetful(Scale):
    def backward(self, dy, cache):
        return dy * self.scale, {}


def test_it_learns():
    model = Sequential([Input((1,)), Scale()])
    model.compile(SGD(0.1), "mse")
    x = np.linspace(-1, 1, 32)[:, None]
    history = model.fit(x, 3 * x, epochs=150, verbose=0)
    assert model.layers[0].scale == pytest.approx(3, abs=0.01)
    assert history.history["loss"][-1] < 1e-4 < history.history["loss"][0]


@pytest.mark.parametrize("place", [0, 1, 3])
def test_anywhere_in_a_model(place):
    layers = [Conv2D(2, 3, activation="relu"), Flatten(), Dense(3, activation="softmax")]
    layers.insert(place, Scale())
    model = Sequential([Input((6, 6, 1)), *layers])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    before = model.get_weights()
    model.fit(np.random.default_rng(0).normal(size=(12, 6, 6, 1)), np.arange(12) % 3, verbose=0)
    assert model.get_layer("scale").count_params() == model.get_layer("scale").scale.size
    for old, new in zip(before, model.get_weights(), strict=True):
        assert (old != new).any()


def test_config_needs_the_class():
    model = Sequential([Input((2,)), Scale(name="mine")])
    again = Sequential.from_config(model.get_config(), custom_objects={"Scale": Scale})
    assert isinstance(again.get_layer("mine"), Scale)
    with pytest.raises(UnknownNameError, match="unknown layer 'Scale'"):
        Sequential.from_config(model.get_config())


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (NotSummed, r"weight scale of NotSummed .* shape \(2,\).*gradient of shape \(4, 2\).*sum"),
        (Forgetful, r'backward of Forgetful "forgetful" returned no gradient of its weight scale'),
    ],
)
def test_a_wrong_backward_is_named(kind, said):
    model = Sequential([Input((2,)), kind()])
    model.compile("sgd", "mse")
    with pytest.raises(ShapeError, match=said):
        model.fit(np.ones((4, 2)), np.ones((4, 2)), verbose=0)
