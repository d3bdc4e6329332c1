"""A learning rate that falls along half a cosine, with a warm-up if wanted."""

import math

from minicnn.optimizers.schedules.schedule import LearningRateSchedule, check_positive


class CosineDecay(LearningRateSchedule):
    """Let the learning rate fall along half a cosine, after rising in a straight line if wanted.

    With s steps since the warm-up, and `top` the rate at its end (without one, the initial rate):

        top · (α + (1 − α) · (1 + cos(π · min(s, decay_steps) / decay_steps)) / 2)

    Sources: Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts",
    arXiv:1608.03983, eq. 5; the warm-up from Goyal et al. 2017, arXiv:1706.02677, §2.2.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
        Length of the fall, in steps (batches), not epochs.
    alpha : float
        Where it ends, as a share of where it began.
    name : str
    warmup_target : float, optional
        Rate at the end of the warm-up; without it there is none.
    warmup_steps : int
        Length of the warm-up.

    Examples
    --------
    >>> schedule = CosineDecay(0.0, decay_steps=100, warmup_target=0.1, warmup_steps=10)
    >>> [round(schedule(step), 3) for step in (0, 5, 10, 60, 110, 1000)]
    [0.0, 0.05, 0.1, 0.05, 0.0, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_positive("decay_steps", decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        top = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                rise = self.warmup_target - self.initial_learning_rate
                return float(self.initial_learning_rate + rise * step / self.warmup_steps)
            top = self.warmup_target
            step -= self.warmup_steps
        done = min(step, self.decay_steps) / self.decay_steps
        cosine = (1 + math.cos(math.pi * done)) / 2
        return float(top * (self.alpha + (1 - self.alpha) * cosine))
