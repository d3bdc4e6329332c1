"""State that training changes besides the weights, and testing and predicting do not."""

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.layers import BatchNormalization, Dense, Dropout
from minicnn.optimizers import SGD

X = np.random.default_rng(0).normal(2.0, 3.0, size=(16, 4))
Y = np.random.default_rng(1).normal(size=(16, 3))


def network(*layers, optimizer="sgd", loss="mse"):
    model = Sequential([Input((4,)), *layers])
    model.compile(optimizer, loss)
    return model


def test_moving_averages_follow_training_batches():
    model = network(BatchNormalization(momentum=0.9, dtype="float64"), Dense(3))
    model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    mean, variance = np.zeros(4), np.ones(4)
    for batch in (X[:8], X[8:]) * 2:
        mean = 0.9 * mean + 0.1 * batch.mean(axis=0)
        variance = 0.9 * variance + 0.1 * batch.var(axis=0)  # biased, as Keras' is
    np.testing.assert_allclose(model.layers[0].moving_mean, mean)
    np.testing.assert_allclose(model.layers[0].moving_variance, variance)


def test_train_on_batch_moves_the_averages_and_the_dropout():
    model = network(BatchNormalization(), Dropout(0.5), Dense(3))
    model.train_on_batch(X, Y)
    assert (model.layers[0].moving_mean != 0).all()
    assert model.layers[1].seed_state[1] == 1


def test_a_frozen_normalization_keeps_and_uses_its_averages():
    model = network(BatchNormalization(trainable=False, dtype="float64"), Dense(3))
    model.fit(X, Y, epochs=2, verbose=0)
    np.testing.assert_array_equal(model.layers[0].moving_mean, np.zeros(4))
    np.testing.assert_allclose(model.layers[0](X, training=True), X / np.sqrt(1 + 1e-3))


@pytest.mark.parametrize(
    "use",
    [
        lambda model: model.evaluate(X, Y, verbose=0),
        lambda model: model.predict(X, verbose=0),
        lambda model: model.test_on_batch(X, Y),
        lambda model: model.predict_on_batch(X),
        lambda model: model(X),
        lambda model: model(X, training=True),
    ],
    ids=["evaluate", "predict", "test_on_batch", "predict_on_batch", "call", "call as in training"],
)
def test_only_training_steps_change_anything(use):
    model = network(BatchNormalization(), Dropout(0.5), Dense(3))
    model.fit(X, Y, verbose=0)
    before = [*model.get_weights(), model.layers[1].seed_state.copy()]
    attributes = [dict(vars(layer)) for layer in model.layers]
    first, second = use(model), use(model)
    np.testing.assert_array_equal(first, second)
    after = [*model.get_weights(), model.layers[1].seed_state]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)
    for layer, old in zip(model.layers, attributes, strict=True):
        assert vars(layer).keys() == old.keys()
        assert all(vars(layer)[name] is old[name] for name in old)


def test_dropout_drops_other_cells_at_each_step():
    model = network(Dropout(0.3))
    losses = {model.train_on_batch(X, X) for _ in range(5)}
    assert len(losses) == 5
    assert model.evaluate(X, X, verbose=0) == 0


def test_penalties_count_in_the_loss_and_in_the_gradient():
    layer = Dense(3, kernel_regularizer="l2", bias_regularizer="l1", dtype="float64")
    model = network(layer, optimizer=SGD(0.1))
    kernel = np.arange(12.0).reshape(4, 3) / 10 - 0.5
    bias = np.array([0.5, -0.25, 1.0])
    model.set_weights([kernel, bias])
    error = X @ kernel + bias - Y
    loss = (error**2).mean() + 0.01 * (kernel**2).sum() + 0.01 * np.abs(bias).sum()
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(loss)
    assert model.train_on_batch(X, Y) == pytest.approx(loss)
    dkernel = 2 * X.T @ error / error.size + 0.02 * kernel
    dbias = 2 * error.sum(axis=0) / error.size + 0.01 * np.sign(bias)
    np.testing.assert_allclose(layer.kernel, kernel - 0.1 * dkernel)
    np.testing.assert_allclose(layer.bias, bias - 0.1 * dbias)


def test_frozen_weights_carry_no_penalty_as_in_keras():
    frozen = Dense(3, kernel_regularizer="l2", trainable=False, dtype="float64")
    model = network(frozen, Dense(3, kernel_regularizer="l2", dtype="float64"))
    expected = ((model(X) - Y) ** 2).mean() + 0.01 * (model.layers[1].kernel ** 2).sum()
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected)
    kernel = frozen.kernel.copy()
    assert model.train_on_batch(X, Y) == pytest.approx(expected)
    np.testing.assert_array_equal(frozen.kernel, kernel)


def test_a_frozen_layer_passes_the_gradient_on():
    """The layer below a frozen one learns as if it were not frozen."""
    layers = [Dense(5, dtype="float64"), Dense(3, dtype="float64")]
    free = network(*layers)
    weights = free.get_weights()
    free.train_on_batch(X, Y)
    learnt = layers[0].kernel.copy()
    free.set_weights(weights)
    layers[1].trainable = False
    held = network(*layers)
    held.train_on_batch(X, Y)
    np.testing.assert_array_equal(layers[0].kernel, learnt)
    np.testing.assert_array_equal(layers[1].kernel, weights[2])
