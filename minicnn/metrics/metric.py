"""The base classes of metrics: measures that are accumulated over batches."""

import warnings
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray

from minicnn import checks, initializers
from minicnn.losses.loss import LossValue
from minicnn.losses.reduction import weights_like
from minicnn.naming import snake_case
from minicnn.serialization import Configurable, serialize_object
from minicnn.tensors import Variable


class Metric(Configurable):
    """Base class of metrics, which measure a model over all batches since the last `reset_state`.

    A custom metric overrides `update_state` and `result`, and `reset_state` unless it accumulates in
    variables of `add_weight`.

    Parameters
    ----------
    name : str, optional
        The class's name in snake case by default.
    dtype : optional
        Ignored: sums are kept in float64.

    Examples
    --------
    >>> class Batches(Metric):
    ...     count = 0
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.count += 1
    ...     def result(self):
    ...         return float(self.count)
    ...     def reset_state(self):
    ...         self.count = 0
    >>> metric = Batches()
    >>> metric([1], [1]), metric([1], [1])
    (1.0, 2.0)
    """

    keras_module = "keras.metrics"
    not_in_config: ClassVar[tuple[str, ...]] = ("dtype",)

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        kind = type(self).__name__
        self.name = checks.optional_text(kind, "name", name, snake_case(kind))

    def add_weight(
        self,
        shape: Any = (),
        initializer: Any = "zeros",
        dtype: Any = None,
        name: str | None = None,
        **options: Any,
    ) -> Variable:
        """Return an array of float64 to accumulate in; `reset_state` sets it to 0.

        Parameters
        ----------
        shape : tuple of int
            Keras 2 takes the name first: ``add_weight("total")``.
        initializer : str, Initializer or callable
        dtype, name, **options
            Ignored.

        Returns
        -------
        Variable
            An array with the methods `assign`, `assign_add`, `assign_sub` and `numpy`. Store it as an
            attribute.

        Examples
        --------
        >>> total = Metric().add_weight(name="total")
        >>> float(total.assign_add(5))
        5.0
        """
        size = options.get("shape", ()) if isinstance(shape, str) else shape
        size = (size,) if isinstance(size, int) else tuple(size)
        values = initializers.get("zeros" if initializer is None else initializer)(size, "float64")
        return np.array(values, np.float64).view(Variable)

    add_variable = add_weight

    @property
    def variables(self) -> list[Variable]:
        """The attributes that `add_weight` returned."""
        return [value for value in vars(self).values() if isinstance(value, Variable)]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Parameters
        ----------
        y_true, y_pred : array-like, (batch, ...)
        sample_weight : array-like, (batch,), optional
        """
        raise NotImplementedError(
            f"{type(self).__name__} needs a method "
            "update_state(y_true, y_pred, sample_weight=None)."
        )

    def result(self) -> float | ndarray:
        """Return the measure over all batches so far; 0 before the first."""
        raise NotImplementedError(f"{type(self).__name__} needs a method result().")

    def reset_state(self) -> None:
        """Forget all batches: set all variables to 0."""
        if variables := self.variables:
            for variable in variables:
                variable.assign(0)
            return
        raise NotImplementedError(f"{type(self).__name__} needs a method reset_state().")

    def reset_states(self) -> None:
        """Call `reset_state`; the name in Keras 2."""
        warnings.warn("reset_states is now called reset_state.", DeprecationWarning, stacklevel=2)
        self.reset_state()

    def get_state(self) -> dict[str, Any]:
        """Return the accumulated state: all attributes that are numbers or arrays.

        A custom metric with other state overrides this and `set_state`.
        """
        return {name: copy(value) for name, value in vars(self).items() if _is_numeric(value)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the state that `get_state` returned.

        Raises
        ------
        ValueError
            If it is the state of another metric.
        """
        unknown = [name for name in state if not _is_numeric(getattr(self, name, None))]
        if unknown:
            raise ValueError(f"the metric {self.name} has no state {', '.join(unknown)}.")
        for name, value in state.items():
            if isinstance(variable := getattr(self, name), Variable):
                variable.assign(value)
            else:
                setattr(self, name, value)

    def __call__(self, *batch: Any, **options: Any) -> float | ndarray:
        """Add a batch and return the result so far."""
        self.update_state(*batch, **options)
        return self.result()


class Mean(Metric):
    """Weighted mean of all values so far: ``Σ w·value / Σ w``; parameters as in `Metric`.

    Examples
    --------
    >>> mean = Mean()
    >>> mean.update_state([1, 3])
    >>> mean.update_state([5, 7], sample_weight=[1, 0])
    >>> mean.result()
    3.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.total = self.count = 0.0

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add values: a scalar, or one (or more) per sample.

        Parameters
        ----------
        values : array-like, () or (batch, ...)
            The values of a sample are averaged.
        sample_weight : array-like, optional
            A scalar, or one per sample or per value.
        """
        values = np.asarray(values)
        of_sample = tuple(range(1, values.ndim))
        if sample_weight is not None or not values.ndim:
            weights = weights_like(sample_weight, values.shape)
            total = float((values * weights).mean(axis=of_sample).sum())
            self.add(total, float(weights.mean(axis=of_sample).sum()))
        elif of_sample:
            self.add(float(values.mean(axis=of_sample, dtype=np.float64).sum()), len(values))
        elif values.dtype == bool:
            self.add(int(np.count_nonzero(values)), len(values))
        else:
            self.add(float(values.sum(dtype=np.float64)), len(values))

    def add(self, total: float, count: float) -> None:
        """Add values by their sum, and the sum of their weights."""
        self.total += total
        self.count += count

    def result(self) -> float:
        """Return the mean; 0 without values."""
        return LossValue(self.total / self.count if self.count else 0.0)

    def reset_state(self) -> None:
        """Forget all values."""
        self.total = self.count = 0.0


class MeanMetricWrapper(Mean):
    """Mean of a function over all samples so far; makes a metric of a user's function.

    Parameters
    ----------
    fn : callable
        ``fn(y_true, y_pred, **options) -> values``, one (or more) per sample, or one per batch.
    name : str, optional
        The function's by default.
    dtype : optional
        Ignored.
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
        if not callable(fn):
            raise TypeError(
                f"MeanMetricWrapper: fn must be a function f(y_true, y_pred), got {fn!r}."
            )
        default = getattr(fn, "__name__", getattr(fn, "name", None))
        super().__init__(default if name is None else name, dtype)
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
        if type(self) is not MeanMetricWrapper:
            return super().get_config()
        return {"name": self.name, "fn": serialize_object(self.fn), **self.options}


class MeanOfSamples(MeanMetricWrapper):
    """Base class of the library's means: of `_values`, one (or more) for each sample."""

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        name = snake_case(type(self).__name__) if name is None else name
        super().__init__(self._values, name, dtype)

    def _values(self, y_true: Any, y_pred: Any) -> ndarray:
        raise NotImplementedError


def _is_numeric(value: Any) -> bool:
    return isinstance(value, (int, float, np.number, ndarray))
