"""RMSprop: steps over the root of a running mean of squared gradients."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from minicnn import ops
from minicnn.optimizers.arguments import check_range
from minicnn.optimizers.learning_rate import LearningRate
from minicnn.optimizers.optimizer import Optimizer


class RMSprop(Optimizer):
    """RMSprop: `minicnn.ops.updates.rmsprop_update`.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    rho : float
        How much of the running mean is kept at each step.
    momentum : float
        Share of the last step that is taken again.
    epsilon : float
        Added to the mean square, so that it is never 0.
    centered : bool
        Whether to divide by the root of the gradients' variance instead.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name
        As of `Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> weights = [np.array([10.0])]
    >>> RMSprop(learning_rate=0.1).apply([np.array([10.0])], weights)
    >>> weights[0].round(6)
    array([9.683772])
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
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
        self.rho = check_range("rho", rho, at_least=0, below=1)
        self.momentum = check_range("momentum", momentum, at_least=0, below=1)
        self.epsilon = check_range("epsilon", epsilon, at_least=0)
        self.centered = bool(centered)
        self.slot_groups = (
            ("velocity",),
            *([("momentum",)] if momentum else []),
            *([("average_gradient",)] if centered else []),
        )

    def update_all(
        self, weights: Sequence[ndarray], gradients: Sequence[ndarray], learning_rate: float
    ) -> None:
        """Change all weights in place."""
        ops.rmsprop_update(
            weights,
            gradients,
            self.slots["velocity"],  # Keras' name for the mean square
            learning_rate,
            self.rho,
            self.epsilon,
            means=self.slots["average_gradient"] if self.centered else None,
            velocities=self.slots["momentum"] if self.momentum else None,
            momentum=self.momentum,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
