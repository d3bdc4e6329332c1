"""Activation functions as ONNX operators."""

import math
from collections.abc import Callable
from typing import Any

from minicnn.activations import Activation
from minicnn.errors import unknown_name
from minicnn.exporting.builder import OnnxBuilder, Value


def add_activation(builder: OnnxBuilder, layer: Any, x: Value) -> Value:
    """Add the nodes of a layer's activation."""
    activation = layer.activation
    if type(activation) is not Activation or activation.name not in ACTIVATIONS:
        error = unknown_name("activation", activation.name, ACTIVATIONS)
        raise ValueError(
            f"export does not know the activation of {layer.describe()}, a custom function: {error}"
        )
    add = ACTIVATIONS[activation.name]
    return builder.add(add, x) if isinstance(add, str) else add(builder, x, **activation.parameters)


def _relu(
    builder: OnnxBuilder,
    x: Value,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> Value:
    if threshold:
        start = float(threshold)
        below = builder.add("Mul", builder.add("Sub", x, start), float(negative_slope))
        y = builder.add("Where", builder.add("Greater", x, start), x, below)
    elif negative_slope:
        y = _leaky_relu(builder, x, negative_slope)
    else:
        y = builder.add("Relu", x)
    return y if max_value is None else builder.add("Min", y, float(max_value))


def _leaky_relu(builder: OnnxBuilder, x: Value, negative_slope: float = 0.2) -> Value:
    return builder.add("LeakyRelu", x, alpha=float(negative_slope))


def _elu(builder: OnnxBuilder, x: Value, alpha: float = 1.0) -> Value:
    return builder.add("Elu", x, alpha=float(alpha))


def _gelu(builder: OnnxBuilder, x: Value, approximate: bool = False) -> Value:
    """Add ``x·Φ(x)``; many runtimes do not have the newer operator Gelu."""
    if approximate:  # Φ(x) ≈ sigmoid(2·√(2/π)·(x + 0.044715·x³))
        cube = builder.add("Mul", x, builder.add("Mul", x, x))
        inner = builder.add("Add", builder.add("Mul", cube, 0.044715), x)
        inner = builder.add("Mul", inner, 2 * math.sqrt(2 / math.pi))
        return builder.add("Mul", x, builder.add("Sigmoid", inner))
    below = builder.add("Erf", builder.add("Mul", x, math.sqrt(0.5)))
    return builder.add("Mul", builder.add("Mul", x, builder.add("Add", below, 1.0)), 0.5)


def _hard_sigmoid(builder: OnnxBuilder, x: Value) -> Value:
    return builder.add("HardSigmoid", x, alpha=1 / 6, beta=0.5)


def _softmax(builder: OnnxBuilder, x: Value, axis: Any = -1) -> Value:
    if isinstance(axis, int):
        return builder.add("Softmax", x, axis=x.axis(axis))
    axes = [x.axis(one) for one in axis]
    largest = builder.add("ReduceMax", x, axes, keepdims=1)
    exponentials = builder.add("Exp", builder.add("Sub", x, largest))
    return builder.add(
        "Div", exponentials, builder.add("ReduceSum", exponentials, axes, keepdims=1)
    )


# The name of an operator without attributes, or the function that adds several.
ACTIVATIONS: dict[str, str | Callable[..., Value]] = {
    "linear": lambda builder, x: x,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "gelu": _gelu,
    "silu": lambda builder, x: builder.add("Mul", x, builder.add("Sigmoid", x)),
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softplus": "Softplus",
    "softmax": _softmax,
    "selu": "Selu",
    "relu6": lambda builder, x: _relu(builder, x, max_value=6.0),
    "hard_sigmoid": _hard_sigmoid,
    "hard_silu": lambda builder, x: builder.add("Mul", x, _hard_sigmoid(builder, x)),
    "mish": lambda builder, x: builder.add(
        "Mul", x, builder.add("Tanh", builder.add("Softplus", x))
    ),
    "exponential": "Exp",
    "softsign": "Softsign",
    "log_softmax": lambda builder, x: builder.add("LogSoftmax", x, axis=x.axis(-1)),
}
