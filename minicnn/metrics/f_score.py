"""F-scores: means of precision and recall."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.errors import ShapeError
from minicnn.losses.loss import EPSILON
from minicnn.losses.reduction import weights_like
from minicnn.losses.targets import check_same_shape
from minicnn.metrics.metric import Metric


class FBetaScore(Metric):
    """Weighted harmonic mean of precision and recall: ``(1 + β²)·P·R / (β²·P + R)``.

    Parameters
    ----------
    average : None, "micro", "macro" or "weighted"
        One score for each class; or one from the counts of all classes; or the mean over the
        classes, plain or weighted by their frequency.
    beta : float
        Weight of recall against precision; positive.
    threshold : float, optional
        Predictions above it are positive; by default the largest of each sample.
    name, dtype : as in `Metric`

    Examples
    --------
    >>> metric = FBetaScore(average="macro", beta=2.0, threshold=0.5)
    >>> round(metric([[1, 1], [1, 0]], [[0.9, 0.2], [0.4, 0.8]]), 3)
    0.278
    """

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        owner = type(self).__name__
        self.average = average
        if average is not None:
            self.average = checks.choice(owner, "average", average, ("micro", "macro", "weighted"))
        self.beta = checks.finite_number(owner, "beta", beta, gt=0)
        self.threshold = None
        if threshold is not None:
            self.threshold = checks.fraction(owner, "threshold", threshold)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all batches."""
        self.true_positives: Any = 0.0
        self.predicted: Any = 0.0
        self.positives: Any = 0.0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Parameters
        ----------
        y_true, y_pred : array-like, (batch, classes)
        sample_weight : array-like, (batch,), optional

        Raises
        ------
        ShapeError
            If they are not two arrays of such a shape.
        """
        y_true, y_pred = check_same_shape(y_true, y_pred, self.name)
        if y_pred.ndim != 2:
            raise ShapeError(
                f"{self.name}: labels and predictions must have shape (batch, classes), "
                f"got {y_pred.shape}."
            )
        if self.threshold is None:
            positive = (y_pred == y_pred.max(axis=-1, keepdims=True)) & (np.abs(y_pred) > 1e-9)
        else:
            positive = y_pred > self.threshold
        weights = weights_like(sample_weight, y_pred.shape)
        self.true_positives = self.true_positives + (weights * positive * y_true).sum(axis=0)
        self.predicted = self.predicted + (weights * positive).sum(axis=0)
        self.positives = self.positives + (weights * y_true).sum(axis=0)

    def result(self) -> float | ndarray:
        """Return the score, one for each class without `average`."""
        counts = [np.asarray(self.true_positives), self.predicted, self.positives]
        if self.average == "micro":
            counts = [np.sum(count) for count in counts]
        true_positives, predicted, positives = counts
        precision = true_positives / (predicted + EPSILON)
        recall = true_positives / (positives + EPSILON)
        squared = self.beta**2
        scores = (1 + squared) * precision * recall / (squared * precision + recall + EPSILON)
        if self.average == "weighted":
            return float((scores * positives).sum() / (positives.sum() + EPSILON))
        return scores if self.average is None and np.ndim(scores) else float(np.mean(scores))


class F1Score(FBetaScore):
    """Harmonic mean of precision and recall: ``2·P·R / (P + R)``; parameters as in `FBetaScore`.

    Examples
    --------
    >>> F1Score(threshold=0.5)([[1, 0], [1, 0]], [[0.9, 0.8], [0.8, 0.1]]).round(3)
    array([1., 0.])
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)
