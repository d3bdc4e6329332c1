"""Activation functions as ONNX operators."""

import math
from collections.abc import Callable
from typing import Any

from minicnn.activations import Activation
from minicnn.errors import unknown_name
from minicnn.exporting.builder import OnnxBuilder, Value
from minicnn.layers import Layer


def add_activation(builder: OnnxBuilder, activation: Activation, x: Value, layer: Layer) -> Value:
    """Add the nodes of a layer's activation."""
    if type(activation) is not Activation or activation.name not in ACTIVATIONS:
        error = unknown_name("activation", activation.name, ACTIVATIONS)
        raise ValueError(
            f"export does not know the activation of {layer.describe()}, a custom function: {error}"
        )
    return ACTIVATIONS[activation.name](builder, x, **activation.parameters)


def _operator(name: str) -> Callable[..., Value]:
    """Return the function that adds one node without attributes."""
    return lambda builder, x: builder.add(name, x)


def _number(builder: OnnxBuilder, value: float) -> str:
    return builder.constant("number", value)


def _relu(
    builder: OnnxBuilder,
    x: Value,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> Value:
    if threshold:
        start = _number(builder, threshold)
        below = builder.add("Sub", x, start)
        below = builder.add("Mul", below, _number(builder, negative_slope))
        y = builder.add("Where", builder.add("Greater", x, start), x.name, below.name)
    elif negative_slope:
        y = builder.add("LeakyRelu", x, alpha=float(negative_slope))
    else:
        y = builder.add("Relu", x)
    return y if max_value is None else builder.add("Min", y, _number(builder, max_value))


def _leaky_relu(builder: OnnxBuilder, x: Value, negative_slope: float = 0.2) -> Value:
    return builder.add("LeakyRelu", x, alpha=float(negative_slope))


def _elu(builder: OnnxBuilder, x: Value, alpha: float = 1.0) -> Value:
    return builder.add("Elu", x, alpha=float(alpha))


def _silu(builder: OnnxBuilder, x: Value) -> Value:
    return builder.add("Mul", x, builder.add("Sigmoid", x).name)


def _gelu(builder: OnnxBuilder, x: Value, approximate: bool = False) -> Value:
    """Add ``x·Φ(x)``; many runtimes do not have the newer operator Gelu."""
    if approximate:  # Φ(x) ≈ sigmoid(2·√(2/π)·(x + 0.044715·x³))
        cube = builder.add("Mul", x, builder.add("Mul", x, x.name).name)
        inner = builder.add("Mul", cube, _number(builder, 0.044715))
        inner = builder.add("Add", inner, x.name)
        inner = builder.add("Mul", inner, _number(builder, 2 * math.sqrt(2 / math.pi)))
        return builder.add("Mul", x, builder.add("Sigmoid", inner).name)
    below = builder.add("Erf", builder.add("Mul", x, _number(builder, math.sqrt(0.5))))
    below = builder.add("Add", below, _number(builder, 1.0))
    return builder.add("Mul", builder.add("Mul", x, below.name), _number(builder, 0.5))


def _hard_sigmoid(builder: OnnxBuilder, x: Value) -> Value:
    return builder.add("HardSigmoid", x, alpha=1 / 6, beta=0.5)


def _mish(builder: OnnxBuilder, x: Value) -> Value:
    return builder.add("Mul", x, builder.add("Tanh", builder.add("Softplus", x)).name)


def _softmax(builder: OnnxBuilder, x: Value, axis: Any = -1) -> Value:
    if isinstance(axis, int):
        return builder.add("Softmax", x, axis=x.axis(axis))
    axes = builder.constant("axes", [x.axis(one) for one in axis], "int64")
    largest = builder.add("ReduceMax", x, axes, keepdims=1)
    exponentials = builder.add("Exp", builder.add("Sub", x, largest.name))
    total = builder.add("ReduceSum", exponentials, axes, keepdims=1)
    return builder.add("Div", exponentials, total.name)


ACTIVATIONS: dict[str, Callable[..., Value]] = {
    "linear": lambda builder, x: x,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "gelu": _gelu,
    "silu": _silu,
    "sigmoid": _operator("Sigmoid"),
    "tanh": _operator("Tanh"),
    "softplus": _operator("Softplus"),
    "softmax": _softmax,
    "selu": _operator("Selu"),
    "relu6": lambda builder, x: _relu(builder, x, max_value=6.0),
    "hard_sigmoid": _hard_sigmoid,
    "hard_silu": lambda builder, x: builder.add("Mul", x, _hard_sigmoid(builder, x).name),
    "mish": _mish,
    "exponential": _operator("Exp"),
    "softsign": _operator("Softsign"),
    "log_softmax": lambda builder, x: builder.add("LogSoftmax", x, axis=x.axis(-1)),
}
