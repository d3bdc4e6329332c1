"""The base class of learning-rate schedules, and checks of their arguments."""

from minicnn import checks
from minicnn.serialization import Configurable


class LearningRateSchedule(Configurable):
    """Base class of learning rates that depend on the number of steps (batches, not epochs).

    A custom schedule overrides `__call__`.

    Examples
    --------
    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 / (step + 1)
    >>> from minicnn.optimizers import SGD
    >>> SGD(learning_rate=Halving()).learning_rate
    0.1
    """

    keras_module = "keras.optimizers.schedules"

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps, 0 at first."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(step).")


def rate(owner: str, name: str, value: float) -> float:
    """Return a finite number >= 0."""
    return checks.finite_number(owner, name, value, ge=0)


def steps(owner: str, name: str, value: float) -> float:
    """Return a positive number of steps, unchanged."""
    checks.finite_number(owner, name, value, gt=0)
    return value
