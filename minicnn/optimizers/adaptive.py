"""Steps divided by the size of earlier gradients: Adagrad, Adadelta and RMSprop."""

from typing import Any

from minicnn import checks, ops
from minicnn.optimizers.optimizer import Arrays, LearningRate, Optimizer


class Adagrad(Optimizer):
    """Divide by the root of the sum of all squared gradients: `ops.adagrad_update`.

    Parameters
    ----------
    learning_rate, **options : as in `Optimizer`
    initial_accumulator_value : float
        Initial value of the sum.
    epsilon : float
        Added to the sum, which keeps it positive.

    Examples
    --------
    >>> weights = [np.array([1.0])]
    >>> Adagrad(learning_rate=0.1, initial_accumulator_value=0.0).apply([np.array([5.0])], weights)
    >>> weights[0].round(4)
    array([0.9])
    """

    slot_groups = (("accumulator",),)

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = checks.finite_number(
            "Adagrad", "initial_accumulator_value", initial_accumulator_value, ge=0
        )
        self.epsilon = checks.finite_number("Adagrad", "epsilon", epsilon, ge=0)

    def build(self, weights: Arrays) -> None:
        """Create the sums, with their initial value."""
        super().build(weights)
        for accumulator in self.slots["accumulator"]:
            accumulator.fill(self.initial_accumulator_value)

    def update_all(self, weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
        """Update all weights in place."""
        ops.adagrad_update(
            weights, gradients, self.slots["accumulator"], learning_rate, self.epsilon
        )


class Adadelta(Optimizer):
    """Divide by recent gradients, multiply by recent steps: `ops.adadelta_update`.

    Keras 1 and 2 (before 2.4) had a learning rate of 1.0 by default, as in the paper: write
    ``Adadelta(learning_rate=1.0)`` for their programs. With 0.001 training is very slow.

    Parameters
    ----------
    learning_rate, **options : as in `Optimizer`
    rho : float
        Fraction of the running means that is kept at each step, below 1.
    epsilon : float
        Added to the running means, which keeps them positive.

    Examples
    --------
    >>> weights = [np.array([1.0])]
    >>> Adadelta(learning_rate=1.0).apply([np.array([5.0])], weights)
    >>> weights[0].round(5)
    array([0.99859])
    """

    slot_groups = (("accumulated_grad", "accumulated_delta_var"),)

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = checks.fraction("Adadelta", "rho", rho, below_one=True)
        self.epsilon = checks.finite_number("Adadelta", "epsilon", epsilon, ge=0)

    def update_all(self, weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
        """Update all weights in place."""
        ops.adadelta_update(
            weights, gradients, self.slots["accumulated_grad"],
            self.slots["accumulated_delta_var"], learning_rate, self.rho, self.epsilon,
        )  # fmt: skip


class RMSprop(Optimizer):
    """Divide by the root of the mean squared gradient: `minicnn.ops.updates.rmsprop_update`.

    Parameters
    ----------
    learning_rate, **options : as in `Optimizer`
    rho : float
        Fraction of the running mean that is kept at each step, below 1.
    momentum : float
        Fraction of the last step that is added to the next, below 1.
    epsilon : float
        Added to the mean square, which keeps it positive.
    centered : bool
        Whether to divide by the standard deviation of the gradients instead.

    Examples
    --------
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
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = checks.fraction("RMSprop", "rho", rho, below_one=True)
        self.momentum = checks.fraction("RMSprop", "momentum", momentum, below_one=True)
        self.epsilon = checks.finite_number("RMSprop", "epsilon", epsilon, ge=0)
        self.centered = checks.boolean("RMSprop", "centered", centered)
        self.slot_groups = (
            ("velocity",),
            *([("momentum",)] if momentum else []),
            *([("average_gradient",)] if centered else []),
        )

    def update_all(self, weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
        """Update all weights in place."""
        ops.rmsprop_update(
            weights,
            gradients,
            self.slots["velocity"],  # Keras' name of the mean square
            learning_rate,
            self.rho,
            self.epsilon,
            means=self.slots["average_gradient"] if self.centered else None,
            velocities=self.slots["momentum"] if self.momentum else None,
            momentum=self.momentum,
        )
