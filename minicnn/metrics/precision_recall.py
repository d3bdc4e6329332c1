"""Precision and recall: how many of those called positive, or that are positive, are both.

            predicted no      predicted yes
really no   true negative     false positive
really yes  false negative    true positive

precision = TP / (TP + FP),    recall = TP / (TP + FN)
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.metrics.metric import Metric
from minicnn.metrics.shapes import same_shape


class ConfusionMetric(Metric):
    """Counts true and false positives and false negatives; base of `Precision` and `Recall`.

    Parameters
    ----------
    thresholds : float or list of float, optional
        Predictions above it are positive: 0.5, or with `top_k` none. One result for each.
    top_k : int, optional
        Only the k largest predictions of a sample can be positive; of equal ones, the first.
    class_id : int, optional
        Only this class, by its column.
    name : str, optional
    dtype : optional
        Not used.
    """

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name)
        self._given_thresholds = thresholds
        self.thresholds = _check_thresholds(thresholds, top_k)
        self.top_k = top_k
        self.class_id = class_id
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all batches."""
        self.true_positives = np.zeros(len(self.thresholds))
        self.false_positives = np.zeros(len(self.thresholds))
        self.false_negatives = np.zeros(len(self.thresholds))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Parameters
        ----------
        y_true : array-like, (batch, ...)
            Whether each is really positive: 0 or 1.
        y_pred : array-like, of the same shape
        sample_weight : array-like, (batch,), optional

        Raises
        ------
        ShapeError
            If the shapes differ, or there is no axis of classes to take `class_id` from.
        """
        y_true, y_pred = same_shape(y_true, y_pred, self.name)
        weights = _weights(sample_weight, y_pred.shape)
        possible = np.ones(y_pred.shape, dtype=bool)
        if self.top_k is not None:
            possible = _largest(y_pred, self.top_k)
        if self.class_id is not None:
            y_true, y_pred, weights, possible = (
                self._only_class(array) for array in (y_true, y_pred, weights, possible)
            )
        really = y_true.astype(bool)
        for row, threshold in enumerate(self.thresholds):
            positive = possible & (y_pred > threshold)
            self.true_positives[row] += weights[really & positive].sum()
            self.false_positives[row] += weights[~really & positive].sum()
            self.false_negatives[row] += weights[really & ~positive].sum()

    def _only_class(self, array: ndarray) -> ndarray:
        if array.ndim < 2 or not 0 <= self.class_id < array.shape[-1]:  # type: ignore[operator]
            raise ShapeError(
                f"{self.name} with class_id={self.class_id} takes predictions of shape "
                f"(batch, classes) that have such a column, got shape {array.shape}."
            )
        return array[..., self.class_id]

    def _share(self, part: ndarray, whole: ndarray) -> float | ndarray:
        """Part / whole, 0 for an empty whole; a number if there is one threshold."""
        share = np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)
        return float(share[0]) if len(share) == 1 else share

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {
            **super().get_config(),
            "thresholds": self._given_thresholds,
            "top_k": self.top_k,
            "class_id": self.class_id,
        }


class Precision(ConfusionMetric):
    """Share of those predicted positive that really are: ``TP / (TP + FP)``.

    Parameters as of `ConfusionMetric`.

    Examples
    --------
    >>> round(Precision()([0, 1, 1, 1], [1, 0, 1, 1]), 3)
    0.667
    """

    def result(self) -> float | ndarray:
        """Return the precision, one for each threshold; 0 where nothing was predicted positive."""
        return self._share(self.true_positives, self.true_positives + self.false_positives)


class Recall(ConfusionMetric):
    """Share of the really positive that are predicted so: ``TP / (TP + FN)``.

    Parameters as of `ConfusionMetric`.

    Examples
    --------
    >>> round(Recall()([0, 1, 1, 1], [1, 0, 1, 1]), 3)
    0.667
    """

    def result(self) -> float | ndarray:
        """Return the recall, one for each threshold; 0 where nothing is positive."""
        return self._share(self.true_positives, self.true_positives + self.false_negatives)


def _check_thresholds(thresholds: Any, top_k: int | None) -> list[float]:
    if thresholds is None:
        return [0.5 if top_k is None else -np.inf]
    listed = list(thresholds) if isinstance(thresholds, (list, tuple, ndarray)) else [thresholds]
    if not listed or not all(t is not None and 0 <= t <= 1 for t in listed):
        raise ValueError(f"thresholds takes numbers from 0 to 1, got {thresholds!r}.")
    return listed


def _largest(y_pred: ndarray, k: int) -> ndarray:
    """Mark the k largest along the last axis."""
    best = np.argsort(-y_pred, axis=-1, kind="stable")[..., :k]
    marked = np.zeros(y_pred.shape, dtype=bool)
    np.put_along_axis(marked, best, True, axis=-1)
    return marked


def _weights(sample_weight: Any, shape: tuple[int, ...]) -> ndarray:
    """Sample weights, as float64 in the shape of the predictions."""
    if sample_weight is None:
        return np.ones(shape)
    weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.ndim == len(shape) + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    weights = weights.reshape(weights.shape + (1,) * (len(shape) - weights.ndim))
    try:
        return np.broadcast_to(weights, shape)
    except ValueError:
        raise ShapeError(
            f"sample_weight takes one weight for each of {shape[0]} samples, "
            f"got shape {np.shape(sample_weight)}."
        ) from None
