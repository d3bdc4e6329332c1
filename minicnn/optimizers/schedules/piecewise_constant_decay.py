"""A learning rate that changes at given steps."""

from bisect import bisect_left
from collections.abc import Sequence

from minicnn.optimizers.schedules.schedule import LearningRateSchedule


class PiecewiseConstantDecay(LearningRateSchedule):
    """Use ``values[0]`` up to step ``boundaries[0]`` inclusive, then ``values[1]``, and so on.

    Parameters
    ----------
    boundaries : list of int
        In steps (batches), not epochs; rising.
    values : list of float
        One more than boundaries.
    name : str

    Raises
    ------
    ValueError
        If the lengths do not fit, or the boundaries do not rise.

    Examples
    --------
    >>> schedule = PiecewiseConstantDecay([100, 200], [0.1, 0.05, 0.01])
    >>> [schedule(step) for step in (0, 100, 101, 1000)]
    [0.1, 0.1, 0.05, 0.01]
    """

    def __init__(
        self, boundaries: Sequence[int], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        boundaries, values = list(boundaries), list(values)
        if len(values) != len(boundaries) + 1:
            raise ValueError(
                "PiecewiseConstantDecay takes one value more than boundaries, "
                f"got {len(boundaries)} boundaries and {len(values)} values."
            )
        if boundaries != sorted(set(boundaries)):
            raise ValueError(f"boundaries takes steps that rise, got {boundaries}.")
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        return float(self.values[bisect_left(self.boundaries, step)])
