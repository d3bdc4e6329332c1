"""What may be given as a learning rate, and its value at a step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from minicnn.optimizers.schedules import LearningRateSchedule

LearningRate = float | LearningRateSchedule | Callable[[], float]


def check_learning_rate(learning_rate: Any) -> LearningRate:
    """Return a number as float, a schedule or a callable as it is."""
    if isinstance(learning_rate, type) and issubclass(learning_rate, LearningRateSchedule):
        raise TypeError(
            f"learning_rate takes a schedule object, got the class {learning_rate.__name__}. "
            f"Write {learning_rate.__name__}(...) with its arguments."
        )
    if callable(learning_rate):
        return learning_rate
    number = np.asarray(learning_rate)
    if number.shape != () or number.dtype.kind not in "iuf":
        raise TypeError(
            f"learning_rate takes a number such as 0.001, or a schedule, got {learning_rate!r}."
        )
    if not 0 <= number < np.inf:
        raise ValueError(
            f"learning_rate takes a number from 0 on, such as 0.001, got {learning_rate!r}."
        )
    return float(number)


def current(learning_rate: LearningRate, iterations: int) -> float:
    """Value of the learning rate after `iterations` steps."""
    if isinstance(learning_rate, LearningRateSchedule):
        return float(learning_rate(iterations))
    return float(learning_rate() if callable(learning_rate) else learning_rate)
