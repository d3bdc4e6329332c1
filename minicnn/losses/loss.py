"""The base class of all losses: one loss per sample, its gradient, and the reduction.

`FunctionLoss` makes one of a user's function.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.differences import numerical_gradients
from minicnn.errors import ShapeError, warn
from minicnn.losses.reduction import check_reduction, reduce_losses, scalar
from minicnn.losses.targets import for_function
from minicnn.naming import snake_case
from minicnn.serialization import Configurable, argument_names, function_config
from minicnn.tensors import as_tensor

EPSILON = 1e-7
"""Keras' ``backend.epsilon()``: keeps logarithms and divisions finite."""

MAGNITUDE = 2e-4  # steps small enough for log(prediction + 1e-7) to stay defined next to 0
MANY_CALLS = 10_000


class LossValue(float):
    """A loss or metric: a float with the method of TensorFlow's tensors."""

    def numpy(self) -> float:
        """Return a plain float."""
        return float(self)


class Loss(Configurable):
    """Base class of losses.

    A custom loss overrides `call`, as in Keras; its gradient is then computed numerically. It
    overrides `forward` and `backward` instead for an exact and much faster gradient.

    Parameters
    ----------
    name : str, optional
        The class's name in snake case by default.
    reduction : str or None
        How the losses are reduced to a scalar: "sum_over_batch_size" and "mean" (the mean over
        all losses), "mean_with_sample_weight" (over the sum of the weights), "sum", "none" or
        None (not reduced).
    dtype : optional
        Ignored: losses are computed in the dtype of the predictions.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> class WorstError(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return np.abs(y_pred - y_true).max(axis=-1)
    >>> WorstError()([[1.0, 2.0]], [[1.5, 5.0]])
    3.0
    """

    keras_module = "keras.losses"
    not_in_config: ClassVar[tuple[str, ...]] = ("dtype",)

    fuses_with: ClassVar[str | None] = None
    """Activation to be computed together with the loss, from its input (the logits)."""

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        kind = type(self).__name__
        self.name = checks.optional_text(kind, "name", name, snake_case(kind))
        self.reduction = check_reduction(reduction)

    def call(self, y_true: ndarray, y_pred: ndarray) -> ndarray:
        """Compute the losses of a custom loss.

        One loss for the whole batch works too, but its numerical gradient takes many more calls.

        Parameters
        ----------
        y_true : (batch, ...)
        y_pred : (batch, ...), float64

        Returns
        -------
        losses : (batch, ...)
        """
        raise NotImplementedError(
            f"{type(self).__name__} needs a method call(self, y_true, y_pred) that returns one "
            "loss per sample."
        )

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the losses of the samples, and the cache that `backward` needs.

        Parameters
        ----------
        y_true : array-like, (batch, ...)
        y_pred : array-like, (batch, ..., outputs)
            float32 or float64; other dtypes become float32.

        Returns
        -------
        losses : (batch, ...)
            Without the last axis, over which they are summed or averaged.
        cache : object
        """
        y_true, y_pred = for_function(y_true, y_pred, self.name)
        losses = np.asarray(self.call(y_true, y_pred), dtype=y_pred.dtype)
        if not losses.ndim:  # one for the batch
            losses = np.full(1 if self.reduction == "sum" else len(y_pred), losses)
        return losses, (y_true, y_pred)

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Return the gradient with respect to the predictions.

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
        if y_pred.size > MANY_CALLS and not np.ndim(self.call(y_true, y_pred)):
            warn(
                f"{self.name} returns one loss for a batch, so each training step calls it "
                f"{2 * y_pred.size:,} times to measure its gradient. Return one loss per sample, with "
                "np.mean(..., axis=-1), to make training faster."
            )
        (dy_pred,) = numerical_gradients(
            lambda moved: self.call(y_true, moved), [y_pred], dlosses, MAGNITUDE
        )
        return dy_pred.astype(y_pred.dtype)

    def mask(self, y_true: Any) -> ndarray | None:
        """Return a boolean array, False for losses to ignore; None if all count."""
        return None

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float | ndarray:
        """Return the reduced loss."""
        losses, _ = self.forward(y_true, y_pred)
        value = reduce_losses(losses, self.reduction, sample_weight, self.mask(y_true))[0]
        return LossValue(value) if isinstance(value, float) else value

    def value_and_gradient(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> tuple[float, ndarray]:
        """Return the reduced loss and its gradient: forward, reduction, backward.

        Parameters
        ----------
        y_true, y_pred : array-like
            As for `forward`.
        sample_weight : array-like, (batch,), optional

        Returns
        -------
        value : float
            With reduction "none", where Keras follows the gradient of the sum but shows the
            mean, the mean.
        dy_pred : shape and dtype of y_pred

        Examples
        --------
        >>> from minicnn.losses import MeanSquaredError
        >>> MeanSquaredError().value_and_gradient([[0.0], [0.0]], np.array([[1.0], [3.0]]))
        (5.0, array([[1.], [3.]]))
        """
        return self._value_gradient_cache(y_true, y_pred, sample_weight)[:2]

    def _value_gradient_cache(
        self, y_true: Any, y_pred: Any, sample_weight: Any
    ) -> tuple[float, ndarray, Any]:
        losses, cache = self.forward(y_true, y_pred)
        value, dlosses = reduce_losses(losses, self.reduction, sample_weight, self.mask(y_true))
        return scalar(value), self.backward(dlosses, cache), cache


class NamedLoss(Loss):
    """Base class of the library's losses; their arguments begin with `reduction`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


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


def loss_function(cls: type[Loss]) -> Callable[..., ndarray]:
    """Return the function ``f(y_true, y_pred, **options)`` of a loss: one loss per sample."""
    options = option_names(cls)

    def function(y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> ndarray:
        kwargs.update(zip(options, args, strict=False))
        if hasattr(y_pred, "compared"):  # a symbolic tensor
            return y_pred.compared(cls(**kwargs), y_true)
        return as_tensor(cls(**kwargs).forward(y_true, y_pred)[0])

    return described(function, cls, "the loss")


def option_names(cls: type) -> list[str]:
    """Return the arguments of a loss or metric that its function has as well."""
    return [name for name in argument_names(cls) if name not in ("name", "reduction", "dtype")]


def described(function: Any, cls: type, returns: str) -> Callable[..., ndarray]:
    """Return a function with name and docstring from the class it belongs to."""
    function.__name__ = function.__qualname__ = snake_case(cls.__name__)
    function.__module__ = cls.__module__.rpartition(".")[0]
    function.__doc__ = f"""Return {returns} of each sample, shape (batch, ...); see `{cls.__name__}`.

    Parameters
    ----------
    y_true, y_pred : array-like
    *args, **kwargs
        {", ".join(option_names(cls)) or "None"}, as of the class.
    """
    function.made_from = cls
    return function
