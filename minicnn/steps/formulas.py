"""Activation functions and their derivatives as equations with numbers."""

from collections.abc import Callable

from minicnn.activations import Activation, FunctionActivation
from minicnn.steps.notation import in_a_product, number_text

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
