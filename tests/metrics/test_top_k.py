import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import metrics


@given(
    k=st.integers(1, 7),
    scores=st.lists(st.integers(0, 3), min_size=1, max_size=6),
    data=st.data(),
)
@settings(deadline=None, max_examples=60)
def test_in_the_top_k_are_those_that_some_order_of_ties_puts_there(k, scores, data):
    label = data.draw(st.integers(0, len(scores) - 1))
    best_case = sorted(range(len(scores)), key=lambda one: (-scores[one], one != label))

    answer = metrics.sparse_top_k_categorical_accuracy([label], [[float(s) for s in scores]], k)

    assert answer[0] == (label in best_case[:k])


def test_one_hot_labels():
    y_true, y_pred = [[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.5, 0.2, 0.3]]
    assert metrics.TopKCategoricalAccuracy(k=2)(y_true, y_pred) == 0.5
    assert metrics.TopKCategoricalAccuracy(k=1)(y_true, y_pred) == 0.0
    assert metrics.TopKCategoricalAccuracy()(y_true, y_pred) == 1.0


def test_what_is_not_finite_or_not_there_is_wrong():
    y_pred = [[np.nan, 1.0], [np.inf, 1.0], [0.0, 1.0], [0.0, 1.0]]
    np.testing.assert_array_equal(
        metrics.sparse_top_k_categorical_accuracy([1, 0, 2, -1], y_pred, 2), [0, 0, 0, 0]
    )


def test_sorted_class_ids():
    metric = metrics.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)
    assert metric([2, 1], [[1, 2, 0], [0, 2, 1]]) == 0.5


@pytest.mark.parametrize("k", [0, 1.5, "2"])
def test_k_is_a_positive_integer(k):
    with pytest.raises(ValueError, match="k must be an integer >= 1"):
        metrics.TopKCategoricalAccuracy(k=k)
