"""The base of all learning-rate schedules."""

from collections.abc import Mapping
from typing import Any, Self


class LearningRateSchedule:
    """A learning rate that changes with the number of steps taken.

    A schedule of your own overrides `__call__`, and `get_config` to be saved.

    Examples
    --------
    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 / (step + 1)
    >>> from minicnn.optimizers import SGD
    >>> SGD(learning_rate=Halving()).learning_rate
    0.1
    """

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps, 0 at first."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(step).")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a schedule from `get_config`'s answer."""
        return cls(**config)


def check_positive(name: str, value: float) -> float:
    """Return `value` if it is a number above 0."""
    if isinstance(value, bool) or not value > 0:
        raise ValueError(f"{name} takes a number above 0, got {value!r}.")
    return value
