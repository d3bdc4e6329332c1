"""Penalties on large weights, added to the loss: L1 (sum of sizes) and L2 (sum of squares)."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.naming import from_identifier


class Regularizer:
    """A penalty on a weight: `__call__` gives it, `gradient` its derivative."""

    def __call__(self, weight: ndarray) -> float:
        """Return the penalty."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(weight).")

    def gradient(self, weight: ndarray) -> ndarray:
        """Return ∂penalty/∂weight, shaped as the weight."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method gradient(weight) that returns ∂penalty/∂weight."
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal regularizer."""
        return dict(vars(self))


class L1L2(Regularizer):
    """Penalty ``l1·Σ|w| + l2·Σw²``, gradient ``l1·sign(w) + 2·l2·w``.

    Parameters
    ----------
    l1, l2 : float
        From 0 on.

    Raises
    ------
    ValueError
        If a factor is negative or no number.

    Examples
    --------
    >>> penalty = L1L2(l1=0.1, l2=0.01)
    >>> weight = np.array([3.0, -4.0])
    >>> round(penalty(weight), 4), penalty.gradient(weight)
    (0.95, array([ 0.16, -0.18]))
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1, self.l2 = _factor("l1", l1), _factor("l2", l2)

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

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal regularizer."""
        return {"l1": self.l1}


class L2(L1L2):
    """Penalty ``l2·Σw²``: keeps weights small.

    Examples
    --------
    >>> L2(0.1)(np.array([3.0, -4.0]))
    2.5
    """

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal regularizer."""
        return {"l2": self.l2}


def _factor(name: str, value: Any) -> float:
    if not isinstance(value, (int, float, np.number)) or not 0 <= value < np.inf:
        raise ValueError(f"a regularizer's {name} is a number from 0 on, got {value!r}.")
    return float(value)


l1, l2, l1_l2 = L1, L2, L1L2  # Keras' lower-case names; Keras 2 wrote l1_l2 with an underscore

KNOWN: dict[str, type[Regularizer]] = {
    "L1": L1, "L2": L2, "L1L2": L1L2, "l1": L1, "l2": L2, "l1l2": L1L2, "l1_l2": L1L2,
}  # fmt: skip


def get(identifier: Any) -> Regularizer | None:
    """Return the regularizer that a name, config, class or object stands for; None for None.

    Raises
    ------
    UnknownNameError
        If the name is misspelt.
    TypeError
        If it is a plain function: its gradient is missing.

    Examples
    --------
    >>> get("l2").get_config()
    {'l2': 0.01}
    """
    if identifier is None or isinstance(identifier, Regularizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Regularizer):
        return identifier()
    if callable(identifier):
        raise TypeError(
            f"a regularizer needs its gradient too, got the function {identifier!r}. Write a class "
            "that derives from minicnn.regularizers.Regularizer, with __call__(weight) and "
            "gradient(weight)."
        )
    return from_identifier("regularizer", identifier, KNOWN)


def serialize(regularizer: Regularizer | None) -> dict[str, Any] | None:
    """Return the config, as Keras writes it, that `get` makes an equal regularizer of.

    Examples
    --------
    >>> serialize(L2(0.5))["config"]
    {'l2': 0.5}
    """
    if regularizer is None:
        return None
    return {
        "module": "keras.regularizers",
        "class_name": type(regularizer).__name__,
        "config": regularizer.get_config(),
        "registered_name": None,
    }
