import numpy as np
import pytest

from minicnn import metrics
from minicnn.errors import ShapeError


@pytest.mark.parametrize(
    ("values", "weights", "expected"),
    [
        (4.0, None, 4.0),
        ([1, 3, 5], None, 3.0),
        ([1, 3, 5], [1, 1, 0], 2.0),
        ([[1, 3], [5, 7]], None, 4.0),
        ([[1, 3], [5, 7]], [3, 1], 3.0),
        ([[1, 3], [5, 7]], [[1, 0], [0, 3]], 5.5),
        ([1, 3], [[3], [1]], 1.5),
        ([], None, 0.0),
    ],
)
def test_by_hand(values, weights, expected):
    assert metrics.Mean()(values, weights) == pytest.approx(expected)


def test_means_of_batches_weighted_by_their_sizes():
    mean = metrics.Mean()
    mean.update_state(1.0, sample_weight=32)
    mean.update_state(3.0, sample_weight=16)
    assert mean.result() == pytest.approx((32 + 48) / 48)


@pytest.mark.parametrize("weights", [[1.0, 2.0], [[1.0, 2.0, 3.0]]])
def test_other_numbers_of_weights_are_refused(weights):
    with pytest.raises(ShapeError, match="one weight"):
        metrics.Mean()([1, 2, 3], weights)


def test_a_users_function():
    def off_by(y_true, y_pred, limit=0):
        return np.abs(y_pred - y_true) > limit

    assert metrics.MeanMetricWrapper(off_by)([1, 2], [1, 5]) == 0.5
    metric = metrics.MeanMetricWrapper(off_by, name="far", limit=5)
    assert (metric.name, metric([1, 2], [1, 5])) == ("far", 0.0)


def test_errors():
    y_true, y_pred = np.array([[255, 0]], "uint8"), np.array([[250.0, 1.0]], "float32")
    assert metrics.MeanSquaredError()(y_true, y_pred) == 13.0
    assert metrics.MeanAbsoluteError()(y_true, y_pred) == 3.0
    assert metrics.MeanAbsoluteError()(np.array([[1]], "uint8"), np.array([[0]], "uint8")) == 1.0


def test_a_scalar_weights_every_value():
    mean = metrics.Mean()
    mean.update_state([1, 3], sample_weight=2)  # as in Keras: counts as four values
    mean.update_state([5])
    assert mean.result() == pytest.approx((2 * 1 + 2 * 3 + 5) / 5)
