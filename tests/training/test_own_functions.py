"""Custom losses, metrics, activations and initializers."""

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.layers import Activation, Dense
from minicnn.losses import FunctionLoss, Loss
from minicnn.metrics import Metric
from minicnn.optimizers import SGD
from minicnn.regularizers import Regularizer

X = np.random.default_rng(0).normal(size=(12, 3))
Y = np.random.default_rng(1).normal(size=(12, 2))


def network(loss="mse", metrics=None, optimizer=None, **options):
    model = Sequential([Input((3,)), Dense(2, dtype="float64", **options)])
    model.set_weights([np.linspace(-1, 1, 6).reshape(3, 2), np.array([0.1, -0.2])])
    model.compile(optimizer or SGD(0.1), loss, metrics=metrics)
    return model


def my_squares(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2, axis=-1)


def with_gradient():
    return FunctionLoss(my_squares, gradient=lambda y, p: 2 * (p - y) / p.shape[-1])


class MySquares(Loss):
    def call(self, y_true, y_pred):
        return my_squares(y_true, y_pred)


@pytest.mark.parametrize("loss", [my_squares, with_gradient(), MySquares(), MySquares])
def test_own_losses_train_as_the_librarys_does(loss):
    own, library = network(loss), network("mse")
    mine = own.fit(X, Y, epochs=3, batch_size=5, shuffle=False, verbose=0)
    theirs = library.fit(X, Y, epochs=3, batch_size=5, shuffle=False, verbose=0)
    assert mine.history["loss"] == pytest.approx(theirs.history["loss"], rel=1e-6)
    for got, expected in zip(own.get_weights(), library.get_weights(), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-6)


def worst(y_true, y_pred):
    return np.abs(y_true - y_pred).max(axis=-1)


class Largest(Metric):
    """The largest error of all examples so far."""

    def __init__(self, name="largest"):
        super().__init__(name)
        self.reset_state()

    def reset_state(self):
        self.value = 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.value = max(self.value, float(np.abs(y_true - y_pred).max()))

    def result(self):
        return self.value


def test_own_metrics():
    model = network(metrics=[worst, Largest(), "mse"])
    assert model.metrics_names == ["loss", "worst", "largest", "mse"]
    values = model.evaluate(X, Y, batch_size=5, verbose=0, return_dict=True)
    errors = np.abs(model(X) - Y)
    assert values["worst"] == pytest.approx(errors.max(axis=-1).mean())
    assert values["largest"] == pytest.approx(errors.max())
    assert values["mse"] == pytest.approx(values["loss"])
    history = model.fit(X, Y, validation_data=(X, Y), verbose=0).history
    assert {"worst", "val_worst", "largest", "val_largest"} <= set(history)


def test_metrics_begin_anew_each_epoch():
    model = network(metrics=[Largest()], optimizer=SGD(0.3))
    history = model.fit(X, Y, epochs=10, verbose=0).history["largest"]
    assert history[-1] < history[0]


def own_tanh(x):
    return np.tanh(x)


@pytest.mark.parametrize("as_layer", [False, True])
def test_own_activation(as_layer):
    def trained(activation):
        model = network(activation=None if as_layer else activation)
        if as_layer:
            model.add(Activation(activation, dtype="float64"))
            model.compile(SGD(0.1), "mse")
        model.fit(X, Y, epochs=3, shuffle=False, verbose=0)
        return model.get_weights()

    for got, expected in zip(trained(own_tanh), trained("tanh"), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-7)


def test_own_initializer():
    def rising(shape, dtype):
        return np.arange(np.prod(shape), dtype=dtype).reshape(shape)

    model = Sequential([Input((3,)), Dense(2, kernel_initializer=rising)])
    assert model.layers[0].kernel.tolist() == [[0, 1], [2, 3], [4, 5]]


class Quartic(Regularizer):
    def __call__(self, weight):
        return float((weight**4).sum())

    def gradient(self, weight):
        return 4 * weight**3


def test_own_regularizer():
    plain, penalised = network(), network(kernel_regularizer=Quartic())
    kernel = plain.layers[0].kernel.copy()
    loss = plain.train_on_batch(X, Y)
    assert penalised.train_on_batch(X, Y) == pytest.approx(loss + (kernel**4).sum())
    np.testing.assert_allclose(
        penalised.layers[0].kernel, plain.layers[0].kernel - 0.1 * 4 * kernel**3
    )
