"""Penalties on large weights, added to the loss: L1 (sum of sizes) and L2 (sum of squares)."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.errors import suggest_names
from minicnn.registry import Registry
from minicnn.serialization import Configurable


class Regularizer(Configurable):
    """Base class of penalties on an array: `__call__` returns the penalty, `gradient` its gradient."""

    keras_module = "keras.regularizers"

    def __call__(self, weight: ndarray) -> float:
        """Return the penalty."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(weight).")

    def gradient(self, weight: ndarray) -> ndarray:
        """Return ∂penalty/∂weight, shaped as the weight."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method gradient(weight) that returns ∂penalty/∂weight."
        )


class L1L2(Regularizer):
    """Penalty ``l1·Σ|w| + l2·Σw²``, gradient ``l1·sign(w) + 2·l2·w``.

    Parameters
    ----------
    l1, l2 : float
        At least 0.

    Raises
    ------
    ValueError
        If a factor is negative or not a number.

    Examples
    --------
    >>> penalty = L1L2(l1=0.1, l2=0.01)
    >>> weight = np.array([3.0, -4.0])
    >>> round(penalty(weight), 4), penalty.gradient(weight)
    (0.95, array([ 0.16, -0.18]))
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = checks.finite_number(type(self).__name__, "l1", l1, ge=0)
        self.l2 = checks.finite_number(type(self).__name__, "l2", l2, ge=0)

    def __call__(self, weight: ndarray) -> float:
        """Return the penalty."""
        return float(self.l1 * np.abs(weight).sum() + self.l2 * np.square(weight).sum())

    def gradient(self, weight: ndarray) -> ndarray:
        """Return ``l1·sign(w) + 2·l2·w``, in the weight's dtype."""
        kind = weight.dtype.type
        return kind(self.l1) * np.sign(weight) + kind(2 * self.l2) * weight


class L1(L1L2):
    """Penalty ``l1·Σ|w|``: drives weights to exactly zero.

    Examples
    --------
    >>> L1(0.1)(np.array([3.0, -4.0]))
    0.7000000000000001
    """

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)


class L2(L1L2):
    """Penalty ``l2·Σw²``: keeps weights small.

    Examples
    --------
    >>> L2(0.1)(np.array([3.0, -4.0]))
    2.5
    """

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)


l1, l2, l1_l2 = L1, L2, L1L2  # Keras' lower-case names; Keras 2 wrote l1_l2 with an underscore


def _need_gradient(function: Any) -> Regularizer:
    raise TypeError(
        f"a regularizer also needs its gradient, got the function {function!r}. Write a class "
        "that derives from minicnn.regularizers.Regularizer, with __call__(weight) and "
        "gradient(weight)."
    )


REGISTRY: Registry[Regularizer | None] = Registry(
    "regularizer",
    Regularizer,
    [L1, L2, L1L2],
    aliases={"l1_l2": L1L2},
    wrap=_need_gradient,
    example="a name such as 'l2' or a regularizer such as L2(0.01)",
    default=lambda: None,
)

get, serialize, deserialize = REGISTRY.get, REGISTRY.serialize, REGISTRY.deserialize

suggest_names(globals())
