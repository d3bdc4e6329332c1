import numpy as np
import pytest

from minicnn import metrics
from minicnn.errors import ShapeError

PREDICTIONS = np.array([[0.1, 0.7, 0.2], [0.5, 0.0, 0.5], [0.3, 0.3, 0.4], [0.2, 0.4, 0.4]])
LABELS = np.array([1, 0, 0, 2])  # right, right (first of equals), wrong, wrong (not the first)


def test_of_equal_predictions_the_first_counts():
    np.testing.assert_array_equal(
        metrics.sparse_categorical_accuracy(LABELS, PREDICTIONS), [1, 1, 0, 0]
    )
    np.testing.assert_array_equal(
        metrics.categorical_accuracy(np.eye(3)[LABELS], PREDICTIONS), [1, 1, 0, 0]
    )


def test_class_ids_may_have_an_axis_of_one():
    assert metrics.SparseCategoricalAccuracy()(LABELS[:, None], PREDICTIONS) == 0.5


def test_a_prediction_at_the_threshold_counts_as_no():
    np.testing.assert_array_equal(
        metrics.binary_accuracy([0, 1, 1, 0], [[0.5], [0.5], [0.51], [0.6]]),
        [[1], [0], [1], [0]],
    )
    assert metrics.BinaryAccuracy(threshold=0.55)([0, 1, 1, 0], [0.5, 0.5, 0.51, 0.6]) == 0.25


def test_plain_accuracy_is_equality():
    assert metrics.Accuracy()([[1], [2], [3], [4]], [0, 2, 3, 4]) == 0.75


def test_batches_add_up_with_their_weights():
    metric = metrics.SparseCategoricalAccuracy()
    metric.update_state(LABELS[:1], PREDICTIONS[:1])
    metric.update_state(LABELS[1:], PREDICTIONS[1:], sample_weight=[1, 2, 0])
    assert metric.result() == pytest.approx((1 + 1) / (1 + 1 + 2))
    metric.reset_state()
    assert metric.result() == 0.0


def test_pictures_of_labels():
    y_true = np.array([[[0, 1], [1, 1]]])
    y_pred = np.eye(2)[np.array([[[0, 1], [0, 1]]])]
    assert metrics.SparseCategoricalAccuracy()(y_true, y_pred) == 0.75


@pytest.mark.parametrize("kind", ["categorical_accuracy", "top_k_categorical_accuracy"])
def test_class_ids_for_one_hot_labels(kind):
    with pytest.raises(ShapeError, match=rf"{kind}.*\(4, 3\).*\(4,\).*to_categorical"):
        metrics.get(kind)(LABELS, PREDICTIONS)


@pytest.mark.parametrize(
    "kind", ["sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"]
)
def test_one_hot_labels_for_class_ids(kind):
    with pytest.raises(ShapeError, match=rf"{kind}.*\(4,\).*\(4, 3\).*'accuracy'"):
        metrics.get(kind)(np.eye(3)[LABELS], PREDICTIONS)
