"""Activation functions, step by step: number by number, and the derivative on the way back."""

import re
from collections.abc import Sequence
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
from minicnn.steps.step import Factor, Index, Step, Term, products
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

        def explain(index: Index) -> dict[str, Any]:
            x, y, slope = (array[index].item() for array in (self.input, self.output, slopes))
            note = slope_formula(self.activation, x, y, slope)
            return {
                "terms": products(("dy", dy, [index]), ("slope", slopes, [index])),
                "note": note,
            }

        return {"input": GradientWalk("input", dx, explain)}


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


# The value and, where there is more to say than a number, the derivative, each above 0 | otherwise.
# {x} and {y} are the numbers, {(x)} and {(y)} are in parentheses if negative, {s} is y/x.
_FORMULAS = {
    "linear": ("{x}", ""),
    "elu": ("{x} | {alpha}·({e^x} − 1)", "1 | {alpha}·{e^x}"),
    "gelu": ("{(x)}·Φ({x})", "Φ({x}) + {(x)}·φ({x})"),
    "gelu, approximate": (
        "{(x)}·(1 + tanh(√(2/π)·({x} + 0.0447·{(x)}³)))/2", "≈ Φ({x}) + {(x)}·φ({x})"
    ),
    "silu": ("{(x)}·1/(1 + {e^−x})", "{s}·(1 + {(x)}·(1 − {s}))"),
    "sigmoid": ("1/(1 + {e^−x})", "{y}·(1 − {y})"),
    "tanh": ("tanh({x})", "1 − {(y)}²"),
    "softplus": ("ln(1 + {e^x})", "1/(1 + {e^−x})"),
    "selu": ("1.0507·{x} | 1.7581·({e^x} − 1)", ""),
    "relu6": ("min(max({x}, 0), 6)", ""),
    "hard_sigmoid": ("min(max({x}/6 + 0.5, 0), 1)", ""),
    "hard_silu": ("{(x)}·min(max({x}/6 + 0.5, 0), 1)", ""),
    "mish": ("{(x)}·tanh(ln(1 + {e^x}))", ""),
    "exponential": ("{e^x}", ""),
    "softsign": ("{x}/(1 + {|x|})", ""),
}  # fmt: skip


def forward_formula(activation: Activation, x: float, y: float) -> str:
    """Write the function's value at x."""
    written, _ = _formulas(activation, x, y)
    return f"{written or f'{activation.name}({number_text(x)})'} = {number_text(y)}"


def slope_formula(activation: Activation, x: float, y: float, slope: float) -> str:
    """Write the function's derivative at x."""
    _, written = _formulas(activation, x, y)
    left, value = f"{activation.name}'({number_text(x)})", number_text(slope)
    if isinstance(activation, FunctionActivation) and activation.derivative is None:
        return f"{left} = {value}, measured"
    if activation.name in ("relu", "leaky_relu"):
        return f"{left} = {value}, as {written}"
    return " = ".join(filter(None, [left, written, value]))


def _formulas(activation: Activation, x: float, y: float) -> Sequence[str]:
    """Return the value and the derivative of a function as formulas; "" where none is known."""
    name, parameters = activation.name, activation.parameters
    if isinstance(activation, FunctionActivation):
        return "", ""
    if name == "relu":
        return _relu(x, **parameters)
    if name == "leaky_relu":
        return _relu(x, parameters.get("negative_slope", 0.2))
    if parameters.get("approximate"):
        name += ", approximate"
    texts = {
        "x": number_text(x), "(x)": in_a_product(x), "|x|": number_text(abs(x)),
        "y": number_text(y), "(y)": in_a_product(y), "s": number_text(y / x if x else 0.5),
        "e^x": f"e^{in_a_product(x)}", "e^−x": f"e^{in_a_product(-x)}",
        "alpha": number_text(parameters.get("alpha", 1.0)),
    }  # fmt: skip
    written = []
    for formula in _FORMULAS.get(name, ("", "")):
        above, *below = formula.split(" | ")
        chosen = below[0] if below and not x > 0 else above
        written.append(re.sub("{(.*?)}", lambda field: texts[field[1]], chosen))
    return written


def _relu(
    x: float, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> tuple[str, str]:
    """Return the value as a formula, and the case that decides the derivative."""
    number = number_text(x)
    case = f"{number} {'is' if x > threshold else 'is not'} above {number_text(threshold)}"
    if max_value is not None and x >= max_value:
        limit = number_text(max_value)
        return f"min({number}, {limit})", f"{number} is cut at {limit}"
    if not negative_slope and max_value is None and not threshold:
        return f"max({number}, 0)", case
    if x > threshold:
        return number, case
    below = f"({number} − {number_text(threshold)})" if threshold else in_a_product(x)
    return f"{number_text(negative_slope)}·{below}", case


class SoftmaxWalk(Walk):
    """The walk that ``steps.activation(x, "softmax")`` returns."""

    def __init__(self, x: ArrayLike, axis: Any = -1) -> None:
        self.input = numbers("x", x)
        if not self.input.ndim:
            raise ShapeError(
                "softmax takes the scores of all classes together, got a single number. "
                "Write steps.activation([0.5, 2.0], 'softmax')."
            )
        scores = self._scores = np.asarray(self.input, np.float64)
        self.axis, self._axes = axis, np.atleast_1d(axis) % scores.ndim
        # The largest score, and the sum of the exponentials, of the row that a number is in.
        self.largest = np.broadcast_to(scores.max(axis=axis, keepdims=True), scores.shape)
        self.shifted = scores - self.largest
        self.exponentials = np.exp(self.shifted)
        total = self.exponentials.sum(axis=axis, keepdims=True)
        self.total = np.broadcast_to(total, scores.shape)
        title = f"softmax: input {size_text(self.input.shape)}"
        super().__init__(title, reference.softmax_forward(scores, axis))

    @property
    def tables(self) -> list[list[Table]]:
        """Scores minus the largest; their exponentials; these divided by their sum."""
        if self.input.ndim > 1:
            return super().tables
        return [
            as_tables("input", self.input),
            as_tables(f"input − {in_a_product(self.largest[0].item())}", self.shifted),
            as_tables("e^(…)", self.exponentials),
            as_tables(f"e^(…)/{number_text(self.total[0].item())} = output", self.output),
        ]

    def step(self, index: Index) -> Step:
        """Make the step of one probability: its exponential times 1/total."""
        total, y = self.total[index].item(), self.output[index].item()
        exponential = Factor.of("exponentials", self.exponentials, index)
        term = Term((exponential, Factor("1/total", (), 1 / total)))
        return Step("output", index, y, [term], equation=self._equation(index, y))

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input: ``dinputᵢ = Σⱼ dyⱼ · ∂outputⱼ/∂inputᵢ``."""
        dy = np.asarray(dy, np.float64)
        dx = reference.softmax_backward(dy, self._scores, self.output, self.axis)

        def explain(index: Index) -> dict[str, Any]:
            p, terms = self.output[index].item(), []
            for other in self._row(index):
                slope = p * (1 - p) if other == index else -p * self.output[other].item()
                terms.append(Term((Factor.of("dy", dy, other), Factor("slope", other, slope))))
            p = number_text(p)
            note = (
                f"slope is ∂output/{name_of('∂input', index)}, {p}·(1 − {p}) for its own "
                f"probability p, −{p}·p for others"
            )
            return {"terms": terms, "note": note}

        return {"input": GradientWalk("input", dx, explain)}

    def _row(self, index: Index) -> list[Index]:
        """Return the indices of all probabilities that share a total with that at `index`."""
        ranges = [
            range(size) if axis in self._axes else [index[axis]]
            for axis, size in enumerate(self.input.shape)
        ]
        return list(product(*ranges))

    def _equation(self, index: Index, y: float) -> str:
        largest, total = in_a_product(self.largest[index].item()), self.total[index].item()
        exponentials = {
            other: f"e^({number_text(self.input[other].item())} − {largest})"
            for other in self._row(index)
        }
        shown = list(exponentials.values())
        if len(shown) > 4:
            shown = [*shown[:2], f"… {len(shown) - 3} more …", shown[-1]]
        quotient = f"{number_text(self.exponentials[index].item())}/{number_text(total)}"
        return f"{exponentials[index]}/({' + '.join(shown)}) = {quotient} = {number_text(y)}"
