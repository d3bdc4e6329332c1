"""Activation functions, step by step: number by number, and the derivative on the way back."""

from inspect import signature
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn import activations
from minicnn.activations import Activation
from minicnn.errors import unknown_name
from minicnn.ops import reference
from minicnn.steps.checks import numbers
from minicnn.steps.formulas import forward_formula, slope_formula
from minicnn.steps.notation import name_of, size_text
from minicnn.steps.softmax import SoftmaxWalk
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.table import Table, as_tables
from minicnn.steps.walk import GradientWalk, Walk


def activation(x: ArrayLike, function: Any = "relu", **parameters: Any) -> Walk:
    """Apply an activation function, step by step.

    ``output = f(input)``, and backward ``dinput = dy · f'(input)``, with the functions of
    `minicnn.ops.activations`.

    Parameters
    ----------
    x : array_like, any shape
        One example. Softmax works along its last axis.
    function : str, Activation or callable
        "relu", "softmax", or a custom function.
    **parameters
        Parameters of the function, such as ``negative_slope=0.1``.

    Returns
    -------
    ActivationWalk
        For softmax a `SoftmaxWalk`.

    Raises
    ------
    UnknownNameError
        If the function's name, or a parameter's, is misspelt.

    Examples
    --------
    >>> walk = activation([-2.0, 3.0])
    >>> for step in walk:
    ...     print(step.equation)
    max(−2, 0) = 0
    max(3, 0) = 3
    >>> print(walk.backward([0.5, 0.5]).input[1])
    dinput[1]: relu'(3) = 1, as 3 is above 0
    <BLANKLINE>
      dy[1] · slope[1]  0.5·1  0.5
    <BLANKLINE>
    0.5·1 = 0.5
    """
    return activation_walk(x, _with_parameters(activations.get(function), parameters))


def activation_walk(x: ArrayLike, function: Activation) -> Walk:
    """Return the walk of an activation."""
    if function.name == "softmax" and type(function) is Activation:
        return SoftmaxWalk(x, **function.parameters)
    if function is activations.log_softmax:
        raise ValueError(
            "steps shows element-wise activations and softmax, got log_softmax. Use softmax."
        )
    return ActivationWalk(x, function)


class ActivationWalk(Walk):
    """The walk that `activation` returns. Its steps have an equation instead of terms."""

    def __init__(self, x: ArrayLike, activation: Activation) -> None:
        self.input = numbers("x", x)
        self.activation = activation
        self._x = np.asarray(self.input, np.float64)
        title = f"{activation.name}: input {size_text(self.input.shape)}"
        super().__init__(title, activation(self._x))

    @property
    def tables(self) -> list[list[Table]]:
        """Input → output."""
        return [as_tables("input", self.input), as_tables("output", self.output)]

    def step(self, index: Index) -> Step:
        """Make the step of one number."""
        x, y = self.input[index].item(), self.output[index].item()
        equation = forward_formula(self.activation, x, y)
        note = f"{self.activation.name} of {name_of('input', index)}"
        return Step("output", index, y, equation=equation, note=note)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input."""
        dy = np.asarray(dy, np.float64)
        slopes = self.activation.backward(np.ones_like(self._x), self._x, self.output)
        dx = self.activation.backward(dy, self._x, self.output)
        if not np.allclose(dx, dy * slopes, rtol=1e-4, atol=1e-6, equal_nan=True):
            raise ValueError(
                f"steps shows element-wise activations, and each output of {self.activation.name} "
                "depends on several inputs."
            )

        def step(index: Index) -> Step:
            slope = slopes[index].item()
            factors = (Factor.of("dy", dy, index), Factor("slope", index, slope))
            x, y = self.input[index].item(), self.output[index].item()
            note = slope_formula(self.activation, x, y, slope)
            return Step("dinput", index, dx[index].item(), [Term(factors)], note=note)

        return {"input": GradientWalk("input", dx, step)}


def _with_parameters(chosen: Activation, parameters: dict[str, Any]) -> Activation:
    """Return the activation with other parameters, if there are any."""
    if not parameters:
        return chosen
    known: list[str] = []
    if type(chosen) is Activation:
        known = [*signature(getattr(reference, f"{chosen.name}_forward")).parameters][1:]
    for name in parameters:
        if name not in known:
            raise unknown_name(f"parameter of the activation {chosen.name}", name, known)
    return Activation(chosen.name, **{**chosen.parameters, **parameters})
