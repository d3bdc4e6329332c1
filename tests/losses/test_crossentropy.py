"""The cross-entropies as Keras' users know them."""

import numpy as np
import pytest

from minicnn import Sequential, activations, layers, losses
from minicnn.errors import DataWarning
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass

P = [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]


def test_categorical_and_sparse_agree():
    one_hot = losses.categorical_crossentropy([[0, 1, 0], [0, 0, 1]], P)
    sparse = losses.sparse_categorical_crossentropy([1, 2], P)

    np.testing.assert_allclose(one_hot, [-np.log(0.95), -np.log(0.1)], rtol=1e-5)
    np.testing.assert_allclose(sparse, one_hot, rtol=1e-5)


def test_binary_is_averaged_over_the_outputs():
    values = losses.binary_crossentropy([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])

    expected = [-np.log(0.4), -(np.log(0.6) + np.log(0.4)) / 2]
    np.testing.assert_allclose(values, expected, rtol=1e-5)


def test_categorical_smoothing_spreads_over_all_classes():
    smoothed = losses.categorical_crossentropy([[0, 1]], [[0.3, 0.7]], label_smoothing=0.2)

    np.testing.assert_allclose(smoothed, [-0.1 * np.log(0.3) - 0.9 * np.log(0.7)], rtol=1e-5)


def test_binary_smoothing_draws_to_one_half():
    smoothed = losses.binary_crossentropy([[1]], [[0.7]], label_smoothing=0.2)

    np.testing.assert_allclose(smoothed, [-0.9 * np.log(0.7) - 0.1 * np.log(0.3)], rtol=1e-5)


@pytest.mark.parametrize(
    "loss",
    [
        losses.CategoricalCrossentropy(label_smoothing=0.1, reduction="sum"),
        losses.SparseCategoricalCrossentropy(ignore_class=3),
        losses.BinaryCrossentropy(label_smoothing=0.1, name="mine"),
    ],
)
def test_logits_version_is_the_same_loss_from_logits(loss):
    version = loss.logits_version()

    assert type(version) is type(loss)
    assert version.get_config() == {**loss.get_config(), "from_logits": True}
    assert not loss.from_logits


@pytest.mark.parametrize(
    ("kind", "activation"),
    [
        (losses.CategoricalCrossentropy, "softmax"),
        (losses.SparseCategoricalCrossentropy, "softmax"),
        (losses.BinaryCrossentropy, "sigmoid"),
    ],
)
def test_the_version_for_logits_equals_the_loss_after_its_activation(kind, activation):
    assert kind.fuses_with == activation
    logits = np.random.default_rng(0).normal(size=(4, 3))
    p = 1 / (1 + np.exp(-logits))
    if activation == "softmax":
        p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    y_true = [0, 1, 2, 0] if "Sparse" in kind.__name__ else np.eye(3)[[0, 1, 2, 0]]

    fused = kind().logits_version()(y_true, logits)

    assert fused == pytest.approx(kind()(y_true, p), rel=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("samples", [3, 3000])  # few and many numbers are computed in two ways
def test_predictions_are_made_on_the_way(dtype, samples):
    logits = np.random.default_rng(0).normal(size=(samples, 3)).astype(dtype)
    y_true = np.eye(3)[np.arange(samples) % 3]
    loss = losses.CategoricalCrossentropy(label_smoothing=0.1)

    value, gradient, y_pred = loss.value_gradient_and_predictions(y_true, logits)

    np.testing.assert_array_equal(y_pred, activations.softmax(logits))
    expected, expected_gradient = loss.logits_version().value_and_gradient(y_true, logits)
    assert value == expected
    np.testing.assert_array_equal(gradient, expected_gradient)


def test_the_cache_of_a_forward_of_ones_own_is_not_taken_for_predictions():
    class Cooler(losses.CategoricalCrossentropy):
        """Halve the logits, so that the cache contains other probabilities."""

        def forward(self, y_true, y_pred):
            return super().forward(y_true, np.asarray(y_pred) / 2)

    y_pred = Cooler().value_gradient_and_predictions([[0, 1]], np.array([[4.0, 2.0]]))[2]

    assert y_pred is None
    model = Sequential([layers.Dense(2, activation="softmax", input_shape=(2,))])
    batch = Batch(np.ones((1, 2)), np.array([[0, 1]]))
    forward = forward_pass(model.graph, Cooler(), batch, training=True)
    np.testing.assert_array_equal(forward.y_pred, model(np.ones((1, 2))))


def test_two_hundred_apart_costs_400():
    loss = losses.CategoricalCrossentropy(from_logits=True)

    value, gradient = loss.value_and_gradient([[0, 1]], np.array([[200, -200]], "float32"))

    assert value == 400.0
    np.testing.assert_array_equal(gradient, [[1, -1]])


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight"])
def test_an_ignored_class_counts_as_if_it_were_not_there(reduction):
    y_pred = np.random.default_rng(0).uniform(0.1, 1, size=(5, 3))
    labels = np.array([0, 255, 2, 255, 1])
    counts = labels != 255
    loss = losses.SparseCategoricalCrossentropy(ignore_class=255, reduction=reduction)

    value, gradient = loss.value_and_gradient(labels, y_pred)

    plain = losses.SparseCategoricalCrossentropy(reduction=reduction)
    expected, expected_gradient = plain.value_and_gradient(labels[counts], y_pred[counts])
    assert value == pytest.approx(expected)
    np.testing.assert_allclose(gradient[counts], expected_gradient)
    assert not gradient[~counts].any()


def test_only_ignored_labels_cost_nothing():
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)
    value, gradient = loss.value_and_gradient([-1, -1], np.full((2, 3), 1 / 3))
    assert value == 0
    assert not gradient.any()


def test_labels_of_any_numeric_dtype():
    for dtype in ("uint8", "int64", "float32", "float64", "bool"):
        assert losses.BinaryCrossentropy()(
            np.array([0, 1], dtype), [[0.5], [0.5]]
        ) == pytest.approx(np.log(2))
        assert losses.sparse_categorical_crossentropy(
            np.array([[0], [1]], dtype), np.array(P)
        ).shape == (2,)


def test_one_class_is_warned_about():
    with pytest.warns(DataWarning, match="binary_crossentropy"):
        losses.categorical_crossentropy([[1]], [[0.5]])


@pytest.mark.parametrize("smoothing", [-0.1, 1.5])
def test_smoothing_is_a_fraction(smoothing):
    with pytest.raises(ValueError, match="label_smoothing must be a number >= 0 and <= 1"):
        losses.CategoricalCrossentropy(label_smoothing=smoothing)


def test_another_axis_is_refused():
    with pytest.raises(ValueError, match="axis must be -1"):
        losses.CategoricalCrossentropy(axis=1)
