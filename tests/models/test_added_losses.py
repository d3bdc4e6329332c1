"""Losses that are symbolic tensors: `add_loss`, and losses that use tensors besides their arguments."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

from minicnn import Input, Model, Sequential, layers
from minicnn import backend as K  # noqa: N812 (Keras' name)
from minicnn.errors import NotReadyError
from minicnn.losses import binary_crossentropy, mean_squared_error

X = np.random.default_rng(0).uniform(0, 1, (12, 6)).astype(np.float32)


def autoencoder():
    """Return an autoencoder without noise, its input, and the tensors in its middle."""
    x = Input((6,))
    h = layers.Dense(5, activation="tanh", dtype="float64")(x)
    mean = layers.Dense(2, dtype="float64")(h)
    log_var = layers.Dense(2, dtype="float64")(h)
    z = mean + K.exp(log_var / 2) * 0.3
    decoder = Sequential([layers.Dense(6, activation="sigmoid", dtype="float64", input_shape=(2,))])
    return Model(x, decoder(z)), x, mean, log_var


def divergence(mean, log_var):
    return -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)


def expected(model, mean, log_var):
    """Compute the loss with NumPy."""
    m, v = Model(model.input, [mean, log_var]).predict(X, verbose=0)
    kl = -0.5 * (1 + v - m**2 - np.exp(v)).sum(axis=-1)
    return np.mean(6 * np.mean((X - model.predict(X, verbose=0)) ** 2, axis=-1) + kl)


def add(model, x, mean, log_var):
    loss = mean_squared_error(x, model.output)
    loss *= 6
    model.add_loss(K.mean(loss + divergence(mean, log_var)))
    model.compile("sgd")
    return ()


def close_over(model, x, mean, log_var):
    def vae_loss(y_true, y_pred):
        return 6 * mean_squared_error(y_true, y_pred) + divergence(mean, log_var)

    model.compile("sgd", loss=vae_loss)
    return (X,)


@pytest.mark.parametrize("prepare", [add, close_over])
def test_a_step_follows_the_gradient(prepare):
    model, x, mean, log_var = autoencoder()
    labels = prepare(model, x, mean, log_var)
    before = expected(model, mean, log_var)
    assert model.evaluate(X, *labels, verbose=0) == pytest.approx(before, rel=1e-5)
    weights = [weight.numpy().copy() for weight in model.trainable_weights]
    step = np.random.default_rng(1)
    directions = [step.normal(size=weight.shape) for weight in weights]
    values = []
    for sign in (1, -1):
        model.set_weights([w + sign * 1e-3 * d for w, d in zip(weights, directions, strict=True)])
        values.append(expected(model, mean, log_var))
    model.set_weights(weights)
    model.optimizer.learning_rate = 1.0
    assert model.train_on_batch(X, *labels) == pytest.approx(before, rel=1e-5)
    moved = [w - new for w, new in zip(weights, model.get_weights(), strict=True)]
    slope = sum((d * g).sum() for d, g in zip(directions, moved, strict=True))
    assert slope == pytest.approx((values[0] - values[1]) / 2e-3, rel=1e-3)


def test_fit_validates_and_needs_no_labels():
    model, *tensors = autoencoder()
    add(model, *tensors)
    history = model.fit(X, epochs=3, verbose=0, validation_data=(X, None)).history
    assert sorted(history) == ["loss", "val_loss"]
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.parametrize("copied", [deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
@pytest.mark.parametrize("prepare", [add, close_over])
def test_a_copy_keeps_the_losses(prepare, copied):
    model, *tensors = autoencoder()
    labels = prepare(model, *tensors)
    copy = copied(copied(model))
    assert copy.evaluate(X, *labels, verbose=0) == model.evaluate(X, *labels, verbose=0)
    for one in (model, copy):
        one.train_on_batch(X, *labels)
    for weight, expected in zip(copy.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)
    assert [layer.output.shape for layer in copy.layers] == [
        layer.output.shape for layer in model.layers
    ]


def test_added_losses_join_those_of_compile():
    x = Input((6,))
    y = layers.Dense(6, kernel_initializer="zeros")(x)
    model = Model(x, y)
    model.add_loss(K.mean(K.square(y - 1)))
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.evaluate(X, np.ones((12, 6)), verbose=0) == pytest.approx([2, 1])


def test_cross_entropies_take_symbolic_tensors():
    model, x, *_ = autoencoder()
    loss = Model(x, binary_crossentropy(x, model.output))
    found = binary_crossentropy(X, model.predict(X, verbose=0))
    np.testing.assert_allclose(loss.predict(X, verbose=0), found, rtol=1e-5)


def test_inputs_may_have_a_batch_size():
    x = Input(batch_shape=(4, 6))
    y = layers.Dense(6)(x)
    model = Model(x, y)
    model.add_loss(K.mean(1 + y - K.square(x) - K.exp(y)))
    model.compile("sgd")
    assert np.isfinite(model.train_on_batch(X[:4]))


def test_mistakes():
    model, *_ = autoencoder()
    with pytest.raises(TypeError, match=r"add_loss takes a symbolic tensor, .* got float"):
        model.add_loss(0.5)
    model.compile("sgd")
    with pytest.raises(NotReadyError, match="needs a loss"):
        model.fit(X)
