"""Gradient checks for custom layers, and random layers and models to test.

`check_gradients` compares `backward` with finite differences; `strategies` are hypothesis strategies
for images, layers and models.

>>> import numpy as np
>>> from minicnn.layers import Dense
>>> from minicnn.testing import check_gradients
>>> report = check_gradients(Dense(2, activation="tanh"), np.random.default_rng(0).normal(size=(4, 3)))
>>> report.passed, [(row.name, row.checked) for row in report.rows]
(True, [('kernel', 6), ('bias', 2), ('x', 12)])
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from minicnn.errors import missing_package
from minicnn.testing.gradient_check import check_gradients, measure_gradients
from minicnn.testing.report import ArrayReport, GradientError, GradientReport

if TYPE_CHECKING:
    from minicnn.testing import strategies

__all__ = [
    "ArrayReport",
    "GradientError",
    "GradientReport",
    "check_gradients",
    "measure_gradients",
    "strategies",
]


def __getattr__(name: str) -> Any:
    """Import `strategies`, which need hypothesis, on first use."""
    if name != "strategies":
        raise AttributeError(f"module 'minicnn.testing' has no attribute {name!r}")
    try:
        return import_module("minicnn.testing.strategies")
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise missing_package("minicnn.testing.strategies", "hypothesis", "strategies") from None
