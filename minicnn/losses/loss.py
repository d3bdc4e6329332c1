"""The base of all losses: one number a sample, its gradient, and their reduction to one number."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy import ndarray

from minicnn.losses.numerical import numerical_gradient
from minicnn.losses.reduction import check_reduction, one_number, reduce_losses
from minicnn.losses.targets import for_function
from minicnn.naming import snake_case


class Loss:
    """How far predictions are from the truth, and in which direction they should move.

    A loss of your own overrides `call`, as in Keras; its gradient is then found numerically.
    Overriding `forward` and `backward` instead gives an exact and much faster gradient.

    Parameters
    ----------
    name : str, optional
        The class's name in snake case by default.
    reduction : str or None
        From losses to one number: "sum_over_batch_size" and "mean" (the mean over all losses),
        "mean_with_sample_weight" (over the sum of the weights), "sum", "none" or None (as they
        are).

    Examples
    --------
    >>> class WorstError(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return np.abs(y_pred - y_true).max(axis=-1)
    >>> WorstError()([[1.0, 2.0]], [[1.5, 5.0]])
    3.0
    """

    fuses_with: ClassVar[str | None] = None
    """The activation with which the loss is better computed in one step, from its input."""

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size"
    ) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.reduction = check_reduction(reduction)

    def call(self, y_true: ndarray, y_pred: ndarray) -> ndarray:
        """Losses of the samples, for a loss of your own; each from its own row of `y_pred` only.

        Parameters
        ----------
        y_true : (batch, ...)
        y_pred : (batch, ...), float64

        Returns
        -------
        losses : (batch, ...)
        """
        raise NotImplementedError(
            f"{type(self).__name__} does not say how it is computed: "
            "give it a method call(self, y_true, y_pred) that returns one loss a sample."
        )

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Losses of the samples, and the cache that `backward` needs.

        Parameters
        ----------
        y_true : array-like, (batch, ...)
        y_pred : array-like, (batch, ..., outputs)
            float32 or float64, kept; anything else becomes float32.

        Returns
        -------
        losses : (batch, ...)
            Without the last axis, over which they are summed or averaged.
        cache : object
        """
        y_true, y_pred = for_function(y_true, y_pred, self.name)
        losses = np.asarray(self.call(y_true, y_pred), dtype=y_pred.dtype)
        return losses, (y_true, y_pred)

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Gradient with respect to the predictions.

        Parameters
        ----------
        dlosses : (batch, ...)
            Upstream gradient of each of the losses.
        cache : object
            From `forward`.

        Returns
        -------
        dy_pred : shape and dtype of y_pred
        """
        y_true, y_pred = cache
        return numerical_gradient(self.call, y_true, y_pred, dlosses, self.name)

    def mask(self, y_true: Any) -> ndarray | None:
        """Which of the losses count, as booleans in their shape; None where all do."""
        return None

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float | ndarray:
        """Reduce the losses of these predictions to one number."""
        losses, _ = self.forward(y_true, y_pred)
        return reduce_losses(losses, self.reduction, sample_weight, self.mask(y_true))[0]

    def value_and_gradient(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> tuple[float, ndarray]:
        """Do all that a training step needs: forward, reduction, backward.

        Parameters
        ----------
        y_true, y_pred : array-like
            As for `forward`.
        sample_weight : array-like, (batch,), optional

        Returns
        -------
        value : float
            The reduced loss. With reduction "none", where Keras follows the gradient of the sum
            but shows the mean, the mean.
        dy_pred : shape and dtype of y_pred

        Examples
        --------
        >>> from minicnn.losses import MeanSquaredError
        >>> MeanSquaredError().value_and_gradient([[0.0], [0.0]], np.array([[1.0], [3.0]]))
        (5.0, array([[1.], [3.]]))
        """
        losses, cache = self.forward(y_true, y_pred)
        value, dlosses = reduce_losses(losses, self.reduction, sample_weight, self.mask(y_true))
        return one_number(value), self.backward(dlosses, cache)

    def value_gradient_and_predictions(
        self, y_true: Any, logits: Any, sample_weight: Any = None
    ) -> tuple[float, ndarray, ndarray | None]:
        """Do as `value_and_gradient`, from the input of the activation that the loss `fuses_with`.

        Parameters
        ----------
        y_true, logits : array-like
            As labels and predictions for `forward`.
        sample_weight : array-like, (batch,), optional

        Returns
        -------
        value : float
        dlogits : shape and dtype of logits
        y_pred : shape and dtype of logits
            What the activation makes of them, where the loss has come by it; else None.
        """
        version = self.logits_version()  # type: ignore[attr-defined]
        return *version.value_and_gradient(y_true, logits, sample_weight), None

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this loss again."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a loss from `get_config`'s answer; what this version does not know is left out."""
        from inspect import signature

        taken = signature(cls).parameters
        arguments = {key: value for key, value in config.items() if key in taken}
        if arguments.get("reduction") == "auto":  # Keras 2's word for the default
            del arguments["reduction"]
        return cls(**arguments)
