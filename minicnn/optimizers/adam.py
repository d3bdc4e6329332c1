"""Adam, and AdamW, which only differs in its default weight decay."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from minicnn import ops
from minicnn.optimizers.arguments import check_range
from minicnn.optimizers.learning_rate import LearningRate
from minicnn.optimizers.optimizer import Optimizer


class Adam(Optimizer):
    """Adam: `minicnn.ops.updates.adam_update`.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    beta_1, beta_2 : float
        How much of the running mean of the gradient, and of its square, is kept at each step.
    epsilon : float
        Added to the root of the mean square, so that it is never 0.
    amsgrad : bool
        Whether to divide by the largest mean square so far.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name
        As of `Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> weights = [np.array([1.0, 2.0])]
    >>> Adam(learning_rate=0.1).apply([np.array([5.0, -0.01])], weights)
    >>> weights[0].round(4)
    array([0.9, 2.1])
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
        self.beta_1 = check_range("beta_1", beta_1, at_least=0, below=1)
        self.beta_2 = check_range("beta_2", beta_2, at_least=0, below=1)
        self.epsilon = check_range("epsilon", epsilon, at_least=0)
        self.amsgrad = bool(amsgrad)
        hats = (("velocity_hat",),) if amsgrad else ()
        self.slot_groups = (("momentum", "velocity"), *hats)

    def update_all(
        self, weights: Sequence[ndarray], gradients: Sequence[ndarray], learning_rate: float
    ) -> None:
        """Change all weights in place."""
        ops.adam_update(
            weights,
            gradients,
            self.slots["momentum"],
            self.slots["velocity"],
            self.iterations + 1,
            learning_rate,
            self.beta_1,
            self.beta_2,
            self.epsilon,
            self.slots["velocity_hat"] if self.amsgrad else None,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }


class AdamW(Adam):
    """Adam with weights that shrink at each step, apart from their gradients.

    Source: Loshchilov & Hutter 2019, "Decoupled weight decay regularization", arXiv:1711.05101.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    weight_decay : float
        Share by which weights shrink at each step, times the learning rate.
    beta_1, beta_2, epsilon, amsgrad
        As of `Adam`.
    clipnorm, clipvalue, global_clipnorm, name
        As of `Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> weights = [np.array([1.0])]
    >>> AdamW(learning_rate=0.1, weight_decay=0.5).apply([np.array([0.0])], weights)
    >>> weights
    [array([0.95])]
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        if weight_decay is None:
            raise ValueError("AdamW takes a number as weight_decay; without one, use Adam.")
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            name,
            **unknown,
        )
