"""Running means, of values and of functions of labels and predictions."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.metrics.metric import Metric


class Mean(Metric):
    """Weighted mean of all values so far: ``Σ w·value / Σ w``.

    Parameters
    ----------
    name : str
    dtype : optional
        Not used.

    Examples
    --------
    >>> mean = Mean()
    >>> mean.update_state([1, 3])
    >>> mean.update_state([5, 7], sample_weight=[1, 0])
    >>> mean.result()
    3.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name)
        self.total = 0.0
        self.count = 0.0

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add values: a single one, or one (or more) a sample.

        Parameters
        ----------
        values : array-like, () or (batch, ...)
            Those of one sample are averaged first.
        sample_weight : array-like, optional
            One number, one a sample, or one a value.
        """
        values = np.asarray(values)
        simple = sample_weight is None and values.ndim == 1  # the usual case
        if simple and values.dtype == bool:
            self.add(int(np.count_nonzero(values)), len(values))
            return
        values = values.astype(np.float64, copy=False)
        if simple:
            self.add(float(values.sum()), len(values))
            return
        weights = np.ones(values.shape[:1]) if sample_weight is None else sample_weight
        self.add(*_weighted_sum(values, np.asarray(weights, dtype=np.float64)))

    def add(self, total: float, count: float) -> None:
        """Add values whose sum is known, and the sum of their weights."""
        self.total += total
        self.count += count

    def result(self) -> float:
        """Return the mean; 0 without values."""
        return self.total / self.count if self.count else 0.0

    def reset_state(self) -> None:
        """Forget all values."""
        self.total = self.count = 0.0


def _weighted_sum(values: ndarray, weights: ndarray) -> tuple[float, float]:
    """Σ w·value and Σ w over the samples, where the values of one sample are averaged."""
    if weights.ndim == values.ndim + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.ndim > values.ndim:
        raise ShapeError(
            f"sample_weight takes one weight a sample, shape {values.shape[:1]}, "
            f"got shape {weights.shape}."
        )
    values = values.mean(axis=tuple(range(weights.ndim, values.ndim)))
    try:
        weights = np.broadcast_to(weights, values.shape)
    except ValueError:
        raise ShapeError(
            f"sample_weight takes one weight for each of {values.shape[0]} samples, "
            f"got shape {weights.shape}."
        ) from None
    rest = tuple(range(1, values.ndim))
    return float((values * weights).mean(axis=rest).sum()), float(weights.mean(axis=rest).sum())


class MeanMetricWrapper(Mean):
    """Mean of a function over all samples so far: how a function of your own becomes a metric.

    Parameters
    ----------
    fn : callable
        ``fn(y_true, y_pred, **options) -> values``, one (or more) a sample, or one for the batch.
    name : str, optional
        The function's by default.
    dtype : optional
        Not used.
    **options
        Further arguments of the function.

    Examples
    --------
    >>> def error(y_true, y_pred):
    ...     return abs(y_pred - y_true)
    >>> metric = MeanMetricWrapper(error)
    >>> metric.name, metric(np.array([1, 2]), np.array([1, 5]))
    ('error', 1.5)
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None = None,
        dtype: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", None) or getattr(fn, "name", None))
        self.fn = fn
        self.options = options

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Add a batch."""
        values = self.fn(np.asarray(y_true), np.asarray(y_pred), **self.options)
        super().update_state(values, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric; of the function, its name."""
        function = {
            "module": "builtins",
            "class_name": "function",
            "config": getattr(self.fn, "__name__", self.name),
            "registered_name": "function",
        }
        return {**super().get_config(), "fn": function, **self.options}
