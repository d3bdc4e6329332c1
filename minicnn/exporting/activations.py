"""Activation functions as ONNX operators."""

import math
from collections.abc import Callable
from typing import Any

from minicnn.activations import Activation
from minicnn.exporting.graph import Graph


def add_activation(graph: Graph, activation: Activation) -> None:
    """Add the nodes of an activation."""
    if type(activation) is not Activation:
        raise KeyError(activation.name)
    ACTIVATIONS[activation.name](graph, **activation.parameters)


def _single(kind: str) -> Callable[..., None]:
    """Return the function that adds one node without attributes."""

    def add(graph: Graph) -> None:
        graph.add(kind)

    return add


def _linear(graph: Graph) -> None:
    """Nothing is to do."""


def _relu(
    graph: Graph,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> None:
    x = graph.value
    if threshold:
        start = graph.number(threshold)
        below = graph.add("Sub", x, start)
        below = graph.add("Mul", below, graph.number(negative_slope))
        graph.add("Where", graph.add("Greater", x, start), x, below)
    elif negative_slope:
        graph.add("LeakyRelu", alpha=float(negative_slope))
    else:
        graph.add("Relu")
    if max_value is not None:
        graph.add("Min", graph.value, graph.number(max_value))


def _leaky_relu(graph: Graph, negative_slope: float = 0.2) -> None:
    graph.add("LeakyRelu", alpha=float(negative_slope))


def _elu(graph: Graph, alpha: float = 1.0) -> None:
    graph.add("Elu", alpha=float(alpha))


def _silu(graph: Graph) -> None:
    x = graph.value
    graph.add("Mul", x, graph.add("Sigmoid"))


def _gelu(graph: Graph, approximate: bool = False) -> None:
    """Add ``x·Φ(x)``; the operator Gelu itself is younger than many runtimes."""
    x = graph.value
    if approximate:  # Φ(x) ≈ sigmoid(2·√(2/π)·(x + 0.044715·x³))
        cube = graph.add("Mul", x, graph.add("Mul", x, x))
        inner = graph.add("Add", x, graph.add("Mul", cube, graph.number(0.044715)))
        graph.add("Mul", inner, graph.number(2 * math.sqrt(2 / math.pi)))
        graph.add("Mul", x, graph.add("Sigmoid"))
        return
    graph.add("Mul", x, graph.number(math.sqrt(0.5)))
    share = graph.add("Add", graph.add("Erf"), graph.number(1.0))
    graph.add("Mul", graph.add("Mul", x, share), graph.number(0.5))


def _softmax(graph: Graph, axis: Any = -1) -> None:
    if isinstance(axis, int):
        graph.add("Softmax", axis=graph.axis(axis))
        return
    x = graph.value
    axes = graph.constant("axes", [graph.axis(one) for one in axis], "int64")
    greatest = graph.add("ReduceMax", x, axes, keepdims=1)
    graph.add("Sub", x, greatest)
    powers = graph.add("Exp")
    graph.add("Div", powers, graph.add("ReduceSum", powers, axes, keepdims=1))


ACTIVATIONS: dict[str, Callable[..., None]] = {
    "linear": _linear,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "gelu": _gelu,
    "silu": _silu,
    "sigmoid": _single("Sigmoid"),
    "tanh": _single("Tanh"),
    "softplus": _single("Softplus"),
    "softmax": _softmax,
}
