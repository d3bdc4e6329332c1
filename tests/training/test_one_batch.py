"""`train_on_batch`, `test_on_batch`, `predict_on_batch`, and calling the model."""

import numpy as np
import pytest

from minicnn import Input, Model, Sequential
from minicnn.layers import Concatenate, Dense, Dropout
from minicnn.optimizers import SGD

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]])
Y = np.array([[1.0], [0.0], [2.0]])


def network(**options):
    model = Sequential([Input((2,)), Dense(1, dtype="float64")])
    model.set_weights([np.array([[0.5], [-0.25]]), np.array([0.1])])
    model.compile(SGD(0.1), "mse", **options)
    return model


def error():
    return X @ [[0.5], [-0.25]] + 0.1 - Y


def test_train_on_batch_takes_one_step():
    model = network()
    loss = model.train_on_batch(X, Y)
    assert loss == pytest.approx((error() ** 2).mean())
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel, [[0.5], [-0.25]] - 0.1 * 2 * X.T @ error() / 3)
    np.testing.assert_allclose(bias, 0.1 - 0.1 * 2 * error().mean(axis=0))
    assert model.optimizer.iterations == 1


def test_sample_weight_and_class_weight():
    weights = np.array([1.0, 0.0, 3.0])
    loss = network().train_on_batch(X, Y, sample_weight=weights)
    assert loss == pytest.approx((weights * error()[:, 0] ** 2).mean())
    # Y's classes are 1, 0 and 2.
    assert network().train_on_batch(X, Y, class_weight={0: 0.0, 2: 3.0}) == pytest.approx(loss)
    assert network().test_on_batch(X, Y, sample_weight=weights) == pytest.approx(loss)


def test_test_on_batch_changes_nothing():
    model = network(metrics=["mae"])
    before = model.get_weights()
    values = model.test_on_batch(X, Y)
    assert values == pytest.approx([(error() ** 2).mean(), np.abs(error()).mean()])
    named = model.test_on_batch(X, Y, return_dict=True)
    assert named == dict(zip(model.metrics_names, values, strict=True))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_calls_do_not_share_their_means():
    model = network()
    model.train_on_batch(X, Y)
    alone = network().test_on_batch(X[:1], Y[:1])
    fresh = network()
    fresh.test_on_batch(X, Y)
    assert fresh.test_on_batch(X[:1], Y[:1]) == pytest.approx(alone)


def test_predict_on_batch_and_call():
    model = network()
    np.testing.assert_allclose(model.predict_on_batch(X), error() + Y)
    np.testing.assert_allclose(model(X.tolist()), error() + Y)


def test_a_call_may_behave_as_in_training():
    model = Sequential([Input((200,)), Dropout(0.5)])
    x = np.ones((1, 200))
    np.testing.assert_array_equal(model(x), x)
    assert set(model(x, training=True).ravel()) == {0.0, 2.0}


@pytest.mark.parametrize("method", ["train_on_batch", "test_on_batch"])
def test_a_batch_without_labels_is_named(method):
    with pytest.raises(ValueError, match=rf"{method} needs labels: model\.{method}\(x, y\)\."):
        getattr(network(), method)(X)


def test_predict_on_batch_of_several_inputs_returns_arrays_of_its_own():
    x, z = np.ones((6, 4), np.float32), np.zeros((6, 3), np.float32)
    a, b = Input((4,)), Input((3,))
    joined = Model([a, b], Concatenate()([a, b])).predict_on_batch([x, z])
    np.testing.assert_array_equal(joined, np.hstack([x, z]))
    same, other = Model([a, b], [b, a]).predict_on_batch([x, z])
    np.testing.assert_array_equal(same, z)
    assert not np.shares_memory(same, z)
    assert not np.shares_memory(other, x)
