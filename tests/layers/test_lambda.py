import json

import numpy as np
import pytest

from minicnn import Sequential, layers
from minicnn.errors import DataWarning, ShapeError
from minicnn.models import Model, load_model
from minicnn.optimizers import Adam
from minicnn.random import generator
from minicnn.testing import GradientError, check_gradients

X = np.random.default_rng(0).normal(size=(3, 4, 2))


def test_an_elementwise_function():
    layer = layers.Lambda(lambda x, scale: np.tanh(x) * scale, arguments={"scale": [1.0, 3.0]})
    report = check_gradients(layer, X, tolerance=1e-5)
    assert report.passed
    assert layer.output_shape == ()
    assert layer(X).shape == X.shape


def test_a_function_that_is_not_elementwise():
    def center(x):
        return x - x.mean(axis=-1, keepdims=True)

    assert check_gradients(layers.Lambda(center), X, tolerance=1e-5).passed
    assert check_gradients(layers.Lambda(lambda x: x / np.abs(x).sum()), X, tolerance=1e-5).passed
    right = layers.Lambda(center, gradient=lambda x, dy: center(dy))
    assert check_gradients(right, X).passed
    with pytest.raises(GradientError):
        check_gradients(layers.Lambda(center, gradient=lambda x, dy: dy), X)


def test_a_function_that_changes_the_shape():
    layer = layers.Lambda(
        lambda x: x.reshape(len(x), -1), gradient=lambda x, dy: dy.reshape(x.shape)
    )
    assert layer.compute_output_shape((None, 4, 2)) == (None, 8)
    assert check_gradients(layer, X).passed
    assert check_gradients(layers.Lambda(lambda x: x[:, :1]), X, tolerance=1e-5).passed


@pytest.mark.parametrize("shape", [(8,), lambda shape: (shape[0], 8)])
def test_a_declared_shape(shape):
    layer = layers.Lambda(lambda x: x.reshape(len(x), -1), output_shape=shape)
    assert layer.compute_output_shape((None, 4, 2)) == (None, 8)


def test_it_trains():
    model = Sequential([
        layers.Input((2,)), layers.Dense(4), layers.Lambda(np.sin), layers.Dense(1)
    ])  # fmt: skip
    model.compile("adam", "mse")
    x = np.random.default_rng(1).normal(size=(64, 2))
    history = model.fit(x, x[:, :1] ** 2, epochs=30, verbose=0).history["loss"]
    assert history[-1] < history[0]


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_it_is_never_read_from_a_file(tmp_path, ending):
    model = Sequential([layers.Input((2,)), layers.Lambda(lambda x: x / 255, name="scale")])
    path = tmp_path / f"model.{ending}"
    model.save(path)
    with pytest.raises(ValueError, match=r'"scale" is a Lambda.*no code from files.*load_weights'):
        load_model(path)


def test_its_config_names_the_function():
    config = layers.Lambda(np.sin).get_config()
    assert config["function"] == "sin"
    json.dumps(config)


def test_something_that_is_not_callable():
    with pytest.raises(TypeError, match="function must be callable, such as lambda x: x / 255"):
        layers.Lambda("relu")


def distance(pair):
    return np.sqrt(np.sum((pair[0] - pair[1]) ** 2, axis=1, keepdims=True))


def test_several_inputs():
    layer = layers.Lambda(distance)
    left, right = X[:, 0], X[:, 1]
    y, cache = layer.forward([left, right])
    assert layer.compute_output_shape([(None, 2), (None, 2)]) == (None, 1)
    dleft, dright = layer.backward(np.ones((3, 1), "float32"), cache)[0]
    np.testing.assert_allclose(dleft, (left - right) / y, rtol=1e-5)
    np.testing.assert_allclose(dright, (right - left) / y, rtol=1e-5)


def test_a_siamese_model_trains():
    tower = Sequential([layers.Input((3,)), layers.Dense(2)])
    left, right = layers.Input((3,)), layers.Input((3,))
    model = Model([left, right], layers.Lambda(distance)([tower(left), tower(right)]))
    model.compile(Adam(0.05), "mse")
    x = np.random.default_rng(1).normal(size=(2, 32, 3))
    history = model.fit([*x], distance(x), epochs=20, verbose=0).history["loss"]
    assert history[-1] < 0.8 * history[0]


class Sampling(layers.Layer):
    """As in Keras' variational autoencoders."""

    def call(self, inputs):
        mean, log_variance = inputs
        return mean + np.exp(log_variance / 2) * generator().normal(size=mean.shape)


def test_call_in_place_of_forward_draws_the_same_numbers_on_the_way_back():
    layer, mean, log_variance = Sampling(), X[:, 0], X[:, 1]
    assert layer.compute_output_shape([(None, 2), (None, 2)]) == (None, 2)
    y, cache = layer.forward([mean, log_variance])
    dy = np.ones((3, 2))
    dmean, dlog_variance = layer.backward(dy, cache)[0]
    np.testing.assert_allclose(dmean, dy)
    np.testing.assert_allclose(dlog_variance, (y - mean) / 2, rtol=1e-5)


def test_numbers_drawn_elsewhere_are_an_error():
    stray = np.random.default_rng(0)
    layer = layers.Lambda(lambda x: x * stray.normal(size=x.shape))
    _, cache = layer.forward(X)
    with pytest.raises(ValueError, match=r"returns other values.*K.random_normal"):
        layer.backward(X, cache)


def test_call_uses_training():
    class Doubling(layers.Layer):
        def call(self, x, training=None):
            return 2 * x if training else x

    assert Doubling()(np.ones((1, 2)), training=True).tolist() == [[2, 2]]


class WithLayers(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inside = layers.Dense(2)

    def call(self, x, training=None):
        return self.inside(x, training=training)


@pytest.mark.parametrize("shape", [(3,), None])
def test_a_call_that_uses_layers_is_a_model(tmp_path, shape):
    model = Sequential([layers.Input(shape)] if shape else [])
    for layer in (WithLayers(), layers.Dense(1)):
        model.add(layer)
    model.build((None, 3))
    model.compile(Adam(0.05), "mse")
    x = np.random.default_rng(0).normal(size=(32, 3))
    history = model.fit(x, x.sum(axis=1), epochs=30, verbose=0).history["loss"]
    assert history[-1] < history[0] / 2
    assert len(model.trainable_weights) == 4
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")  # needs no custom_objects
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_such_a_layer_shares_its_layers_when_it_is_called_again():
    layer, x = WithLayers(), layers.Input((2,))
    layer.inside.units = 2
    model = Model(x, layer(layer(x)))
    assert model.count_params() == 6
    with pytest.raises(NotImplementedError, match=r"keras\.Model"):
        WithLayers()(np.ones((1, 3)))


class Affine(layers.Layer):
    """act(x·w + b), with weights that the layer has under names of its own."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units

    def build(self, input_shape):
        super().build(input_shape)
        self.w = self.add_weight((input_shape[-1], self.units), "glorot_uniform")
        self.b = self.add_weight("bias", shape=self.units, initializer="ones")
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x):
        self.calls.assign_add(1)
        return np.tanh(np.matmul(x, self.w) + self.b)


def test_weights_of_a_layer_with_call_have_the_gradients_of_a_dense_layer():
    mine = Sequential([layers.Input((5, 4)), Affine(3), Affine(2)])
    dense = Sequential([layers.Input((5, 4)), layers.Dense(3, "tanh"), layers.Dense(2, "tanh")])
    assert mine.output_shape == (None, 5, 2)
    kernels = [w for w in mine.get_weights() if w.ndim]
    dense.set_weights(kernels)
    x, y = np.random.default_rng(0).normal(size=(2, 6, 5, 4))
    for model in (mine, dense):
        model.compile("sgd", "mse")
        model.fit(x, y[..., :2], epochs=2, batch_size=3, shuffle=False, verbose=0)
    assert mine.layers[0].calls.numpy() == mine.layers[1].calls.numpy() > 0
    for found, expected in zip(mine.trainable_weights, dense.weights, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)
    assert mine.layers[0].weight_names == ["variable_0", "bias", "variable_2"]


def test_slow_gradients_are_told_once(monkeypatch):
    monkeypatch.setattr("minicnn.layers.called.SLOW", 0)
    model = Sequential([layers.Input((4,)), Affine(3)])
    model.compile("sgd", "mse")
    with pytest.warns(DataWarning, match="forward and backward") as caught:
        model.fit(np.ones((4, 4)), np.ones((4, 3)), batch_size=2, verbose=0)
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda self, x: None, "returned None.*return"),
        (lambda self, x: np.sum(x), "a number instead of a batch"),
        (lambda self, x: (x, x), "returns 2 results"),
    ],
)
def test_what_call_returns_is_checked(call, said):
    kind = type("Mine", (layers.Layer,), {"call": call})
    with pytest.raises(ShapeError, match=said):
        Sequential([layers.Input((4,)), kind()])


def test_an_error_in_call_names_the_layer():
    kind = type("Mine", (layers.Layer,), {"call": lambda self, x: x @ np.ones((3, 2))})
    with pytest.raises(ValueError, match="matmul") as caught:
        Sequential([layers.Input((4,)), kind()])
    assert 'call of Mine "mine' in caught.value.__notes__[0]


def test_call_of_a_built_in_layer_may_be_replaced_and_used():
    class MCDropout(layers.Dropout):
        def call(self, inputs):
            return super().call(inputs, training=True)

    class Doubled(layers.Dense):
        def call(self, x):
            return 2 * super().call(x)

    model = Sequential([layers.Input((4,)), MCDropout(0.5, seed=1), Doubled(3, "tanh")])
    dropout, dense = model.layers
    x = np.ones((2, 4), np.float32)
    dropped = layers.Dropout(0.5, seed=1)(x, training=True)
    assert 0 in dropped
    expected = 2 * np.tanh(dropped @ dense.kernel + dense.bias)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-6)
    assert layers.Dense.call(dense, x).shape == dense(x).shape == (2, 3)
    assert check_gradients(model, x, tolerance=1e-4).passed
    assert dense.family == dropout.family == "custom"


def test_call_of_a_normalization_moves_its_averages():
    class Doubled(layers.BatchNormalization):
        def call(self, x, training=None):
            return super().call(2 * x, training=training)

    model = Sequential([layers.Input((3,)), Doubled(momentum=0.5)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(1, 1, (8, 3))
    model.fit(x, x, epochs=1, batch_size=8, verbose=0)
    np.testing.assert_allclose(model.layers[0].moving_mean, x.mean(0), rtol=1e-5)
    assert check_gradients(model, x, tolerance=1e-4).passed
