"""The gradient of a user's loss function, by central differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError

RELATIVE_STEP = 6e-6  # cube root of float64's precision: truncation and rounding balance there
LEAST_STEP = 1e-9  # small, so that log(prediction + 1e-7) stays defined beside 0


def numerical_gradient(
    function: Callable[[ndarray, ndarray], Any],
    y_true: ndarray,
    y_pred: ndarray,
    dlosses: ndarray,
    name: str = "the loss",
) -> ndarray:
    """Gradient of ``Σ dlosses·function(y_true, y_pred)`` with respect to the predictions."""
    batch = len(y_pred)
    if dlosses.ndim == 0 or len(dlosses) != batch:
        raise ShapeError(
            f"{name} must give one loss for each of the {batch} samples, got shape "
            f"{dlosses.shape}. Write np.mean(..., axis=-1) in place of np.mean(...)."
        )
    at = y_pred.reshape(batch, -1).astype(np.float64)
    gradient = np.empty_like(at)
    for column in range(at.shape[1]):
        step = RELATIVE_STEP * np.abs(at[:, column]) + LEAST_STEP
        above, below = at.copy(), at.copy()
        above[:, column] += step
        below[:, column] -= step
        difference = np.asarray(function(y_true, above.reshape(y_pred.shape)))
        difference = difference - np.asarray(function(y_true, below.reshape(y_pred.shape)))
        rise = (dlosses * difference).reshape(batch, -1).sum(axis=1)
        gradient[:, column] = rise / (above[:, column] - below[:, column])
    return gradient.reshape(y_pred.shape).astype(y_pred.dtype)
