"""Stochastic gradient descent, with momentum if requested."""

from typing import Any

from minicnn import checks, ops
from minicnn.optimizers.optimizer import Arrays, LearningRate, Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent: `minicnn.ops.updates.sgd_update` and `momentum_update`.

    Parameters
    ----------
    learning_rate, **options : as in `Optimizer`
    momentum : float
        Fraction of the last step that is added to the next, below 1.
    nesterov : bool
        Whether to use the gradient after the step of the momentum (Nesterov).

    Examples
    --------
    >>> weights = [np.array([1.0, 2.0])]
    >>> SGD(learning_rate=0.1).apply([np.array([1.0, -1.0])], weights)
    >>> weights
    [array([0.9, 2.1])]
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = checks.fraction("SGD", "momentum", momentum, below_one=True)
        self.nesterov = checks.boolean("SGD", "nesterov", nesterov)
        self.slot_groups = (("momentum",),) if momentum else ()

    def update_all(self, weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
        """Update all weights in place."""
        if not self.momentum:
            ops.sgd_update(weights, gradients, learning_rate)
            return
        velocities = self.slots["momentum"]
        ops.momentum_update(
            weights, gradients, velocities, learning_rate, self.momentum, self.nesterov
        )
