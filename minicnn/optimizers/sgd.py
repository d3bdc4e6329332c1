"""Stochastic gradient descent, with momentum if wanted."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from minicnn import ops
from minicnn.optimizers.arguments import check_range
from minicnn.optimizers.learning_rate import LearningRate
from minicnn.optimizers.optimizer import Optimizer


class SGD(Optimizer):
    """Gradient descent: `minicnn.ops.updates.sgd_update` and `momentum_update`.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    momentum : float
        From 0 to below 1: share of the last step that is taken again.
    nesterov : bool
        Whether the gradient counts as if taken after that share.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name
        As of `Optimizer`.

    Examples
    --------
    >>> import numpy as np
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
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **unknown
        )
        self.momentum = check_range("momentum", momentum, at_least=0, below=1)
        self.nesterov = bool(nesterov)
        self.slot_groups = (("momentum",),) if momentum else ()

    def update_all(
        self, weights: Sequence[ndarray], gradients: Sequence[ndarray], learning_rate: float
    ) -> None:
        """Change all weights in place."""
        if not self.momentum:
            ops.sgd_update(weights, gradients, learning_rate)
            return
        velocities = self.slots["momentum"]
        ops.momentum_update(
            weights, gradients, velocities, learning_rate, self.momentum, self.nesterov
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
