"""Custom losses: functions, with and without a gradient, and classes."""

import numpy as np
import pytest

from minicnn import losses
from minicnn.errors import DataWarning, ShapeError


def squared(y_true, y_pred):
    return np.mean((y_pred - y_true) ** 2, axis=-1)


def test_a_function_trains_as_the_loss_it_computes():
    random = np.random.default_rng(0)
    y_true, y_pred = random.normal(size=(5, 3)), random.normal(size=(5, 3)).astype("float32")

    value, gradient = losses.get(squared).value_and_gradient(y_true, y_pred, np.arange(5))

    expected = losses.MeanSquaredError().value_and_gradient(y_true, y_pred, np.arange(5))
    assert value == pytest.approx(expected[0], rel=1e-6)
    np.testing.assert_allclose(gradient, expected[1], rtol=1e-5, atol=1e-6)
    assert gradient.dtype == "float32"


def test_a_logarithm_beside_0_keeps_its_slope():
    def own_crossentropy(y_true, y_pred):
        return -np.sum(y_true * np.log(y_pred + 1e-7), axis=-1)

    y_pred = np.array([[0.0, 1.0], [1e-4, 0.9999]])
    _, gradient = losses.get(own_crossentropy).value_and_gradient([[1, 0], [1, 0]], y_pred)

    np.testing.assert_allclose(gradient[:, 0], [-0.5 / 1e-7, -0.5 / 1.001e-4], rtol=1e-3)


def test_labels_come_with_the_predictions_rank_and_can_be_used_as_indices():
    seen = []

    def picked(y_true, y_pred):
        seen.append((y_true.shape, y_true.dtype))
        return -np.log(y_pred[np.arange(len(y_pred)), y_true])

    losses.get(picked)(np.array([0, 1], "uint8"), np.full((2, 3), 1 / 3))
    losses.get(squared)(np.array([0, 1], "uint8"), np.full((2, 1), 0.5))

    assert seen == [((2,), np.dtype("int64"))]


def test_one_loss_for_the_whole_batch():
    random = np.random.default_rng(0)
    y_true, y_pred = random.normal(size=(2, 5, 3))
    loss = losses.get(lambda y_true, y_pred: np.mean((y_pred - y_true) ** 2))
    for weights in (None, np.full(5, 2.0)):
        value, gradient = loss.value_and_gradient(y_true, y_pred, weights)
        expected = losses.MeanSquaredError().value_and_gradient(y_true, y_pred, weights)
        assert value == pytest.approx(expected[0])
        np.testing.assert_allclose(gradient, expected[1], rtol=1e-6)


def dice(y_true, y_pred):
    return 1 - 2 * np.sum(y_true * y_pred) / (np.sum(y_true) + np.sum(y_pred))


def test_dice():
    y_true, y_pred = np.eye(3), np.full((3, 3), 0.25)
    value, gradient = losses.get(dice).value_and_gradient(y_true, y_pred)
    total = y_true.sum() + y_pred.sum()
    assert value == pytest.approx(1 - 2 * 0.75 / total)
    np.testing.assert_allclose(gradient, 2 * 0.75 / total**2 - 2 * y_true / total, rtol=1e-6)


def test_samples_that_depend_on_each_other():
    loss = losses.get(lambda y_true, y_pred: (y_pred - y_pred.mean(axis=0)).sum(axis=-1) ** 2)
    y_pred = np.random.default_rng(0).normal(size=(4, 2))
    _, gradient = loss.value_and_gradient(np.zeros((4, 2)), y_pred)
    centered = (y_pred - y_pred.mean(axis=0)).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(gradient, np.repeat(centered / 2, 2, axis=1), atol=1e-8)


def test_one_loss_for_many_numbers_is_slow_and_says_so():
    loss = losses.get(lambda y_true, y_pred: np.mean((y_pred - y_true) ** 2))
    with pytest.warns(DataWarning, match=r"20,200 times.*axis=-1"):
        loss.value_and_gradient(np.zeros((101, 100)), np.ones((101, 100)))


def test_a_gradient_of_another_shape_is_refused():
    loss = losses.FunctionLoss(squared, gradient=lambda y_true, y_pred: np.ones(2))
    with pytest.raises(ShapeError, match=r"gradient of squared.*\(3, 2\)"):
        loss.value_and_gradient(np.zeros((3, 2)), np.ones((3, 2)))


def test_a_loss_for_each_output_works_too():
    loss = losses.FunctionLoss(lambda y_true, y_pred: (y_pred - y_true) ** 2)
    value, gradient = loss.value_and_gradient(np.zeros((2, 2)), np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert value == 7.5
    np.testing.assert_allclose(gradient, [[0.5, 1.0], [1.5, 2.0]], rtol=1e-6)


def test_a_class_with_call_alone():
    class Worst(losses.Loss):
        def call(self, y_true, y_pred):
            return np.abs(y_pred - y_true).max(axis=-1)

    value, gradient = Worst().value_and_gradient([[0.0, 0.0]], np.array([[1.0, -3.0]]))

    assert Worst().name == "worst"
    assert value == 3.0
    np.testing.assert_allclose(gradient, [[0.0, -1.0]], atol=1e-6)


def test_a_class_without_call_says_what_is_missing():
    class Empty(losses.Loss):
        pass

    with pytest.raises(NotImplementedError, match="call"):
        Empty()([[0.0]], [[1.0]])
