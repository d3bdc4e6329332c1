"""What learners get wrong, and what the message must tell them to type."""

import numpy as np
import pytest

from minicnn import losses
from minicnn.errors import ShapeError

UNIFORM = np.full((4, 10), 0.1)
ONE_HOT = np.eye(10)[:4]


@pytest.mark.parametrize("labels", [np.arange(4), np.arange(4)[:, None]])
def test_class_numbers_for_one_hot_labels(labels):
    with pytest.raises(ShapeError, match=r"class numbers.*to_categorical\(y, 10\).*sparse_cat"):
        losses.CategoricalCrossentropy()(labels, UNIFORM)


def test_one_hot_labels_of_other_width():
    with pytest.raises(ShapeError, match="10 outputs"):
        losses.CategoricalCrossentropy()(np.eye(9)[:4], UNIFORM)


def test_one_hot_labels_for_class_numbers():
    with pytest.raises(ShapeError, match=r"one-hot labels of shape \(4, 10\).*argmax"):
        losses.SparseCategoricalCrossentropy()(ONE_HOT, UNIFORM)


@pytest.mark.parametrize(("label", "shown"), [(10, "10"), (-1, "-1")])
def test_class_numbers_out_of_range(label, shown):
    with pytest.raises(ValueError, match=f"from 0 to 9.*got {shown}.*from 0"):
        losses.SparseCategoricalCrossentropy()([0, 1, 2, label], UNIFORM)


@pytest.mark.parametrize("label", [1.5, np.nan, np.inf])
def test_class_numbers_that_are_no_whole_numbers(label):
    with pytest.raises(ValueError, match=r"whole numbers.*mean_squared_error"):
        losses.SparseCategoricalCrossentropy()([0.0, 1.0, 2.0, label], UNIFORM)


def test_whole_numbers_may_be_floats():
    assert losses.SparseCategoricalCrossentropy()([0.0, 1.0, 2.0, 3.0], UNIFORM) == pytest.approx(
        np.log(10)
    )


def test_negative_one_hot_labels():
    with pytest.raises(ValueError, match="of 0 and 1, got -1"):
        losses.CategoricalCrossentropy()(2 * ONE_HOT - 1, UNIFORM)


@pytest.mark.parametrize("label", [2, -1])
def test_binary_labels_out_of_range(label):
    with pytest.raises(ValueError, match=r"from 0 \(no\) to 1 \(yes\)"):
        losses.BinaryCrossentropy()([0, label], [[0.5], [0.5]])


@pytest.mark.parametrize("name", ["categorical", "sparse_categorical", "binary"])
def test_unequal_lengths(name):
    labels = np.zeros(3) if name == "sparse_categorical" else ONE_HOT[:3]
    with pytest.raises(ShapeError, match="3 labels for 4 predictions"):
        losses.get(f"{name}_crossentropy")(labels, UNIFORM)


def test_names_as_labels():
    with pytest.raises(ValueError, match=r"numbers as labels.*np\.unique"):
        losses.SparseCategoricalCrossentropy()(["cat", "dog", "cat", "cat"], UNIFORM)


def test_single_numbers():
    with pytest.raises(ShapeError, match="axis for the samples"):
        losses.MeanSquaredError()(1.0, 2.0)
