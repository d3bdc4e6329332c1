import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, fbeta_score, roc_auc_score

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
    with pytest.raises(ValueError, match="thresholds must"):
        metrics.Precision(thresholds=thresholds)


@pytest.mark.parametrize(
    "options", [{"top_k": -1}, {"top_k": 0}, {"top_k": 1.5}, {"class_id": -1}, {"class_id": "1"}]
)
def test_arguments_that_keras_refuses(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"Precision: {name} must be an integer"):
        metrics.Precision(**options)


THRESHOLDS = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=1, max_size=5)
OUTPUTS = st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.5, 0.95, 1.0]))


@given(THRESHOLDS, st.lists(st.tuples(OUTPUTS, st.floats(0, 3)), min_size=1, max_size=20))
@settings(deadline=None)
def test_all_four_counts_equal_a_loop(thresholds, samples):
    outputs, weights = zip(*samples, strict=True)
    y_true, y_pred = map(np.array, zip(*outputs, strict=True))
    for kind, truth, above in [
        (metrics.TruePositives, True, True),
        (metrics.FalsePositives, False, True),
        (metrics.TrueNegatives, False, False),
        (metrics.FalseNegatives, True, False),
    ]:
        expected = [
            sum(w for t, p, w in zip(y_true, y_pred, weights, strict=True)
                if t == truth and (p > threshold) == above)
            for threshold in thresholds
        ]  # fmt: skip
        result = kind(thresholds)(y_true, y_pred, sample_weight=weights)
        np.testing.assert_allclose(np.atleast_1d(result), expected, atol=1e-12)


def test_nan_is_not_positive():
    assert metrics.TruePositives()([1, 1], [np.nan, 0.7]) == 1.0


@pytest.mark.parametrize("curve", ["ROC", "PR"])
def test_area_equals_scikit_learns(curve):
    random = np.random.default_rng(0)
    y_true = random.integers(2, size=500)
    y_pred = np.clip(0.5 + 0.15 * (2 * y_true - 1) + random.normal(0, 0.2, 500), 0, 1)
    expected = {"ROC": roc_auc_score, "PR": average_precision_score}[curve](y_true, y_pred)
    result = metrics.AUC(num_thresholds=2000, curve=curve)(y_true, y_pred)
    assert result == pytest.approx(expected, abs=5e-3)


def test_area_of_logits_and_of_columns():
    y_true, logits = np.array([[0, 1], [1, 1], [1, 0]]), np.array([[-2.0, 1], [3, -1], [0, 0.5]])
    chances = 1 / (1 + np.exp(-logits))
    plain = metrics.AUC()(y_true, chances)
    assert metrics.AUC(from_logits=True)(y_true, logits) == pytest.approx(plain)
    columns = [metrics.AUC()(y_true[:, i], chances[:, i]) for i in range(2)]
    many = metrics.AUC(multi_label=True, label_weights=[3, 1])
    assert many(y_true, chances) == pytest.approx((3 * columns[0] + columns[1]) / 4)
    many.reset_state()
    assert many(y_true, chances) == pytest.approx((3 * columns[0] + columns[1]) / 4)


def test_area_of_logits_by_mistake():
    with pytest.raises(ValueError, match=r"between 0 and 1, got -2 to 3.*from_logits=True"):
        metrics.AUC()([0, 1], [-2.0, 3.0])


@pytest.mark.parametrize("average", ["micro", "macro", "weighted", None])
def test_f1_equals_scikit_learns(average):
    random = np.random.default_rng(1)
    labels, scores = random.integers(4, size=60), random.uniform(size=(60, 4))
    expected = f1_score(labels, scores.argmax(axis=1), average=average)
    metric = metrics.F1Score(average=average)
    for part in np.array_split(np.arange(60), 3):
        metric.update_state(np.eye(4)[labels[part]], scores[part])
    np.testing.assert_allclose(metric.result(), expected, atol=1e-6)


def test_fbeta_equals_scikit_learns():
    random = np.random.default_rng(2)
    y_true, scores = random.integers(2, size=(50, 3)), random.uniform(size=(50, 3))
    expected = fbeta_score(y_true, scores > 0.3, beta=0.5, average="macro")
    result = metrics.FBetaScore("macro", beta=0.5, threshold=0.3)(y_true, scores)
    assert result == pytest.approx(expected, abs=1e-6)


def test_f1_of_columns_only():
    with pytest.raises(ShapeError, match=r"shape \(batch, classes\), got \(2,\)"):
        metrics.F1Score()([0, 1], [0.2, 0.8])


def test_class_ids_are_refused():
    with pytest.raises(ShapeError, match="to_categorical"):
        metrics.Precision()([0, 1], np.eye(3)[:2])


@pytest.mark.parametrize("predictions", [[0.1, 0.2], [[0.1, 0.2]]])
def test_a_class_that_is_not_there(predictions):
    with pytest.raises(ShapeError, match="class_id=2"):
        metrics.Precision(class_id=2)(np.ones_like(predictions), predictions)


def test_other_numbers_of_weights_are_refused():
    with pytest.raises(ShapeError, match=r"one weight per sample, shape \(2,\), got shape \(3,\)"):
        metrics.Precision()([0, 1], [0.0, 1.0], sample_weight=[1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("options", "columns"),
    [({"num_labels": 3}, "3"), ({"label_weights": [1, 2, 3]}, "3"), ({}, "1")],
)
def test_area_of_other_columns(options, columns):
    y_pred = np.array([[0.2, 0.3], [0.4, 0.9]])[:, : 2 if options else 0].reshape(2, -1)
    y_pred = y_pred if options else np.array([0.2, 0.9])
    metric = metrics.AUC(multi_label=True, **options)
    with pytest.raises(ShapeError, match=rf"shape \(batch, {columns}\), one column per label"):
        metric(np.zeros_like(y_pred), y_pred)


@pytest.mark.parametrize("options", [{"num_labels": 0}, {"label_weights": [1, -1]}])
def test_labels_of_an_area(options):
    with pytest.raises(ValueError, match=f"AUC: {next(iter(options))} must be"):
        metrics.AUC(multi_label=True, **options)
