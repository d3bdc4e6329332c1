"""A learning rate that falls as one over the number of steps."""

import math

from minicnn.optimizers.schedules.schedule import LearningRateSchedule, check_positive


class InverseTimeDecay(LearningRateSchedule):
    """Divide the learning rate by a number that grows steadily: Keras 2's argument ``decay=``.

        initial_learning_rate / (1 + decay_rate · step / decay_steps)

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
    >>> schedule = InverseTimeDecay(0.1, decay_steps=100, decay_rate=1.0)
    >>> schedule(0), schedule(100)
    (0.1, 0.05)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
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
        return float(self.initial_learning_rate / (1 + self.decay_rate * periods))
