"""Accuracies: the fraction of correct predictions, for each kind of label.

Each has a function, which returns for every sample whether it is correct (1.0) or not (0.0),
and a class, which keeps the mean over all batches.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.losses.targets import check_class_ids, check_same_shape
from minicnn.metrics.metric import MeanMetricWrapper
from minicnn.naming import snake_case


def accuracy(y_true: Any, y_pred: Any) -> ndarray:
    """Return whether each prediction equals its label, as float32 in the shape of the labels."""
    y_true, y_pred = check_same_shape(y_true, y_pred, "accuracy")
    return (y_true == y_pred).astype(np.float32)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> ndarray:
    """Return whether each prediction is on the same side of the threshold as its label, as float32.

    A prediction that equals the threshold counts as 0.

    Examples
    --------
    >>> binary_accuracy([1, 1, 0, 0], [0.98, 0.5, 0.0, 0.6])
    array([1., 0., 1., 0.], dtype=float32)
    """
    y_true, y_pred = check_same_shape(y_true, y_pred, "binary_accuracy")
    return ((y_pred > threshold) == y_true).astype(np.float32)


def categorical_accuracy(y_true: Any, y_pred: Any) -> ndarray:
    """Return whether each one-hot label is at the largest prediction, as float32, (batch, ...).

    Of equal predictions the first counts.

    Examples
    --------
    >>> categorical_accuracy([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
    array([0., 1.], dtype=float32)
    """
    return _is_correct_one_hot(y_true, y_pred).astype(np.float32)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> ndarray:
    """Return whether each class id is that of the largest prediction, as float32, (batch, ...).

    Of equal predictions the first counts.

    Examples
    --------
    >>> sparse_categorical_accuracy([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
    array([0., 1.], dtype=float32)
    """
    return _is_correct_class_id(y_true, y_pred).astype(np.float32)


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> ndarray:
    """Return whether each class id is among the k largest predictions, as float32, (batch, ...).

    It is if fewer than k predictions are larger, so of equal ones all are in, as in TensorFlow's
    `in_top_k`. A sample with a prediction that is not finite is wrong.

    Parameters
    ----------
    y_true : (batch, ...) or (batch, ..., 1)
    y_pred : (batch, ..., classes)
        With `from_sorted_ids`, class ids, best first.
    k : int
    from_sorted_ids : bool

    Examples
    --------
    >>> sparse_top_k_categorical_accuracy([2, 1], [[0.1, 0.9, 0.8], [0.5, 0.2, 0.3]], k=2)
    array([1., 0.], dtype=float32)
    """
    name = "sparse_top_k_categorical_accuracy"
    labels, y_pred = check_class_ids(y_true, y_pred, name, check_range=False)
    labels = labels[..., None]
    if from_sorted_ids:
        return (labels == y_pred[..., :k]).any(axis=-1).astype(np.float32)
    inside = np.clip(labels, 0, y_pred.shape[-1] - 1).astype(np.int64)
    at_label = np.take_along_axis(y_pred, inside, axis=-1)
    in_top_k = (y_pred > at_label).sum(axis=-1) < k
    is_valid = np.isfinite(y_pred).all(axis=-1) & (inside == labels)[..., 0]
    return (in_top_k & is_valid).astype(np.float32)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> ndarray:
    """Return whether each one-hot label is among the k largest predictions, as float32, (batch, ...).

    Examples
    --------
    >>> y_true, y_pred = [[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.5, 0.2, 0.3]]
    >>> top_k_categorical_accuracy(y_true, y_pred, k=2)
    array([1., 0.], dtype=float32)
    """
    y_true, y_pred = check_same_shape(y_true, y_pred, "top_k_categorical_accuracy")
    return sparse_top_k_categorical_accuracy(y_true.argmax(axis=-1), y_pred, k)


def _is_correct_one_hot(y_true: Any, y_pred: Any) -> ndarray:
    y_true, y_pred = check_same_shape(y_true, y_pred, "categorical_accuracy")
    return y_true.argmax(axis=-1) == y_pred.argmax(axis=-1)


def _is_correct_class_id(y_true: Any, y_pred: Any) -> ndarray:
    labels, y_pred = check_class_ids(
        y_true, y_pred, "sparse_categorical_accuracy", check_range=False
    )
    return labels == y_pred.argmax(axis=-1)


class _AccuracyMetric(MeanMetricWrapper):
    """Mean of `function`, an accuracy of each sample."""

    function: ClassVar[Callable[..., ndarray]]
    not_in_config = (*MeanMetricWrapper.not_in_config, "fn")

    def __init__(self, name: str | None = None, dtype: Any = None, **options: Any) -> None:
        name = snake_case(type(self).__name__) if name is None else name
        super().__init__(self.function, name, dtype, **options)


class Accuracy(_AccuracyMetric):
    """Fraction of predictions that equal their labels exactly; parameters as in `Metric`.

    In `compile`, the *name* "accuracy" chooses one of the other classes by the labels' shape.

    Examples
    --------
    >>> Accuracy()([[1], [2], [3], [4]], [[0], [2], [3], [4]])
    0.75
    """

    function = staticmethod(accuracy)


class BinaryAccuracy(_AccuracyMetric):
    """Fraction of predictions on the right side of a threshold.

    Parameters
    ----------
    name, dtype : as in `Metric`
    threshold : float
        Predictions above it count as 1.

    Examples
    --------
    >>> BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]])
    0.75
    """

    function = staticmethod(binary_accuracy)

    def __init__(self, name: str | None = None, dtype: Any = None, threshold: float = 0.5) -> None:
        self.threshold = checks.fraction("BinaryAccuracy", "threshold", threshold)
        super().__init__(name, dtype, threshold=self.threshold)


class CategoricalAccuracy(_AccuracyMetric):
    """Fraction of samples whose largest prediction is at the class of the one-hot label.

    Parameters as in `Metric`.

    Examples
    --------
    >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    function = staticmethod(_is_correct_one_hot)


class SparseCategoricalAccuracy(_AccuracyMetric):
    """Fraction of samples whose largest prediction is at the class id; parameters as in `Metric`.

    Examples
    --------
    >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
    0.5
    """

    function = staticmethod(_is_correct_class_id)


class TopKCategoricalAccuracy(_AccuracyMetric):
    """Fraction of samples with the one-hot label among the k largest predictions.

    Parameters
    ----------
    k : int
    name, dtype : as in `Metric`

    Examples
    --------
    >>> TopKCategoricalAccuracy(k=1)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    function = staticmethod(top_k_categorical_accuracy)

    def __init__(self, k: int = 5, name: str | None = None, dtype: Any = None) -> None:
        self.k = checks.integer("TopKCategoricalAccuracy", "k", k)
        super().__init__(name, dtype, k=self.k)


class SparseTopKCategoricalAccuracy(_AccuracyMetric):
    """Fraction of samples with the class id among the k largest predictions.

    Parameters
    ----------
    k : int
    name, dtype : as in `Metric`
    from_sorted_ids : bool
        Whether predictions are class ids, best first.

    Examples
    --------
    >>> SparseTopKCategoricalAccuracy(k=1)([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    function = staticmethod(sparse_top_k_categorical_accuracy)

    def __init__(
        self,
        k: int = 5,
        name: str | None = None,
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        self.k = checks.integer("SparseTopKCategoricalAccuracy", "k", k)
        self.from_sorted_ids = checks.boolean(
            "SparseTopKCategoricalAccuracy", "from_sorted_ids", from_sorted_ids
        )
        super().__init__(name, dtype, k=self.k, from_sorted_ids=self.from_sorted_ids)
