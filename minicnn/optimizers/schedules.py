"""Learning rates that change during training, under Keras' names.

>>> from minicnn.optimizers import SGD, schedules
>>> optimizer = SGD(learning_rate=schedules.ExponentialDecay(0.1, 1000, 0.9))
>>> optimizer.learning_rate
0.1
"""

import math
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from minicnn import checks
from minicnn.registry import Registry
from minicnn.serialization import Configurable

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]


class LearningRateSchedule(Configurable):
    """Base class of learning rates that depend on the number of steps (batches, not epochs).

    A custom schedule overrides `__call__`. The library's raise ValueError for arguments out of range.

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


class Decay(LearningRateSchedule):
    """Base class of schedules with an initial learning rate and a number of steps."""

    def __init__(
        self,
        initial_learning_rate: float,
        steps: int,
        name: str | None,
        argument: str = "decay_steps",
    ) -> None:
        kind = type(self).__name__
        self.initial_learning_rate = self._rate("initial_learning_rate", initial_learning_rate)
        checks.finite_number(kind, argument, steps, gt=0)
        self.decay_steps = steps  # an int stays an int, as JSON and Keras write it
        self.name = checks.optional_text(kind, "name", name, kind)

    def _rate(self, name: str, value: float) -> float:
        return checks.finite_number(type(self).__name__, name, value, ge=0)


class ExponentialDecay(Decay):
    """Multiply the learning rate by `decay_rate` every `decay_steps` steps.

        initial_learning_rate · decay_rate^(step / decay_steps)

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
        In steps (batches), not epochs.
    decay_rate : float
    staircase : bool
        Change only every `decay_steps` steps, instead of at every step.
    name : str, optional
        The class's name by default.

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
        name: str | None = None,
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, name)
        self.decay_rate = self._rate("decay_rate", decay_rate)
        self.staircase = checks.boolean(type(self).__name__, "staircase", staircase)

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        return float(self.initial_learning_rate * self.decay_rate ** self._periods(step))

    def _periods(self, step: int) -> float:
        periods = step / self.decay_steps
        return math.floor(periods) if self.staircase else periods


class InverseTimeDecay(ExponentialDecay):
    """Divide the learning rate by a number that grows linearly, as Keras 2's argument ``decay``.

        initial_learning_rate / (1 + decay_rate · step / decay_steps)

    Parameters as in `ExponentialDecay`.

    Examples
    --------
    >>> schedule = InverseTimeDecay(0.1, decay_steps=100, decay_rate=1.0)
    >>> schedule(0), schedule(100)
    (0.1, 0.05)
    """

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        return float(self.initial_learning_rate / (1 + self.decay_rate * self._periods(step)))


class PiecewiseConstantDecay(LearningRateSchedule):
    """Use ``values[0]`` up to step ``boundaries[0]`` inclusive, then ``values[1]``, and so on.

    Parameters
    ----------
    boundaries : list of int
        In steps (batches), not epochs; increasing.
    values : list of float
        One more than boundaries.
    name : str

    Raises
    ------
    ValueError
        If the lengths do not match, or the boundaries do not increase.

    Examples
    --------
    >>> schedule = PiecewiseConstantDecay([100, 200], [0.1, 0.05, 0.01])
    >>> [schedule(step) for step in (0, 100, 101, 1000)]
    [0.1, 0.1, 0.05, 0.01]
    """

    def __init__(
        self, boundaries: Sequence[int], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        owner = "PiecewiseConstantDecay"
        self.name = checks.optional_text(owner, "name", name, "PiecewiseConstant")
        self.boundaries = list(np.atleast_1d(np.asarray(boundaries, object)))
        self.values = list(np.atleast_1d(np.asarray(values, object)))
        for boundary in self.boundaries:
            checks.finite_number(owner, "boundaries", boundary)
        for value in self.values:
            checks.finite_number(owner, "values", value, ge=0)
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"{owner}: there must be one more value than boundaries, got "
                f"{len(self.boundaries)} boundaries and {len(self.values)} values."
            )
        if self.boundaries != sorted(set(self.boundaries)):
            raise ValueError(f"{owner}: boundaries must increase, got {self.boundaries}.")

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        return float(self.values[bisect_left(self.boundaries, step)])


class PolynomialDecay(Decay):
    """Decrease the learning rate to `end_learning_rate` along a power of the remaining steps.

        (initial − end) · (1 − step / decay_steps)^power + end

    Parameters
    ----------
    initial_learning_rate, decay_steps, name : as in `ExponentialDecay`
    end_learning_rate : float
    power : float
        1 for a straight line.
    cycle : bool
        Start again after `decay_steps`, over twice, three times, … as many steps; otherwise the
        learning rate stays at its end.

    Examples
    --------
    >>> schedule = PolynomialDecay(0.1, decay_steps=100, end_learning_rate=0.0)
    >>> [schedule(step) for step in (0, 50, 100, 1000)]
    [0.1, 0.05, 0.0, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, name)
        self.end_learning_rate = self._rate("end_learning_rate", end_learning_rate)
        self.power = self._rate("power", power)
        self.cycle = checks.boolean("PolynomialDecay", "cycle", cycle)

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        length = self.decay_steps
        if self.cycle:
            length *= max(math.ceil(step / length), 1)
        remaining = 1 - min(step, length) / length
        span = self.initial_learning_rate - self.end_learning_rate
        return float(span * remaining**self.power + self.end_learning_rate)


class CosineDecay(Decay):
    """Decrease the learning rate along half a cosine, optionally after a linear warm-up.

    With s steps since the warm-up, and `top` the rate at its end (without one, the initial rate):

        top · (α + (1 − α) · (1 + cos(π · min(s, decay_steps) / decay_steps)) / 2)

    Sources: Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts",
    arXiv:1608.03983, eq. 5; the warm-up from Goyal et al. 2017, arXiv:1706.02677, §2.2.

    Parameters
    ----------
    initial_learning_rate, decay_steps, name : as in `ExponentialDecay`
    alpha : float
        Final learning rate, as a fraction of the highest.
    warmup_target : float, optional
        Learning rate at the end of the warm-up; without it there is none.
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
        super().__init__(initial_learning_rate, decay_steps, name)
        self.alpha = self._rate("alpha", alpha)
        self.warmup_target = warmup_target
        if warmup_target is not None:
            self.warmup_target = self._rate("warmup_target", warmup_target)
        self.warmup_steps = self._rate("warmup_steps", warmup_steps)

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        top: float = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                rise = self.warmup_target - self.initial_learning_rate
                return float(self.initial_learning_rate + rise * step / self.warmup_steps)
            top = self.warmup_target
            step = int(step - self.warmup_steps)
        return float(top * _cosine(min(step, self.decay_steps) / self.decay_steps, self.alpha))


class CosineDecayRestarts(Decay):
    """Decrease the learning rate along half a cosine, and restart (SGDR).

    The first period takes `first_decay_steps`. Each further one is `t_mul` times as long, and
    starts at `m_mul` times the learning rate.

    Source: Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts",
    arXiv:1608.03983, §3.

    Parameters
    ----------
    initial_learning_rate : float
    first_decay_steps : int
    t_mul, m_mul : float
    alpha : float
        Lowest learning rate, as a fraction of the initial one.
    name : str

    Examples
    --------
    >>> schedule = CosineDecayRestarts(0.1, first_decay_steps=10, m_mul=0.5)
    >>> [round(schedule(step), 3) for step in (0, 5, 9, 10, 20, 30)]
    [0.1, 0.05, 0.002, 0.05, 0.025, 0.025]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        super().__init__(initial_learning_rate, first_decay_steps, name, "first_decay_steps")
        self.first_decay_steps = first_decay_steps
        self.t_mul = checks.finite_number("CosineDecayRestarts", "t_mul", t_mul, ge=1)
        self.m_mul = self._rate("m_mul", m_mul)
        self.alpha = self._rate("alpha", alpha)

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        length: float = self.first_decay_steps
        restarts, start = 0, 0.0
        if self.t_mul == 1:
            restarts = int(step // length)
            start = restarts * length
        while step >= start + length:
            start, length, restarts = start + length, length * self.t_mul, restarts + 1
        cosine = _cosine((step - start) / length, 0.0)
        scaled = self.alpha + (1 - self.alpha) * self.m_mul**restarts * cosine
        return float(self.initial_learning_rate * scaled)


def _cosine(fraction: float, alpha: float) -> float:
    """Return a factor that falls from 1 to alpha while `fraction` rises from 0 to 1."""
    return alpha + (1 - alpha) * (1 + math.cos(math.pi * fraction)) / 2


REGISTRY: Registry[LearningRateSchedule] = Registry(
    "learning-rate schedule",
    LearningRateSchedule,
    [
        CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay,
        PiecewiseConstantDecay, PolynomialDecay,
    ],
    example="a schedule such as CosineDecay(0.1, decay_steps=1000)",
)  # fmt: skip

serialize, deserialize = REGISTRY.serialize, REGISTRY.deserialize
