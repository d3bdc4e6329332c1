import json

import numpy as np
import pytest

from minicnn import Sequential, layers
from minicnn.models import load_model
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

    with pytest.raises(NotImplementedError, match=r"not elementwise.*gradient=lambda x, dy"):
        check_gradients(layers.Lambda(center), X)
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
    with pytest.raises(NotImplementedError, match="write a custom layer"):
        check_gradients(layers.Lambda(lambda x: x[:, :1]), X)


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


def test_several_inputs_are_an_error_that_says_what_to_do():
    left, right = layers.Input((3,)), layers.Input((3,))
    with pytest.raises(TypeError, match=r"takes one input, got 2.*Subtract"):
        layers.Lambda(lambda both: abs(both[0] - both[1]))([left, right])
