"""A learning rate that is multiplied by the same factor again and again."""

import math

from minicnn.optimizers.schedules.schedule import LearningRateSchedule, check_positive


class ExponentialDecay(LearningRateSchedule):
    """Multiply the learning rate by `decay_rate` every `decay_steps` steps.

        initial_learning_rate · decay_rate^(step / decay_steps)

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
        In steps (batches), not epochs.
    decay_rate : float
    staircase : bool
        All at once every `decay_steps` steps, instead of little by little.
    name : str

    Examples
    --------
    >>> schedule = ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)
    >>> schedule(0), schedule(100)
    (0.1, 0.05)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_positive("decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        periods = step / self.decay_steps
        if self.staircase:
            periods = math.floor(periods)
        return float(self.initial_learning_rate * self.decay_rate**periods)
