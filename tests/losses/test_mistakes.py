"""Mistakes of learners, and the advice that each message must contain."""

import numpy as np
import pytest

from minicnn import losses
from minicnn.errors import DataWarning, ShapeError

UNIFORM = np.full((4, 10), 0.1)
ONE_HOT = np.eye(10)[:4]


@pytest.mark.parametrize("labels", [np.arange(4), np.arange(4)[:, None]])
def test_class_ids_for_one_hot_labels(labels):
    with pytest.raises(ShapeError, match=r"class ids.*to_categorical\(y, 10\).*sparse_cat"):
        losses.CategoricalCrossentropy()(labels, UNIFORM)


def test_one_hot_labels_of_other_width():
    with pytest.raises(ShapeError, match="10 outputs"):
        losses.CategoricalCrossentropy()(np.eye(9)[:4], UNIFORM)


def test_one_hot_labels_for_class_ids():
    with pytest.raises(ShapeError, match=r"one-hot labels of shape \(4, 10\).*argmax"):
        losses.SparseCategoricalCrossentropy()(ONE_HOT, UNIFORM)


@pytest.mark.parametrize(("label", "shown"), [(10, "10"), (-1, "-1")])
def test_class_ids_out_of_range(label, shown):
    with pytest.raises(ValueError, match=f"from 0 to 9.*got {shown}.*from 0"):
        losses.SparseCategoricalCrossentropy()([0, 1, 2, label], UNIFORM)


@pytest.mark.parametrize("label", [1.5, np.nan, np.inf])
def test_class_ids_that_are_no_integers(label):
    with pytest.raises(ValueError, match=r"integers.*mean_squared_error"):
        losses.SparseCategoricalCrossentropy()([0.0, 1.0, 2.0, label], UNIFORM)


def test_class_ids_may_be_floats():
    assert losses.SparseCategoricalCrossentropy()([0.0, 1.0, 2.0, 3.0], UNIFORM) == pytest.approx(
        np.log(10)
    )


def test_negative_one_hot_labels():
    with pytest.raises(ValueError, match="0 or 1, got -1"):
        losses.CategoricalCrossentropy()(2 * ONE_HOT - 1, UNIFORM)


def test_one_hot_labels_of_0_and_255():
    with pytest.raises(ValueError, match=r"0 or 1, got 255.*to_categorical\(y, 10\)"):
        losses.CategoricalCrossentropy()(255 * ONE_HOT, UNIFORM)


@pytest.mark.parametrize("number", [np.nan, np.inf, 1.5])
def test_labels_that_are_no_probabilities(number):
    labels = ONE_HOT.copy()
    labels[1, 1] = number
    with pytest.raises(ValueError, match=f"0 or 1, got {number}"):
        losses.CategoricalCrossentropy()(labels, UNIFORM)
    with pytest.raises(ValueError, match=f"between 0 .* and 1 .*, got {number}"):
        losses.BinaryCrossentropy()(labels, UNIFORM)


def test_several_classes_for_one_sample():
    labels = ONE_HOT.copy()
    labels[1] = [0.9, 0.9, 0.9, 0, 0, 0, 0, 0, 0, 0]
    with pytest.warns(DataWarning, match=r"must sum to 1, got a sum of 2\.7.*binary_cross"):
        losses.CategoricalCrossentropy()(labels, UNIFORM)


def test_soft_labels_and_samples_without_a_class():
    soft = np.random.default_rng(0).dirichlet(np.ones(10), size=4).astype("float32")
    soft[2] = 0
    values = losses.categorical_crossentropy(soft, UNIFORM)
    np.testing.assert_allclose(values, np.log(10) * np.array([1, 1, 0, 1]), rtol=1e-5)


@pytest.mark.parametrize("label", [2, -1])
def test_binary_labels_out_of_range(label):
    with pytest.raises(ValueError, match=r"between 0 \(no\) and 1 \(yes\)"):
        losses.BinaryCrossentropy()([0, label], [[0.5], [0.5]])


@pytest.mark.parametrize("name", ["categorical", "sparse_categorical", "binary"])
def test_unequal_lengths(name):
    labels = np.zeros(3) if name == "sparse_categorical" else ONE_HOT[:3]
    with pytest.raises(ShapeError, match="3 labels for 4 predictions"):
        losses.get(f"{name}_crossentropy")(labels, UNIFORM)


def test_names_as_labels():
    with pytest.raises(ValueError, match=r"labels must be numbers.*np\.unique"):
        losses.SparseCategoricalCrossentropy()(["cat", "dog", "cat", "cat"], UNIFORM)


def test_single_numbers():
    with pytest.raises(ShapeError, match="batch axis, got a scalar"):
        losses.MeanSquaredError()(1.0, 2.0)
