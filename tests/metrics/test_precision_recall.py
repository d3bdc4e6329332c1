import numpy as np
import pytest

from minicnn import metrics
from minicnn.errors import ShapeError

# the lecture's table: rows are what is, columns what was predicted
TRUE_NEGATIVE, FALSE_POSITIVE = 50, 10
FALSE_NEGATIVE, TRUE_POSITIVE = 5, 100


@pytest.fixture
def table():
    """Labels and predictions with the counts above."""
    counts = (TRUE_NEGATIVE, FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_POSITIVE)
    return np.repeat([0, 0, 1, 1], counts), np.repeat([0.1, 0.9, 0.2, 0.8], counts)


def test_the_lectures_formulas(table):
    precision, recall = metrics.Precision()(*table), metrics.Recall()(*table)

    assert precision == pytest.approx(100 / (100 + 10))
    assert recall == pytest.approx(100 / (100 + 5))
    assert 2 * precision * recall / (precision + recall) == pytest.approx(200 / 215)  # F1


def test_batches_add_up(table):
    y_true, y_pred = table
    metric = metrics.Precision()
    for part in np.array_split(np.arange(len(y_true)), 7):
        metric.update_state(y_true[part], y_pred[part])
    assert metric.result() == metrics.Precision()(*table)
    metric.reset_state()
    assert metric.result() == 0.0


def test_nothing_predicted_or_nothing_there_is_0():
    assert metrics.Precision()([1, 1], [0.0, 0.0]) == 0.0
    assert metrics.Recall()([0, 0], [1.0, 1.0]) == 0.0


def test_a_prediction_at_the_threshold_is_negative():
    assert metrics.Recall()([1], [0.5]) == 0.0


def test_several_thresholds():
    result = metrics.Recall(thresholds=[0.0, 0.3, 0.95])([1, 1], [0.2, 0.9])
    np.testing.assert_allclose(result, [1.0, 0.5, 0.0])


def test_top_k_counts_the_first_of_equals():
    y_true, y_pred = [[0, 1, 0], [1, 0, 0]], [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2]]
    assert metrics.Precision(top_k=1)(y_true, y_pred) == 0.5
    assert metrics.Recall(top_k=2)(y_true, y_pred) == 1.0
    assert metrics.Precision(top_k=2)(y_true, y_pred) == 0.5


def test_one_class():
    y_true = np.eye(3)[[0, 1, 1, 2]]
    y_pred = np.eye(3)[[0, 1, 2, 1]]
    assert metrics.Precision(class_id=1)(y_true, y_pred) == 0.5
    assert metrics.Recall(class_id=1)(y_true, y_pred) == 0.5
    assert metrics.Recall(class_id=0)(y_true, y_pred) == 1.0


def test_sample_weights():
    assert metrics.Precision()([0, 1, 1], [1, 1, 0], sample_weight=[3, 1, 1]) == 0.25
    y_true, y_pred = np.eye(2)[[0, 1]], np.eye(2)[[0, 0]]
    assert metrics.Recall()(y_true, y_pred, sample_weight=[3, 1]) == 0.75


@pytest.mark.parametrize("thresholds", [1.5, [-0.1, 0.5], []])
def test_thresholds_lie_between_0_and_1(thresholds):
    with pytest.raises(ValueError, match="from 0 to 1"):
        metrics.Precision(thresholds=thresholds)


def test_class_numbers_are_refused():
    with pytest.raises(ShapeError, match="to_categorical"):
        metrics.Precision()([0, 1], np.eye(3)[:2])


@pytest.mark.parametrize("predictions", [[0.1, 0.2], [[0.1, 0.2]]])
def test_a_class_that_is_not_there(predictions):
    with pytest.raises(ShapeError, match="class_id=2"):
        metrics.Precision(class_id=2)(np.ones_like(predictions), predictions)


def test_other_numbers_of_weights_are_refused():
    with pytest.raises(ShapeError, match="one weight for each of 2 samples"):
        metrics.Precision()([0, 1], [0.0, 1.0], sample_weight=[1.0, 1.0, 1.0])
