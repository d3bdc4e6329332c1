"""Penalties on the outputs of layers: in the loss, in the gradient, in files."""

import numpy as np
import pytest

from minicnn import Sequential, layers, regularizers
from minicnn.errors import UnknownNameError
from minicnn.models import load_model


def test_values_of_keras():
    """From Keras 3.15: evaluate, and the weights after a step."""
    x, y = np.ones((4, 3), "float32"), np.zeros((4, 2), "float32")
    dense = layers.Dense(
        2, "relu", kernel_initializer="ones", activity_regularizer=regularizers.L2(0.5)
    )
    model = Sequential([layers.Input((3,)), dense])
    model.compile("sgd", "mse")
    assert model.evaluate(x, y, verbose=0) == pytest.approx(18.0)
    assert model.train_on_batch(x, y) == pytest.approx(18.0)
    np.testing.assert_allclose(dense.kernel, 0.94, rtol=1e-6)
    np.testing.assert_allclose(dense.bias, -0.06, rtol=1e-5)


@pytest.mark.parametrize("activation", ["relu", "softmax"])
def test_the_gradient_is_the_slope_of_the_loss(activation):
    model = Sequential([
        layers.Conv2D(2, 2, input_shape=(4, 4, 1), activity_regularizer="l1", dtype="float64"),
        layers.Flatten(activity_regularizer=regularizers.L1L2(0.1, 0.2), dtype="float64"),
        layers.Dense(3, activation, activity_regularizer="l2", dtype="float64"),
    ])  # fmt: skip
    loss = "categorical_crossentropy" if activation == "softmax" else "mse"
    rate = 1e-6
    model.compile("sgd", loss)
    model.optimizer.learning_rate = rate
    random = np.random.default_rng(0)
    x, y = random.normal(size=(5, 4, 4, 1)), np.eye(3)[random.integers(3, size=5)]
    before = model.get_weights()
    model.train_on_batch(x, y)
    gradients = [(old - new) / rate for old, new in zip(before, model.get_weights(), strict=True)]
    for index, gradient in enumerate(gradients):
        position = tuple(random.integers(size) for size in gradient.shape)
        values = []
        for step in (1e-5, -1e-5):
            moved = [weight.copy() for weight in before]
            moved[index][position] += step
            model.set_weights(moved)
            values.append(float(model.test_on_batch(x, y)))
        assert gradient[position] == pytest.approx(
            (values[0] - values[1]) / 2e-5, rel=1e-3, abs=1e-5
        )


def test_config_and_files(tmp_path):
    model = Sequential([layers.Dense(2, activity_regularizer="l1", input_shape=(3,))])
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras").layers[0]
    assert again.activity_regularizer.get_config() == {"l1": 0.01}
    assert "activity_regularizer" not in layers.Dense(2).get_config()
    with pytest.raises(UnknownNameError, match="unknown regularizer 'l3'"):
        layers.Dense(2, activity_regularizer="l3")
