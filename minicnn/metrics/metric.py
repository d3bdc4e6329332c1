"""The base of all metrics: a number that is gathered batch by batch."""

from collections.abc import Mapping
from copy import copy
from typing import Any, Self

from numpy import ndarray, number

from minicnn.naming import snake_case


class Metric:
    """A measure of a model, over all batches since the last `reset_state`.

    A metric of your own overrides `update_state`, `result` and `reset_state`.

    Parameters
    ----------
    name : str, optional
        The class's name in snake case by default.
    dtype : optional
        Taken for the sake of Keras' programs: sums are always kept in float64.

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

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name = name or snake_case(type(self).__name__)

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
        """Forget all batches."""
        raise NotImplementedError(f"{type(self).__name__} needs a method reset_state().")

    def get_state(self) -> dict[str, Any]:
        """Return what has been gathered: all attributes that are numbers or arrays of them.

        A metric of your own that gathers anything else overrides this and `set_state`.
        """
        return {name: copy(value) for name, value in vars(self).items() if _is_numeric(value)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` returned.

        Raises
        ------
        ValueError
            If it is another metric's state.
        """
        if not all(_is_numeric(getattr(self, name, None)) for name in state):
            raise ValueError(f"the metric {self.name} gathers no {', '.join(state)}.")
        vars(self).update(state)

    def __call__(self, *batch: Any, **options: Any) -> float | ndarray:
        """Add a batch and return the result so far."""
        self.update_state(*batch, **options)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric, without what it has gathered."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a metric from `get_config`'s answer; what this version does not know is left out."""
        from inspect import signature

        taken = signature(cls).parameters
        return cls(**{key: value for key, value in config.items() if key in taken})


def _is_numeric(value: Any) -> bool:
    return isinstance(value, (int, float, number, ndarray))
