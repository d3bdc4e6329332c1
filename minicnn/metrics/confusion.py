"""Metrics from the confusion matrix: its counts, precision, recall and AUC.

              predicted negative     predicted positive
is negative   true negative (TN)     false positive (FP)
is positive   false negative (FN)    true positive (TP)
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.errors import ShapeError
from minicnn.losses.loss import EPSILON, LossValue
from minicnn.losses.reduction import weights_like
from minicnn.losses.targets import check_binary_targets, check_same_shape
from minicnn.metrics.metric import Metric

__all__ = [
    "AUC",
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "Recall",
    "TrueNegatives",
    "TruePositives",
]

COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


class ConfusionMetric(Metric):
    """Base class: counts all four cells of the confusion matrix, for each of some thresholds."""

    true_positives: ndarray
    false_positives: ndarray
    true_negatives: ndarray
    false_negatives: ndarray

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        self.init_thresholds = thresholds
        self.thresholds = self._check_thresholds(thresholds)
        self.reset_state()

    def _check_thresholds(self, thresholds: Any) -> list[float]:
        if thresholds is None:
            return [0.5]
        single = np.ndim(thresholds) == 0
        checked = [
            checks.fraction(type(self).__name__, "thresholds", threshold)
            for threshold in ([thresholds] if single else thresholds)
        ]
        if not checked:
            raise ValueError(f"{type(self).__name__}: thresholds must not be empty.")
        return checked

    def reset_state(self) -> None:
        """Forget all batches."""
        for name in COUNTS:
            setattr(self, name, np.zeros(len(self.thresholds)))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Parameters
        ----------
        y_true : array-like, (batch, ...)
            Whether each output should be positive: 0 or 1.
        y_pred : array-like, of the same shape
            Positive above the threshold.
        sample_weight : array-like, (batch,), optional

        Raises
        ------
        ShapeError
            If the shapes differ.
        """
        y_true, y_pred = check_same_shape(y_true, y_pred, self.name)
        self._count(y_true, y_pred, weights_like(sample_weight, y_pred.shape))

    def _count(self, y_true: ndarray, y_pred: ndarray, weights: ndarray) -> None:
        for name, count in zip(COUNTS, self._counts(y_true, y_pred, weights), strict=True):
            before = getattr(self, name)
            setattr(self, name, (before.T + count.T).T)  # counts may have one column per label

    def _counts(self, y_true: ndarray, y_pred: ndarray, weights: ndarray) -> ndarray:
        """Return the new counts for each threshold, in one pass over the predictions."""
        limits = np.array(self.thresholds, y_pred.dtype)
        order = np.argsort(limits, kind="stable")
        # number of thresholds that a prediction exceeds; NaN exceeds none
        exceeded = np.searchsorted(
            limits[order], np.where(np.isnan(y_pred), -np.inf, y_pred).ravel()
        )
        is_positive = y_true.ravel().astype(bool)
        counts = np.empty((len(COUNTS), len(limits)))
        for row, mask in enumerate((is_positive, ~is_positive)):
            histogram = np.bincount(
                exceeded[mask], weights.ravel()[mask], minlength=len(limits) + 1
            )
            counts[row, order] = histogram[::-1].cumsum()[::-1][1:]  # above the threshold
            counts[3 - row, order] = histogram.cumsum()[:-1]
        return counts

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(ConfusionMetric):
    """Number of positives that are predicted positive.

    Parameters
    ----------
    thresholds : float or list of float, optional
        Predictions above it are positive; 0.5 by default. One result for each.
    name, dtype : as in `Metric`

    Examples
    --------
    >>> TruePositives()([0, 1, 1, 1], [1, 0, 1, 1])
    2.0
    """

    _counted: ClassVar[str] = "true_positives"

    def result(self) -> float | ndarray:
        """Return the number, one for each threshold."""
        return _scalar(getattr(self, self._counted).copy())


class FalsePositives(TruePositives):
    """Number of negatives that are predicted positive; parameters as `TruePositives`.

    Examples
    --------
    >>> FalsePositives()([0, 1, 0, 0], [0, 0, 1, 1])
    2.0
    """

    _counted = "false_positives"


class TrueNegatives(TruePositives):
    """Number of negatives that are predicted negative; parameters as `TruePositives`.

    Examples
    --------
    >>> TrueNegatives()([0, 1, 0, 0], [1, 1, 0, 0])
    2.0
    """

    _counted = "true_negatives"


class FalseNegatives(TruePositives):
    """Number of positives that are predicted negative; parameters as `TruePositives`.

    Examples
    --------
    >>> FalseNegatives()([0, 1, 1, 1], [0, 1, 0, 0])
    2.0
    """

    _counted = "false_negatives"


class Precision(ConfusionMetric):
    """Fraction of predicted positives that are positive: ``TP / (TP + FP)``.

    Parameters
    ----------
    thresholds : float or list of float, optional
        Predictions above it are positive: 0.5 by default, none with `top_k`. One result for each.
    top_k : int, optional
        Only the k largest predictions of a sample can be positive; of equal ones, the first.
    class_id : int, optional
        Count only this class, a column of the predictions.
    name, dtype : as in `Metric`

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> round(Precision()([0, 1, 1, 1], [1, 0, 1, 1]), 3)
    0.667
    """

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, name, dtype)
        cls = type(self).__name__
        self.top_k = None if top_k is None else checks.integer(cls, "top_k", top_k)
        self.class_id = None if class_id is None else checks.integer(cls, "class_id", class_id, 0)
        if thresholds is None and top_k is not None:
            self.thresholds = [-np.inf]

    def _count(self, y_true: ndarray, y_pred: ndarray, weights: ndarray) -> None:
        if self.top_k is not None:
            best = np.argsort(-y_pred, axis=-1, kind="stable")[..., : self.top_k]
            kept = np.full_like(y_pred, -np.inf)
            np.put_along_axis(kept, best, np.take_along_axis(y_pred, best, axis=-1), axis=-1)
            y_pred = kept
        if self.class_id is not None:
            if y_pred.ndim < 2 or self.class_id >= y_pred.shape[-1]:
                raise ShapeError(
                    f"{self.name} with class_id={self.class_id} needs predictions of shape "
                    f"(batch, classes) with that column, got shape {y_pred.shape}."
                )
            y_true, y_pred, weights = (
                array[..., self.class_id] for array in (y_true, y_pred, weights)
            )
        super()._count(y_true, y_pred, weights)

    def result(self) -> float | ndarray:
        """Return the precision, one for each threshold; 0 if nothing was predicted positive."""
        return _scalar(_ratio(self.true_positives, self.true_positives + self.false_positives))


class Recall(Precision):
    """Fraction of positives that are predicted positive: ``TP / (TP + FN)``.

    Parameters as in `Precision`.

    Examples
    --------
    >>> round(Recall()([0, 1, 1, 1], [1, 0, 1, 1]), 3)
    0.667
    """

    def result(self) -> float | ndarray:
        """Return the recall, one for each threshold; 0 if nothing is positive."""
        return _scalar(_ratio(self.true_positives, self.true_positives + self.false_negatives))


class AUC(ConfusionMetric):
    """Area under the ROC or the precision-recall curve, from a list of thresholds.

    Source of the interpolation between points of the precision-recall curve: Davis & Goadrich
    2006, "The relationship between precision-recall and ROC curves".

    Parameters
    ----------
    num_thresholds : int
        At least 2; evenly spaced from 0 to 1.
    curve : "ROC" or "PR"
    summation_method : "interpolation", "minoring" or "majoring"
        Trapezoids, or rectangles below or above the curve.
    name, dtype : as in `Metric`
    thresholds : list of float, optional
        Thresholds between 0 and 1, instead of evenly spaced ones.
    multi_label : bool
        Average the areas of the columns, instead of counting all outputs together.
    num_labels, label_weights : optional
        Number and weights of the columns, with `multi_label`.
    from_logits : bool
        Whether predictions are logits, the input of sigmoid.

    Examples
    --------
    >>> round(AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]), 6)
    0.75
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        if thresholds is None:
            checks.integer("AUC", "num_thresholds", num_thresholds, minimum=2)
        self.num_thresholds = num_thresholds if thresholds is None else np.size(thresholds) + 2
        self.curve = checks.choice("AUC", "curve", curve, ("roc", "pr")).upper()
        self.summation_method = checks.choice(
            "AUC", "summation_method", summation_method, ("interpolation", "minoring", "majoring")
        )
        self.multi_label = checks.boolean("AUC", "multi_label", multi_label)
        self.num_labels = (
            None if num_labels is None else checks.integer("AUC", "num_labels", num_labels)
        )
        self.label_weights = label_weights
        if label_weights is not None:
            self.label_weights = [
                checks.finite_number("AUC", "label_weights", weight, ge=0)
                for weight in label_weights
            ]
        self.from_logits = checks.boolean("AUC", "from_logits", from_logits)
        super().__init__(thresholds, name, dtype)

    def _check_thresholds(self, thresholds: Any) -> list[float]:
        if thresholds is None:
            inner = np.arange(1, self.num_thresholds - 1) / (self.num_thresholds - 1)
        else:
            inner = np.sort(super()._check_thresholds(thresholds))
        return [-EPSILON, *map(float, inner), 1 + EPSILON]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; parameters as in `Precision`, predictions between 0 and 1."""
        y_true, y_pred = check_binary_targets(y_true, y_pred, self.name)
        if self.from_logits:
            y_pred = 1 / (1 + np.exp(-y_pred))
        if y_pred.size and not (y_pred.min() >= 0 and y_pred.max() <= 1):
            raise ValueError(
                f"{self.name}: predictions must be between 0 and 1, got {y_pred.min():g} to "
                f"{y_pred.max():g}. For logits write AUC(from_logits=True)."
            )
        self._count(y_true, y_pred, weights_like(sample_weight, y_pred.shape))

    def _counts(self, y_true: ndarray, y_pred: ndarray, weights: ndarray) -> ndarray:
        if not self.multi_label:
            return super()._counts(y_true, y_pred, weights)
        labels = y_pred.shape[-1] if y_pred.ndim > 1 else 0
        weighted = None if self.label_weights is None else len(self.label_weights)
        for expected in (self.num_labels, weighted, labels or 1):
            if expected not in (None, labels):
                raise ShapeError(
                    f"{self.name}: predictions must have shape (batch, {expected}), one column per "
                    f"label, got shape {y_pred.shape}."
                )
        columns = zip(*(np.moveaxis(a, -1, 0) for a in (y_true, y_pred, weights)), strict=True)
        return np.stack([super(AUC, self)._counts(*column) for column in columns], axis=-1)

    def result(self) -> float:
        """Return the area; with `multi_label`, the mean over the columns."""
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = self._interpolated_pr_areas()
        else:
            recall = _ratio(self.true_positives, self.true_positives + self.false_negatives)
            if self.curve == "ROC":
                x = _ratio(self.false_positives, self.false_positives + self.true_negatives)
                y = recall
            else:
                x = recall
                y = _ratio(self.true_positives, self.true_positives + self.false_positives)
            heights = {
                "interpolation": (y[:-1] + y[1:]) / 2,
                "minoring": np.minimum(y[:-1], y[1:]),
                "majoring": np.maximum(y[:-1], y[1:]),
            }[self.summation_method]
            areas = ((x[:-1] - x[1:]) * heights).sum(axis=0)
        return float(np.average(areas, weights=self.label_weights if areas.ndim else None))

    def _interpolated_pr_areas(self) -> ndarray:
        tp, positive = self.true_positives, self.true_positives + self.false_positives
        dtp, dpositive = tp[:-1] - tp[1:], positive[:-1] - positive[1:]
        slope = _ratio(dtp, dpositive)
        intercept = tp[1:] - slope * positive[1:]
        ratio = np.ones_like(dtp)
        np.divide(positive[:-1], positive[1:], out=ratio, where=positive[1:] > 0)
        area = slope * (dtp + intercept * np.log(ratio))
        return _ratio(area, tp[1:] + self.false_negatives[1:]).sum(axis=0)


def _ratio(part: ndarray, whole: ndarray) -> ndarray:
    """Return part / whole, 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)


def _scalar(values: ndarray) -> float | ndarray:
    return LossValue(values[0]) if len(values) == 1 else values
