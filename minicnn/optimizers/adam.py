"""Adam and its variants: AdamW, Nadam and Adamax."""

from typing import Any

import numpy as np

from minicnn import checks, ops
from minicnn.optimizers.optimizer import Arrays, LearningRate, Optimizer


class _AdamFamily(Optimizer):
    """The arguments that Adam, Nadam and Adamax share."""

    slot_groups: tuple[tuple[str, ...], ...] = (("momentum", "velocity"),)

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        owner = type(self).__name__
        self.beta_1 = checks.fraction(owner, "beta_1", beta_1, below_one=True)
        self.beta_2 = checks.fraction(owner, "beta_2", beta_2, below_one=True)
        self.epsilon = checks.finite_number(owner, "epsilon", epsilon, ge=0)


class Adam(_AdamFamily):
    """Adaptive moments: `minicnn.ops.updates.adam_update`.

    Parameters
    ----------
    learning_rate, **options : as in `Optimizer`
    beta_1, beta_2 : float
        Fractions of the running means of the gradient and of its square that are kept at each
        step, below 1.
    epsilon : float
        Added to the root of the mean square, which keeps it positive.
    amsgrad : bool
        Whether to divide by the largest mean square so far.

    Examples
    --------
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
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **options)
        self.amsgrad = checks.boolean(type(self).__name__, "amsgrad", amsgrad)
        if amsgrad:
            self.slot_groups = (("momentum", "velocity"), ("velocity_hat",))

    def update_all(self, weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
        """Update all weights in place."""
        largest = self.slots["velocity_hat"] if self.amsgrad else None
        ops.adam_update(
            weights, gradients, self.slots["momentum"], self.slots["velocity"],
            self.iterations + 1, learning_rate, self.beta_1, self.beta_2, self.epsilon, largest,
        )  # fmt: skip


class AdamW(Adam):
    """Adam with weight decay that does not depend on the gradients.

    Source: Loshchilov & Hutter 2019, "Decoupled weight decay regularization", arXiv:1711.05101.

    Parameters
    ----------
    learning_rate, weight_decay, **options : as in `Optimizer`
    beta_1, beta_2, epsilon, amsgrad : as in `Adam`

    Examples
    --------
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
        **options: Any,
    ) -> None:
        if weight_decay is None:
            raise ValueError(
                "AdamW: weight_decay must be a number, got None. Without it, use Adam."
            )
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options
        )


class Nadam(_AdamFamily):
    """Adam with Nesterov momentum: `ops.nadam_update`.

    Parameters
    ----------
    learning_rate, beta_1, beta_2, epsilon, **options : as in `Adam`

    Examples
    --------
    >>> weights = [np.array([1.0, 2.0])]
    >>> Nadam(learning_rate=0.1).apply([np.array([5.0, -0.01])], weights)
    >>> weights[0].round(4)
    array([0.8937, 2.1063])
    """

    state_names = ("u_product",)

    _known_product = (0, 1.0)  # number of steps, product

    @property
    def u_product(self) -> float:
        """Product of the momentum factors of all steps, in float32 as Keras keeps it."""
        if self._known_product[0] != self.iterations:  # after `set_state`
            rounded = np.float32(1)
            for step in range(1, self.iterations + 1):
                rounded *= np.float32(self.beta_1 * (1 - 0.5 * 0.96**step))
                if rounded < 1e-38:  # no longer changes 1 - product
                    break
            self._known_product = self.iterations, float(rounded)
        return self._known_product[1]

    @u_product.setter
    def u_product(self, value: float) -> None:
        """Do nothing: it follows from the number of steps, and Keras 2 does not save it."""

    def update_all(self, weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
        """Update all weights in place."""
        product = ops.nadam_update(
            weights, gradients, self.slots["momentum"], self.slots["velocity"],
            self.iterations + 1, self.u_product, learning_rate, self.beta_1, self.beta_2, self.epsilon,
        )  # fmt: skip
        self._known_product = self.iterations + 1, float(np.float32(product))


class Adamax(_AdamFamily):
    """Adam with the largest recent gradient instead of the mean square: `ops.adamax_update`.

    Parameters
    ----------
    learning_rate, beta_1, beta_2, epsilon, **options : as in `Adam`

    Examples
    --------
    >>> weights = [np.array([1.0, 2.0])]
    >>> Adamax(learning_rate=0.1).apply([np.array([5.0, -0.01])], weights)
    >>> weights[0].round(4)
    array([0.9, 2.1])
    """

    slot_groups = (("momentum", "norm"),)

    def update_all(self, weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
        """Update all weights in place."""
        ops.adamax_update(
            weights, gradients, self.slots["momentum"], self.slots["norm"],
            self.iterations + 1, learning_rate, self.beta_1, self.beta_2, self.epsilon,
        )  # fmt: skip
