"""Activation functions, step by step: number by number, and the derivative on the way back."""

from collections.abc import Callable
from inspect import signature
from itertools import product
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn import activations
from minicnn.activations import Activation, FunctionActivation
from minicnn.errors import ShapeError, unknown_name
from minicnn.ops import reference
from minicnn.steps.checks import numbers
from minicnn.steps.notation import in_a_product, name_of, number_text, size_text
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


Formula = Callable[..., str]


def forward_formula(activation: Activation, x: float, y: float) -> str:
    """Write the function's value at x."""
    write = _FORWARD.get(activation.name)
    if write is None or isinstance(activation, FunctionActivation):
        return f"{activation.name}({number_text(x)}) = {number_text(y)}"
    return f"{write(x, y, **activation.parameters)} = {number_text(y)}"


def slope_formula(activation: Activation, x: float, y: float, slope: float) -> str:
    """Write the function's derivative at x."""
    left = f"{activation.name}'({number_text(x)})"
    write = _SLOPE.get(activation.name)
    if isinstance(activation, FunctionActivation):
        how = ", measured" if activation.derivative is None else ""
        return f"{left} = {number_text(slope)}{how}"
    if write is None:
        return f"{left} = {number_text(slope)}"
    if activation.name in ("relu", "leaky_relu"):
        return f"{left} = {number_text(slope)}, as {write(x, y, **activation.parameters)}"
    return f"{left} = {write(x, y, **activation.parameters)} = {number_text(slope)}"


# Each of these takes x, y and the function's own parameters, with the defaults of its arithmetic in
# `minicnn.ops.activations`.


def _relu(
    x: float, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> tuple[str, str]:
    """Return the value as an equation, and the case that decides the derivative."""
    above = "is" if x > threshold else "is not"
    case = f"{number_text(x)} {above} above {number_text(threshold)}"
    if max_value is not None and x >= max_value:
        limit = number_text(max_value)
        return f"min({number_text(x)}, {limit})", f"{number_text(x)} is cut at {limit}"
    if not negative_slope and max_value is None and not threshold:
        return f"max({number_text(x)}, 0)", case
    if x > threshold:
        return number_text(x), case
    below = f"({number_text(x)} − {number_text(threshold)})" if threshold else in_a_product(x)
    return f"{number_text(negative_slope)}·{below}", case


def _elu(x: float, y: float, alpha: float = 1.0) -> str:
    return number_text(x) if x > 0 else f"{number_text(alpha)}·({_exponential(x)} − 1)"


def _elu_slope(x: float, y: float, alpha: float = 1.0) -> str:
    return "1" if x > 0 else f"{number_text(alpha)}·{_exponential(x)}"


def _gelu(x: float, y: float, approximate: bool = False) -> str:
    number = in_a_product(x)
    if approximate:
        return f"{number}·(1 + tanh(√(2/π)·({number_text(x)} + 0.0447·{number}³)))/2"
    return f"{number}·Φ({number_text(x)})"


def _gelu_slope(x: float, y: float, approximate: bool = False) -> str:
    almost = "≈ " if approximate else ""
    return f"{almost}Φ({number_text(x)}) + {in_a_product(x)}·φ({number_text(x)})"


def _silu_slope(x: float, y: float) -> str:
    s = number_text(y / x if x else 0.5)
    return f"{s}·(1 + {in_a_product(x)}·(1 − {s}))"


def _hard_sigmoid(x: float) -> str:
    return f"min(max({number_text(x)}/6 + 0.5, 0), 1)"


def _exponential(x: float) -> str:
    return f"e^{in_a_product(x)}"


_FORWARD: dict[str, Formula] = {
    "linear": lambda x, y: number_text(x),
    "relu": lambda x, y, **parameters: _relu(x, **parameters)[0],
    "leaky_relu": lambda x, y, negative_slope=0.2: _relu(x, negative_slope)[0],
    "elu": _elu,
    "gelu": _gelu,
    "silu": lambda x, y: f"{in_a_product(x)}·1/(1 + {_exponential(-x)})",
    "sigmoid": lambda x, y: f"1/(1 + {_exponential(-x)})",
    "tanh": lambda x, y: f"tanh({number_text(x)})",
    "softplus": lambda x, y: f"ln(1 + {_exponential(x)})",
    "selu": lambda x, y: f"1.0507·{number_text(x)}" if x > 0 else f"1.7581·({_exponential(x)} − 1)",
    "relu6": lambda x, y: f"min(max({number_text(x)}, 0), 6)",
    "hard_sigmoid": lambda x, y: _hard_sigmoid(x),
    "hard_silu": lambda x, y: f"{in_a_product(x)}·{_hard_sigmoid(x)}",
    "mish": lambda x, y: f"{in_a_product(x)}·tanh(ln(1 + {_exponential(x)}))",
    "exponential": lambda x, y: _exponential(x),
    "softsign": lambda x, y: f"{number_text(x)}/(1 + {number_text(abs(x))})",
}
_SLOPE: dict[str, Formula] = {
    "relu": lambda x, y, **parameters: _relu(x, **parameters)[1],
    "leaky_relu": lambda x, y, **parameters: _relu(x)[1],
    "elu": _elu_slope,
    "gelu": _gelu_slope,
    "silu": _silu_slope,
    "sigmoid": lambda x, y: f"{number_text(y)}·(1 − {number_text(y)})",
    "tanh": lambda x, y: f"1 − {in_a_product(y)}²",
    "softplus": lambda x, y: f"1/(1 + {_exponential(-x)})",
}


class SoftmaxWalk(Walk):
    """The walk that ``steps.activation(x, "softmax")`` returns."""

    def __init__(self, x: ArrayLike, axis: Any = -1) -> None:
        self.input = numbers("x", x)
        if not self.input.ndim:
            raise ShapeError(
                "softmax takes the scores of all classes together, got a single number. "
                "Write steps.activation([0.5, 2.0], 'softmax')."
            )
        self.axis = axis
        scores = self._scores = np.asarray(self.input, np.float64)
        self.largest = scores.max(axis=axis, keepdims=True)
        self.shifted = scores - self.largest
        self.exponentials = np.exp(self.shifted)
        self.total = self.exponentials.sum(axis=axis, keepdims=True)
        title = f"softmax: input {size_text(self.input.shape)}"
        super().__init__(title, reference.softmax_forward(scores, axis))

    @property
    def tables(self) -> list[list[Table]]:
        """Scores minus the largest; their exponentials; these divided by their sum."""
        if self.input.ndim > 1:
            return super().tables
        return [
            as_tables("input", self.input),
            as_tables(f"input − {in_a_product(self.largest.item())}", self.shifted),
            as_tables("e^(…)", self.exponentials),
            as_tables(f"e^(…)/{number_text(self.total.item())} = output", self.output),
        ]

    def step(self, index: Index) -> Step:
        """Make the step of one probability: its exponential times 1/total."""
        total, y = self._along(self.total, index), self.output[index].item()
        term = Term(
            (Factor.of("exponentials", self.exponentials, index), Factor("1/total", (), 1 / total))
        )
        return Step("output", index, y, [term], equation=self._equation(index, y))

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input: ``dinputᵢ = Σⱼ dyⱼ · ∂outputⱼ/∂inputᵢ``."""
        dy = np.asarray(dy, np.float64)
        dx = reference.softmax_backward(dy, self._scores, self.output, self.axis)

        def step(index: Index) -> Step:
            terms = [
                Term(
                    (Factor.of("dy", dy, other), Factor("slope", other, self._slope(other, index)))
                )
                for other in self._row(index)
            ]
            p = number_text(self.output[index].item())
            note = (
                f"slope is ∂output/{name_of('∂input', index)}, {p}·(1 − {p}) for its own "
                f"probability p, −{p}·p for others"
            )
            return Step("dinput", index, dx[index].item(), terms, note=note)

        return {"input": GradientWalk("input", dx, step)}

    def _slope(self, of: Index, by: Index) -> float:
        """Return the derivative of one probability by one score of its row."""
        p = self.output[by].item()
        return p * (1 - p) if of == by else -p * self.output[of].item()

    def _row(self, index: Index) -> list[Index]:
        """Return the indices of all probabilities that share a total with that at `index`."""
        ranges = [
            range(size) if together == 1 else [number]
            for size, together, number in zip(
                self.input.shape, self.total.shape, index, strict=True
            )
        ]
        return list(product(*ranges))

    def _along(self, reduced: ndarray, index: Index) -> float:
        """Return the number of the row that `index` is in."""
        return np.broadcast_to(reduced, self.input.shape)[index].item()

    def _equation(self, index: Index, y: float) -> str:
        largest = in_a_product(self._along(self.largest, index))
        exponential, total = self.exponentials[index].item(), self._along(self.total, index)
        exponentials = {
            other: f"e^({number_text(self.input[other].item())} − {largest})"
            for other in self._row(index)
        }
        shown = list(exponentials.values())
        if len(shown) > 4:
            shown = [*shown[:2], f"… {len(shown) - 3} more …", shown[-1]]
        quotient = f"{number_text(exponential)}/{number_text(total)}"
        return f"{exponentials[index]}/({' + '.join(shown)}) = {quotient} = {number_text(y)}"
