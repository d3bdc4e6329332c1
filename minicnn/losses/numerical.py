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
    """Gradient of ``Σ dlosses·function(y_true, y_pred)`` with respect to the predictions.

    The losses of different samples do not depend on each other's predictions, so one number of
    every sample is moved at a time, in float64: two calls of the function for each output.

        dy = Σ dlosses·(function(y + h) − function(y − h)) / 2h

    Source: Press et al. 2007, "Numerical recipes", §5.7 (choice of h).

    Parameters
    ----------
    function : callable
        ``function(y_true, y_pred) -> losses`` of shape (batch, ...).
    y_true, y_pred : (batch, ...)
    dlosses : (batch, ...)
        Upstream gradient of each of the losses.
    name : str
        Of the function, for messages.

    Returns
    -------
    dy_pred : shape and dtype of y_pred
        Right to about 6 digits.

    Raises
    ------
    ShapeError
        If the function does not give one loss (or more) a sample.

    Examples
    --------
    >>> def squared(y_true, y_pred):
    ...     return ((y_pred - y_true) ** 2).sum(axis=-1)
    >>> numerical_gradient(squared, np.zeros((1, 2)), np.array([[1.0, 2.0]]), np.ones(1)).round(4)
    array([[2., 4.]])
    """
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
