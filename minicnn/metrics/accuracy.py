"""Accuracies: the fraction of correct predictions, for each kind of label.

Each has a function, which returns for every sample whether it is correct (1.0) or not (0.0),
and a class, which keeps the mean over all batches.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.losses.loss import described, option_names
from minicnn.losses.targets import check_class_ids, check_same_shape
from minicnn.metrics.metric import MeanOfSamples

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


class Accuracy(MeanOfSamples):
    """Fraction of predictions that equal their labels exactly; parameters as in `Metric`.

    In `compile`, the *name* "accuracy" chooses one of the other classes by the labels' shape.

    Examples
    --------
    >>> Accuracy()([[1], [2], [3], [4]], [[0], [2], [3], [4]])
    0.75
    """

    def _values(self, y_true: Any, y_pred: Any) -> ndarray:
        y_true, y_pred = check_same_shape(y_true, y_pred, self.name)
        return y_true == y_pred


class BinaryAccuracy(MeanOfSamples):
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

    def __init__(self, name: str | None = None, dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(name, dtype)
        self.threshold = checks.fraction("BinaryAccuracy", "threshold", threshold)

    def _values(self, y_true: Any, y_pred: Any) -> ndarray:
        y_true, y_pred = check_same_shape(y_true, y_pred, self.name)
        return (y_pred > self.threshold) == y_true


class CategoricalAccuracy(MeanOfSamples):
    """Fraction of samples whose largest prediction is at the class of the one-hot label.

    Of equal predictions the first counts. Parameters as in `Metric`.

    Examples
    --------
    >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    def _values(self, y_true: Any, y_pred: Any) -> ndarray:
        y_true, y_pred = check_same_shape(y_true, y_pred, self.name)
        return y_true.argmax(axis=-1) == y_pred.argmax(axis=-1)


class SparseCategoricalAccuracy(MeanOfSamples):
    """Fraction of samples whose largest prediction is at the class id; parameters as in `Metric`.

    Of equal predictions the first counts.

    Examples
    --------
    >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
    0.5
    """

    def _values(self, y_true: Any, y_pred: Any) -> ndarray:
        labels, y_pred = check_class_ids(y_true, y_pred, self.name, check_range=False)
        return labels == y_pred.argmax(axis=-1)


class SparseTopKCategoricalAccuracy(MeanOfSamples):
    """Fraction of samples with the class id among the k largest predictions.

    It is if fewer than k predictions are larger, so of equal ones all are in, as in TensorFlow's
    `in_top_k`. A sample with a prediction that is not finite is wrong.

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

    def __init__(
        self,
        k: int = 5,
        name: str | None = None,
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(name, dtype)
        owner = type(self).__name__
        self.k = checks.integer(owner, "k", k)
        self.from_sorted_ids = checks.boolean(owner, "from_sorted_ids", from_sorted_ids)

    def _values(self, y_true: Any, y_pred: Any) -> ndarray:
        labels, y_pred = check_class_ids(y_true, y_pred, self.name, check_range=False)
        labels = labels[..., None]
        if self.from_sorted_ids:
            return (labels == y_pred[..., : self.k]).any(axis=-1)
        inside = np.clip(labels, 0, y_pred.shape[-1] - 1).astype(np.int64)
        at_label = np.take_along_axis(y_pred, inside, axis=-1)
        in_top_k = (y_pred > at_label).sum(axis=-1) < self.k
        return in_top_k & np.isfinite(y_pred).all(axis=-1) & (inside == labels)[..., 0]


class TopKCategoricalAccuracy(SparseTopKCategoricalAccuracy):
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

    def __init__(self, k: int = 5, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(k, name, dtype)

    def _values(self, y_true: Any, y_pred: Any) -> ndarray:
        y_true, y_pred = check_same_shape(y_true, y_pred, self.name)
        return super()._values(y_true.argmax(axis=-1), y_pred)


def _function(cls: type[MeanOfSamples]) -> Callable[..., ndarray]:
    options = option_names(cls)

    def function(y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> ndarray:
        kwargs.update(zip(options, args, strict=False))
        return cls(**kwargs)._values(y_true, y_pred).astype(np.float32)

    return described(function, cls, "1.0 if it is correct, else 0.0,")


binary_accuracy = _function(BinaryAccuracy)
categorical_accuracy = _function(CategoricalAccuracy)
sparse_categorical_accuracy = _function(SparseCategoricalAccuracy)
sparse_top_k_categorical_accuracy = _function(SparseTopKCategoricalAccuracy)
top_k_categorical_accuracy = _function(TopKCategoricalAccuracy)
