"""How often predictions are right: accuracy for each kind of label.

Each measure is a function, which tells for every sample whether it is right (1.0) or not (0.0),
and a class, which keeps the mean over all batches.
"""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.metrics.mean import MeanMetricWrapper
from minicnn.metrics.metric import Metric
from minicnn.metrics.shapes import class_numbers, same_shape


def accuracy(y_true: Any, y_pred: Any) -> ndarray:
    """Whether each prediction equals its label exactly, as float32 in the shape of the labels."""
    y_true, y_pred = same_shape(y_true, y_pred, "Accuracy")
    return (y_true == y_pred).astype(np.float32)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> ndarray:
    """Whether each prediction is on its label's (0's or 1's) side of the threshold, as float32.

    A prediction that equals the threshold counts as 0.

    Examples
    --------
    >>> binary_accuracy([1, 1, 0, 0], [0.98, 0.5, 0.0, 0.6])
    array([1., 0., 1., 0.], dtype=float32)
    """
    y_true, y_pred = same_shape(y_true, y_pred, "binary_accuracy")
    return ((y_pred > threshold) == y_true).astype(np.float32)


def categorical_accuracy(y_true: Any, y_pred: Any) -> ndarray:
    """Whether the largest prediction is at the class of a one-hot label, as float32, (batch, ...).

    Of equal predictions the first counts.

    Examples
    --------
    >>> categorical_accuracy([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
    array([0., 1.], dtype=float32)
    """
    return _is_right_column(y_true, y_pred).astype(np.float32)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> ndarray:
    """Whether the largest prediction is at the class of that number, as float32, (batch, ...).

    Of equal predictions the first counts.

    Examples
    --------
    >>> sparse_categorical_accuracy([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
    array([0., 1.], dtype=float32)
    """
    return _is_right_number(y_true, y_pred).astype(np.float32)


def _is_right_column(y_true: Any, y_pred: Any) -> ndarray:
    """Whether each prediction is largest where its one-hot label is."""
    y_true, y_pred = same_shape(y_true, y_pred, "categorical_accuracy")
    return y_true.argmax(axis=-1) == y_pred.argmax(axis=-1)


def _is_right_number(y_true: Any, y_pred: Any) -> ndarray:
    """Whether each prediction is largest at its label's number."""
    y_true, y_pred = class_numbers(y_true, y_pred, "sparse_categorical_accuracy")
    return y_true == y_pred.argmax(axis=-1)


class Accuracy(MeanMetricWrapper):
    """Share of predictions that equal their labels exactly.

    In `compile`, the *name* "accuracy" chooses one of the other classes by the labels' shape.

    Examples
    --------
    >>> Accuracy()([[1], [2], [3], [4]], [[0], [2], [3], [4]])
    0.75
    """

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name)

    get_config = Metric.get_config


class BinaryAccuracy(MeanMetricWrapper):
    """Share of predictions on the right side of a threshold.

    Examples
    --------
    >>> BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]])
    0.75
    """

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        super().__init__(binary_accuracy, name, threshold=threshold)
        self.threshold = threshold

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {"name": self.name, "threshold": self.threshold}


class CategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose largest prediction is at the class of the one-hot label.

    Examples
    --------
    >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(_is_right_column, name or "categorical_accuracy")

    get_config = Metric.get_config


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose largest prediction is at the class of that number.

    Examples
    --------
    >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
    0.5
    """

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(_is_right_number, name or "sparse_categorical_accuracy")

    get_config = Metric.get_config
