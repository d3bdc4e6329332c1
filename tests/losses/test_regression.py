import numpy as np
import pytest

from minicnn import losses
from minicnn.errors import ShapeError


def test_values_by_hand():
    y_true, y_pred = [[0, 1], [2, 3]], [[1.0, 1.0], [5.0, 7.0]]

    np.testing.assert_allclose(losses.mean_squared_error(y_true, y_pred), [0.5, 12.5])
    np.testing.assert_allclose(losses.mean_absolute_error(y_true, y_pred), [0.5, 3.5])


def test_absolute_error_has_no_slope_at_its_kink():
    _, gradient = losses.MeanAbsoluteError().value_and_gradient([[1.0]], np.array([[1.0]]))
    np.testing.assert_array_equal(gradient, [[0.0]])


def test_targets_without_the_axis_of_one_output():
    y_pred = np.array([[1.0], [2.0], [4.0]])
    flat = losses.MeanSquaredError()([1.0, 2.0, 3.0], y_pred)
    assert flat == losses.MeanSquaredError()([[1.0], [2.0], [3.0]], y_pred) == pytest.approx(1 / 3)


def test_unsigned_targets_do_not_wrap_around():
    assert losses.mean_absolute_error(np.array([[255]], "uint8"), [[0.0]]) == 255


def test_other_shapes_are_refused():
    with pytest.raises(ShapeError, match=r"\(4, 10\).*\(4,\).*sparse_categorical_crossentropy"):
        losses.mean_squared_error(np.zeros(4), np.zeros((4, 10)))
