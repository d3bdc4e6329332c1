"""Constraints on weights, applied after every update: limited norms, no negative values.

>>> from minicnn.layers import Dense
>>> layer = Dense(10, kernel_constraint=MaxNorm(3.0), bias_constraint="non_neg")
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.errors import ShapeError, suggest_names
from minicnn.registry import Registry
from minicnn.serialization import Configurable

EPSILON = 1e-7
Axis = int | list[int]


class Constraint(Configurable):
    """Base class: `__call__` returns the weight as it is allowed to be."""

    keras_module = "keras.constraints"

    def __call__(self, weight: ndarray) -> ndarray:
        """Return an array with the shape of the weight."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(weight).")

    def _axis(self, axis: Any) -> Axis:
        """Return `axis`, an integer or several, as it is written in configs."""
        checked = checks.axes(type(self).__name__, "axis", axis)
        return checked[0] if np.ndim(axis) == 0 else checked

    def _norms(self, weight: ndarray, axis: Axis) -> ndarray:
        """Return the Euclidean norms of vectors of weights; `axis` is that of the vectors."""
        axes = tuple(axis) if isinstance(axis, list) else (axis,)
        if not all(-weight.ndim <= one < weight.ndim for one in axes):
            raise ShapeError(
                f"{type(self).__name__}: axis={axis!r} does not fit a weight with {weight.ndim} axes. "
                "Write axis=0 for Dense, axis=[0, 1, 2] for Conv2D."
            )
        return np.sqrt(np.square(weight).sum(axis=axes, keepdims=True))


class NonNeg(Constraint):
    """Set negative values to 0.

    Examples
    --------
    >>> NonNeg()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __call__(self, weight: ndarray) -> ndarray:
        """Return an array with the shape of the weight."""
        return np.where(weight >= 0, weight, weight.dtype.type(0))


class MaxNorm(Constraint):
    """Scale vectors of weights down to a maximum norm.

    Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
    overfitting", §5.1.

    Parameters
    ----------
    max_value : float
        Maximum Euclidean norm; at least 0.
    axis : int or list of int
        Axes of each vector: 0 for the weights of a unit of `Dense`, [0, 1, 2] for a filter of
        `Conv2D`.

    Examples
    --------
    >>> MaxNorm(1.0)(np.array([[3.0, 0.3], [4.0, 0.4]])).round(3)
    array([[0.6, 0.3],
           [0.8, 0.4]])
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        self.max_value = checks.finite_number("MaxNorm", "max_value", max_value, ge=0)
        self.axis = self._axis(axis)

    def __call__(self, weight: ndarray) -> ndarray:
        """Return an array with the shape of the weight."""
        norms = self._norms(weight, self.axis)
        return weight * (np.minimum(norms, self.max_value) / (EPSILON + norms)).astype(weight.dtype)


class UnitNorm(Constraint):
    """Scale vectors of weights to norm 1.

    Parameters
    ----------
    axis : as in `MaxNorm`

    Examples
    --------
    >>> UnitNorm()(np.array([[3.0], [4.0]])).round(3)
    array([[0.6],
           [0.8]])
    """

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = self._axis(axis)

    def __call__(self, weight: ndarray) -> ndarray:
        """Return an array with the shape of the weight."""
        return weight / (EPSILON + self._norms(weight, self.axis)).astype(weight.dtype)


class MinMaxNorm(Constraint):
    """Move the norm of vectors of weights into a range, wholly or by a fraction.

    Parameters
    ----------
    min_value, max_value : float
        The range of the Euclidean norm; at least 0.
    rate : float
        Fraction of the way that is moved at each update: 1 enforces the range.
    axis : as in `MaxNorm`

    Examples
    --------
    >>> MinMaxNorm(1.0, 2.0, rate=0.5)(np.array([[3.0], [4.0]])).round(3)
    array([[2.1],
           [2.8]])
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0
    ) -> None:
        self.min_value = checks.finite_number("MinMaxNorm", "min_value", min_value, ge=0)
        self.max_value = checks.finite_number("MinMaxNorm", "max_value", max_value, ge=0)
        self.rate = checks.fraction("MinMaxNorm", "rate", rate)
        self.axis = self._axis(axis)

    def __call__(self, weight: ndarray) -> ndarray:
        """Return an array with the shape of the weight."""
        norms = self._norms(weight, self.axis)
        wanted = np.clip(norms, self.min_value, self.max_value)
        wanted = self.rate * wanted + (1 - self.rate) * norms
        return weight * (wanted / (EPSILON + norms)).astype(weight.dtype)


max_norm, non_neg, unit_norm, min_max_norm = MaxNorm, NonNeg, UnitNorm, MinMaxNorm
maxnorm, nonneg, unitnorm = MaxNorm, NonNeg, UnitNorm  # names of Keras 1 and 2

REGISTRY: Registry[Callable[[ndarray], ndarray] | None] = Registry(
    "constraint",
    Constraint,
    [MaxNorm, MinMaxNorm, NonNeg, UnitNorm],
    aliases={"maxnorm": MaxNorm, "nonneg": NonNeg, "unitnorm": UnitNorm},
    wrap=lambda function: function,
    example="a name such as 'non_neg', a constraint such as MaxNorm(3) or a function of a weight",
    default=lambda: None,
)

get, serialize, deserialize = REGISTRY.get, REGISTRY.serialize, REGISTRY.deserialize


suggest_names(globals())
