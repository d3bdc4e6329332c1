"""Mean squared and mean absolute error as metrics."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.metrics.mean import MeanMetricWrapper
from minicnn.metrics.metric import Metric
from minicnn.metrics.shapes import same_shape


def mean_squared_error(y_true: Any, y_pred: Any) -> ndarray:
    """Mean of ``(y_pred − y_true)²`` over the last axis, (batch, ...).

    Examples
    --------
    >>> mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]])
    array([2.5])
    """
    return np.square(_difference(y_true, y_pred, "mean_squared_error")).mean(axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> ndarray:
    """Mean of ``|y_pred − y_true|`` over the last axis, (batch, ...).

    Examples
    --------
    >>> mean_absolute_error([[0.0, 1.0]], [[1.0, 3.0]])
    array([1.5])
    """
    return np.abs(_difference(y_true, y_pred, "mean_absolute_error")).mean(axis=-1)


def _difference(y_true: Any, y_pred: Any, name: str) -> ndarray:
    """y_pred − y_true as floats: unsigned whole numbers would wrap around."""
    y_true, y_pred = same_shape(y_true, y_pred, name)
    return y_pred - y_true.astype(np.result_type(y_pred.dtype, np.float32), copy=False)


class MeanSquaredError(MeanMetricWrapper):
    """Mean of ``(y_pred − y_true)²``.

    Examples
    --------
    >>> MeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
    0.25
    """

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name)

    get_config = Metric.get_config


class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of ``|y_pred − y_true|``.

    Examples
    --------
    >>> MeanAbsoluteError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
    0.25
    """

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, name)

    get_config = Metric.get_config
