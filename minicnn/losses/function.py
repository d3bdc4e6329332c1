"""Losses from a user's function."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.losses.loss import Loss
from minicnn.serialization import function_config


class FunctionLoss(Loss):
    """A loss from a function, with a hand-written or a numerical gradient.

    `compile(loss=my_function)` makes one without a gradient: correct, but every training step
    calls the function twice for each output of the model, and if it returns one loss for the whole
    batch, twice for each number in `y_pred`.

    Parameters
    ----------
    function : callable
        ``function(y_true, y_pred) -> losses``, one (or more) per sample, or one for the batch.
        Integer labels are passed as int64, predictions as float32 or float64.
    gradient : callable, optional
        ``gradient(y_true, y_pred) -> array`` of y_pred's shape: ∂loss/∂y_pred of each sample.
    name : str, optional
        The function's by default.
    reduction : str or None
        As in `Loss`.

    Examples
    --------
    >>> def cubic(y_true, y_pred):
    ...     return np.sum(np.abs(y_pred - y_true) ** 3, axis=-1)
    >>> def cubic_gradient(y_true, y_pred):
    ...     return 3 * np.abs(y_pred - y_true) * (y_pred - y_true)
    >>> loss = FunctionLoss(cubic, gradient=cubic_gradient)
    >>> loss([[0.0, 0.0]], [[1.0, 2.0]])
    9.0
    >>> losses, cache = loss.forward([[0.0, 0.0]], np.array([[1.0, 2.0]]))
    >>> loss.backward(np.ones(1), cache)
    array([[ 3., 12.]])
    """

    def __init__(
        self,
        function: Callable[[ndarray, ndarray], Any],
        gradient: Callable[[ndarray, ndarray], Any] | None = None,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
    ) -> None:
        if not callable(function):
            raise TypeError(f"loss must be a function of (y_true, y_pred), got {function!r}.")
        super().__init__(
            getattr(function, "__name__", "function_loss") if name is None else name, reduction
        )
        self.function = function
        self.gradient = gradient

    def call(self, y_true: ndarray, y_pred: ndarray) -> ndarray:
        """Call the function."""
        losses = self.function(y_true, y_pred)
        if losses is None:
            raise TypeError(
                f"the loss {self.name} returned None. It must end with return and one loss per "
                "sample."
            )
        return np.asarray(losses)

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Return the gradient with respect to the predictions.

        Raises
        ------
        ShapeError
            If `gradient` does not return the shape of the predictions.
        """
        if self.gradient is None:
            return super().backward(dlosses, cache)
        y_true, y_pred = cache
        dy_pred = np.asarray(self.gradient(y_true, y_pred), dtype=y_pred.dtype)
        if dy_pred.shape != y_pred.shape:
            raise ShapeError(
                f"the gradient of {self.name} must have the predictions' shape {y_pred.shape}, "
                f"got {dy_pred.shape}."
            )
        missing_axes = (1,) * (y_pred.ndim - dlosses.ndim)
        return dy_pred * dlosses.reshape(dlosses.shape + missing_axes)

    def _serialize(self) -> dict[str, Any]:
        return {**function_config(self.function), "config": self.name}
