"""Losses of one number against another: squared, absolute and relative errors, and hinges."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.errors import ShapeError
from minicnn.losses.loss import EPSILON, NamedLoss
from minicnn.losses.targets import check_same_shape

__all__ = [
    "CategoricalHinge",
    "CosineSimilarity",
    "Hinge",
    "Huber",
    "LogCosh",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SquaredHinge",
]


class _MeanLoss(NamedLoss):
    """Mean over the last axis of `_element`; a subclass defines it and its derivative."""

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        """Return the loss of each output."""
        raise NotImplementedError

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        """Return the derivative of `_element` with respect to the prediction."""
        raise NotImplementedError

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the losses of the samples, and the cache."""
        cache = check_same_shape(y_true, y_pred, self.name)
        return self._element(*cache).mean(axis=-1), cache

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Return the gradient with respect to the predictions."""
        return self._derivative(*cache) * (dlosses[..., None] / cache[1].shape[-1])


class MeanSquaredError(_MeanLoss):
    """Mean squared error: ``mean((y_pred − y_true)²)`` over the last axis; parameters as in `Loss`.

    Examples
    --------
    >>> MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])
    0.5
    """

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        return np.square(prediction - target)

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        return 2 * (prediction - target)


class MeanAbsoluteError(_MeanLoss):
    """Mean absolute error: ``mean(|y_pred − y_true|)`` over the last axis; parameters as in `Loss`.

    Examples
    --------
    >>> MeanAbsoluteError()([[0.0, 1.0], [0.0, 0.0]], [[3.0, 1.0], [1.0, 0.0]])
    1.0
    """

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        return np.abs(prediction - target)

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        return np.sign(prediction - target)  # 0 at the kink, as in Keras


class MeanAbsolutePercentageError(_MeanLoss):
    """Mean absolute error in percent of the target: ``100·mean(|y_pred − y_true| / |y_true|)``.

    Targets closer to 0 than 1e-7 count as 1e-7. Parameters as in `Loss`.

    Examples
    --------
    >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 5.0]])
    37.5
    """

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        return 100 * np.abs(prediction - target) / np.maximum(np.abs(target), EPSILON)

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        return 100 * np.sign(prediction - target) / np.maximum(np.abs(target), EPSILON)


class MeanSquaredLogarithmicError(_MeanLoss):
    """Mean squared difference of logarithms: ``mean((ln(y_pred + 1) − ln(y_true + 1))²)``.

    Values below 1e-7 count as 1e-7. Parameters as in `Loss`.

    Examples
    --------
    >>> round(MeanSquaredLogarithmicError()([[0.0, 1.0]], [[1.0, 1.0]]), 4)
    0.2402
    """

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        return np.square(self._difference(target, prediction))

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        slope = 2 * self._difference(target, prediction) / (np.maximum(prediction, EPSILON) + 1)
        return np.where(prediction >= EPSILON, slope, 0)

    @staticmethod
    def _difference(target: ndarray, prediction: ndarray) -> ndarray:
        return np.log1p(np.maximum(prediction, EPSILON)) - np.log1p(np.maximum(target, EPSILON))


class Huber(_MeanLoss):
    """Squared for errors e up to δ, linear beyond: ``½·e²`` or ``δ·|e| − ½·δ²``.

    Source: Huber 1964, "Robust estimation of a location parameter".

    Parameters
    ----------
    delta : float
        Error from which the loss is linear; positive.
    reduction, name, dtype : as in `Loss`

    Examples
    --------
    >>> Huber()([[0.0, 0.0]], [[0.5, 3.0]])
    1.3125
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.delta = checks.finite_number("Huber", "delta", delta, gt=0)

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        error = np.abs(prediction - target)
        return np.where(
            error <= self.delta, np.square(error) / 2, self.delta * (error - self.delta / 2)
        )

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        return np.clip(prediction - target, -self.delta, self.delta)


class LogCosh(_MeanLoss):
    """Logarithm of the hyperbolic cosine of the error: ``mean(ln cosh(y_pred − y_true))``.

    Close to ``½·e²`` for small errors e and to ``|e| − ln 2`` for large ones.

    Parameters as in `Loss`.

    Examples
    --------
    >>> round(LogCosh()([[0.0, 0.0]], [[1.0, 0.0]]), 4)
    0.2169
    """

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        error = np.abs(prediction - target)  # this form cannot overflow
        return error + np.log1p(np.exp(-2 * error)) - error.dtype.type(np.log(2))

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        return np.tanh(prediction - target)


class Poisson(_MeanLoss):
    """Poisson loss for counts: ``mean(y_pred − y_true·ln(y_pred + 1e-7))``.

    Parameters as in `Loss`.

    Examples
    --------
    >>> round(Poisson()([[0.0, 1.0]], [[2.0, 1.0]]), 4)
    1.5
    """

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        return prediction - target * np.log(prediction + EPSILON)

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        return 1 - target / (prediction + EPSILON)


class Hinge(_MeanLoss):
    """Margin loss of labels −1 and 1: ``mean(max(1 − y_true·y_pred, 0))``; parameters as in `Loss`.

    Labels of 0 and 1 are converted to −1 and 1.

    Examples
    --------
    >>> round(Hinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
    1.3
    """

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the losses of the samples, and the cache."""
        targets, y_pred = check_same_shape(y_true, y_pred, self.name)
        if ((targets == 0) | (targets == 1)).all():
            targets = 2 * targets - 1
        return super().forward(targets, y_pred)

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        return np.maximum(1 - target * prediction, 0)

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        return np.where(target * prediction <= 1, -target, 0)


class SquaredHinge(Hinge):
    """Square of the margin loss: ``mean(max(1 − y_true·y_pred, 0)²)``; see `Hinge`.

    Parameters as in `Loss`.

    Examples
    --------
    >>> round(SquaredHinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
    1.86
    """

    def _element(self, target: ndarray, prediction: ndarray) -> ndarray:
        return np.square(super()._element(target, prediction))

    def _derivative(self, target: ndarray, prediction: ndarray) -> ndarray:
        return -2 * target * super()._element(target, prediction)


class CategoricalHinge(_MeanLoss):
    """Margin between the right class and the best wrong one, for one-hot labels t.

    ``max(max((1 − t)·y_pred) − Σ t·y_pred + 1, 0)``

    Source: Crammer & Singer 2001, "On the algorithmic implementation of multiclass kernel-based
    vector machines". Parameters as in `Loss`.

    Examples
    --------
    >>> round(CategoricalHinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
    1.4
    """

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the losses of the samples, and the cache."""
        targets, y_pred = check_same_shape(y_true, y_pred, self.name)
        wrong = (1 - targets) * y_pred
        margin = wrong.max(axis=-1) - (targets * y_pred).sum(axis=-1) + 1
        return np.maximum(margin, 0), (targets, wrong, margin)

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Return the gradient; equal maxima share theirs, as in TensorFlow."""
        targets, wrong, margin = cache
        best = wrong == wrong.max(axis=-1, keepdims=True)
        dbest = best * (1 - targets) / best.sum(axis=-1, keepdims=True).astype(wrong.dtype)
        return (dbest - targets) * (dlosses * (margin >= 0))[..., None]


class CosineSimilarity(_MeanLoss):
    """Negative cosine of the angle between targets and predictions: −1 for equal directions.

    Parameters
    ----------
    axis : int
        Axis of the vectors.
    reduction, name, dtype : as in `Loss`

    Examples
    --------
    >>> round(CosineSimilarity()([[0.0, 1.0]], [[1.0, 1.0]]), 4)
    -0.7071
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.axis = checks.integer("CosineSimilarity", "axis", axis, minimum=None)

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the losses of the samples, and the cache."""
        y_true, y_pred = check_same_shape(y_true, y_pred, self.name)
        target, prediction = self._unit(y_true)[0], self._unit(y_pred)
        return -(target * prediction[0]).sum(axis=self.axis), (target, *prediction)

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Return the gradient ``−(t − (t·p)·p) / ‖y_pred‖`` of the unit vectors t and p."""
        target, unit, norm = cache
        cosine = (target * unit).sum(axis=self.axis, keepdims=True)
        radial = np.where(norm > EPSILON, cosine * unit, 0)
        return -(target - radial) / norm * np.expand_dims(dlosses, self.axis)

    def _unit(self, vectors: ndarray) -> tuple[ndarray, ndarray]:
        """Return vectors of length 1, and their lengths, at least 1e-7."""
        if not -vectors.ndim <= self.axis < vectors.ndim:
            raise ShapeError(
                f"{self.name} works along axis {self.axis}, got predictions of shape {vectors.shape}."
            )
        norm = np.sqrt(np.square(vectors).sum(axis=self.axis, keepdims=True))
        norm = np.maximum(norm, EPSILON)
        return vectors / norm, norm
