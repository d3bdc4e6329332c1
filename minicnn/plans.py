"""Plans of training steps: what a step needs to know of a graph's layers, found out once."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from minicnn.layers.layer import Layer
from minicnn.regularizers import Regularizer


class BackwardStep(NamedTuple):
    """A node that the backward pass goes through."""

    node: int
    layer: Layer
    inputs: tuple[int, ...]
    needed: list[int]
    """Positions of the inputs whose gradient is needed."""
    names: Sequence[str]
    """The weights whose gradient is needed."""


class Plan(NamedTuple):
    """The plan of a training step, for one choice of trained weights."""

    steps: list[BackwardStep]
    """Last node first."""
    trained: list[tuple[Layer, str]]
    """The weights that are trained."""
    penalized: list[tuple[Layer, str, Regularizer]]
    """The weights with a penalty."""
    constrained: list[Layer]
    """The layers whose weights have constraints."""


def make_plan(
    nodes: Sequence[Any],
    inputs: int,
    layers: Sequence[Layer],
    values: bool,
    trained: Collection[Layer] | None,
) -> Plan:
    """Return the plan for the nodes, number of inputs and layers of a `minicnn.graph.Graph`.

    `values` and `trained` are those of `Graph.backward`.
    """
    names = {layer: layer.trained for layer in layers}
    if values or trained is not None:
        for layer in layers:
            chosen = values or layer in trained  # type: ignore[operator]
            names[layer] = layer.gradient_names if chosen else ()
    return Plan(
        _backward_steps(nodes, inputs, names, values),
        [(layer, name) for layer, found in names.items() for name in found],
        [(layer, *item) for layer in layers for item in layer.penalties.items()],
        [layer for layer in layers if layer.is_constrained],
    )


def _backward_steps(
    nodes: Sequence[Any], inputs: int, names: dict[Layer, tuple[str, ...]], values: bool
) -> list[BackwardStep]:
    """Return the nodes to go back through, down to where weights are trained."""
    needed = [values] * inputs  # of each value whether trained weights have a part in it
    steps = []
    for index, (layer, read) in enumerate(nodes):
        below = [position for position, value in enumerate(read) if needed[value]]
        needed.append(bool(values or below or names[layer]))
        if needed[-1]:
            steps.append(BackwardStep(index, layer, read, below, names[layer]))
    return steps[::-1]
