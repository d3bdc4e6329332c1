"""Losses for numbers: mean squared and mean absolute error."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.losses.loss import Loss
from minicnn.losses.targets import same_shape


class MeanSquaredError(Loss):
    """Mean of the squared differences: ``mean((y_pred − y_true)²)`` over the last axis.

    Parameters
    ----------
    reduction : str or None
    name : str

    Examples
    --------
    >>> MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])
    0.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
    ) -> None:
        super().__init__(name, reduction)

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, ndarray]:
        """Losses of the samples, and the differences."""
        y_true, y_pred = same_shape(y_true, y_pred, self.name)
        difference = y_pred - y_true
        return np.square(difference).mean(axis=-1), difference

    def backward(self, dlosses: ndarray, cache: ndarray) -> ndarray:
        """Gradient ``2·(y_pred − y_true) / outputs``."""
        difference = cache
        return difference * (2 / difference.shape[-1]) * dlosses[..., None]


class MeanAbsoluteError(Loss):
    """Mean of the absolute differences: ``mean(|y_pred − y_true|)`` over the last axis.

    Parameters
    ----------
    reduction : str or None
    name : str

    Examples
    --------
    >>> MeanAbsoluteError()([[0.0, 1.0], [0.0, 0.0]], [[3.0, 1.0], [1.0, 0.0]])
    1.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
    ) -> None:
        super().__init__(name, reduction)

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, ndarray]:
        """Losses of the samples, and the differences."""
        y_true, y_pred = same_shape(y_true, y_pred, self.name)
        difference = y_pred - y_true
        return np.abs(difference).mean(axis=-1), difference

    def backward(self, dlosses: ndarray, cache: ndarray) -> ndarray:
        """Gradient ``sign(y_pred − y_true) / outputs``; 0 at the kink, as in Keras."""
        difference = cache
        return np.sign(difference) / difference.shape[-1] * dlosses[..., None]


def mean_squared_error(y_true: Any, y_pred: Any) -> ndarray:
    """Mean squared error of each sample, shape (batch, ...).

    Examples
    --------
    >>> mean_squared_error([[0.0, 1.0]], np.array([[1.0, 3.0]]))
    array([2.5])
    """
    return MeanSquaredError().forward(y_true, y_pred)[0]


def mean_absolute_error(y_true: Any, y_pred: Any) -> ndarray:
    """Mean absolute error of each sample, shape (batch, ...).

    Examples
    --------
    >>> mean_absolute_error([[0.0, 1.0]], np.array([[1.0, 3.0]]))
    array([1.5])
    """
    return MeanAbsoluteError().forward(y_true, y_pred)[0]
