"""Set the learning rate of each epoch by a function."""

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np

from minicnn.callbacks.callback import Callback, Logs, accepts, print_epoch


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch.

    Adds ``learning_rate`` to the logs.

    Parameters
    ----------
    schedule : callable
        ``schedule(epoch, learning_rate) -> learning_rate``, where the epoch is counted from 0 and the
        rate is that of the previous epoch. A function of the epoch alone is allowed.
    verbose : 0 or 1
        Whether to print the learning rate.

    Raises
    ------
    TypeError
        If `schedule` cannot be called like this, or does not return a finite number.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> halving = LearningRateScheduler(lambda epoch, rate: rate / 2, verbose=1)
    >>> halving.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1)))
    >>> halving.on_epoch_begin(0)
    Epoch 1: LearningRateScheduler setting learning rate to 0.05.
    """

    state_attributes = ("scheduled_epoch",)

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = _takes_rate(schedule)
        LearningRateScheduler.on_train_begin(self)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Reset, so that the callback can be used again."""
        self.scheduled_epoch: int | None = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the learning rate, unless an interrupted training resumes within this epoch."""
        if epoch == self.scheduled_epoch:
            return
        self.scheduled_epoch = epoch
        optimizer = self.model.optimizer
        before = (float(optimizer.learning_rate),) if self._takes_rate else ()
        optimizer.learning_rate = rate = _check_rate(self.schedule(epoch, *before))
        print_epoch(self, epoch, f"LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Add the learning rate to the logs."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes_rate(schedule: Any) -> bool:
    """Whether the function takes the learning rate in addition to the epoch."""
    example = "lambda epoch, learning_rate: ..."
    advice = f"LearningRateScheduler: schedule must be a function such as {example}"
    if not callable(schedule) or isinstance(schedule, type):
        raise TypeError(f"{advice}, got {schedule!r}.")
    takes_rate = accepts(schedule, 0, 0.1)
    if not takes_rate and not accepts(schedule, 0):
        raise TypeError(f"{advice}, got one with the parameters {signature(schedule)}.")
    return takes_rate


def _check_rate(learning_rate: Any) -> float:
    """Return what the schedule returned as a float."""
    number = np.asarray(learning_rate)
    if number.shape != () or number.dtype.kind not in "iuf" or not np.isfinite(number):
        raise TypeError(
            "LearningRateScheduler: schedule must return the learning rate, a finite number such "
            f"as 0.001, got {learning_rate!r}. Does it end with return?"
        )
    return float(number)
