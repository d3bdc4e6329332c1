"""The arrays of a layer or a model whose gradients are checked, on copies in float64."""

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.graph import Graph, Node
from minicnn.layers import Layer
from minicnn.layers.contract import dx_and_gradients, output_and_cache, takes_input_gradient
from minicnn.losses import Loss
from minicnn.random import private_stream
from minicnn.testing.numerical import CheckedArray
from minicnn.testing.report import GradientError
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass


def float64_graph(graph: Graph, inputs: Sequence[ndarray], random: np.random.Generator) -> Graph:
    """Return a copy of the graph whose layers compute in float64."""
    copies = {layer: copy.deepcopy(layer) for layer in graph.layers}
    shapes: list[Any] = [(None, *x.shape[1:]) for x in inputs]
    for node in graph.nodes:
        layer = copies[node.layer]
        shape = one_or_all([shapes[value] for value in node.inputs])
        if layer.dtype != "float64":
            layer.dtype = "float64"
            with private_stream(0):  # initial weights must not advance the global generator
                layer.build(shape)
            for name in layer.weight_names:
                setattr(layer, name, _generic(getattr(layer, name).astype("float64"), random))
        shapes.append(layer.compute_output_shape(shape))
    nodes = [Node(copies[node.layer], node.inputs) for node in graph.nodes]
    return Graph(nodes, graph.outputs, graph.inputs)


def _generic(weight: ndarray, random: np.random.Generator) -> ndarray:
    """Change weights that are all 0 or all 1, which hide forgotten terms and factors."""
    if (weight == 0).all() or (weight == 1).all():
        return weight + random.uniform(-0.5, 0.5, weight.shape)
    return weight


def arrays_of_layer(
    layer: Layer, inputs: Sequence[ndarray], training: bool, random: np.random.Generator
) -> list[CheckedArray]:
    """Return the weights and inputs of a layer, with gradients for a random upstream gradient."""
    y, cache = run_forward(layer, inputs, training)
    dy, named = random.normal(size=y.shape), _named(inputs)

    def backward(dy: ndarray) -> dict[str, ndarray]:
        dx, gradients = dx_and_gradients(layer, layer.backward(dy.copy(), cache))
        _require_gradients(layer, gradients)
        dxs = dict(zip(named, [dx] if len(inputs) == 1 else dx, strict=True))
        for name, gradient in dxs.items():
            _require_form(layer, name, gradient, named[name].shape)
        return {**gradients, **dxs}

    gradients = backward(dy)
    if takes_input_gradient(layer.backward):
        result = layer.backward(dy.copy(), cache, input_gradient=False)  # type: ignore[call-arg]
        _, alone = dx_and_gradients(layer, result)
        _require_equal(layer, gradients, alone)

    def output() -> ndarray:
        return layer.forward(one_or_all(inputs), training)[0]

    def gradient_of(name: str, dy: ndarray) -> ndarray:
        return backward(dy)[name]

    weights = {name: getattr(layer, name) for name in layer.trainable_names}
    return [
        CheckedArray(
            layer.describe(), name, array, gradients[name], output, dy, partial(gradient_of, name)
        )
        for name, array in (weights | named).items()
    ]


def arrays_of_model(
    graph: Graph,
    inputs: Sequence[ndarray],
    training: bool,
    random: np.random.Generator,
    y: Any = None,
    loss: Loss | None = None,
    sample_weight: Any = None,
) -> list[CheckedArray]:
    """Return the weights of all layers, and the inputs of the graph."""
    values = layer_outputs(graph, inputs, training)

    def rest_of(graph: Graph) -> Callable[[], ndarray]:
        """Return the function that computes the output from the stored inputs of `graph`."""
        stored = values[: graph.inputs]
        if loss is None:
            return lambda: graph.forward(stored, training, caches=False).outputs[0]
        batch = Batch(one_or_all(stored), y, sample_weight)
        return lambda: np.array(forward_pass(graph, loss, batch, training, gradient=False).loss)

    if loss is None:
        run = graph.forward(inputs, training)
        upstream = dy = random.normal(size=run.outputs[0].shape)
    else:
        forward = forward_pass(graph, loss, Batch(one_or_all(inputs), y, sample_weight), training)
        run, dy, upstream = forward.run, forward.dy, np.ones(())
    try:
        back = graph.backward(run, dy, values=True)
    except ShapeError as error:  # of what a custom layer returns
        raise GradientError(str(error)) from error
    arrays = []
    built: set[Layer] = set()
    for index, (layer, _) in enumerate(graph.nodes):
        # Only the nodes from here on can change with the weights of this layer.
        rest = Graph(graph.nodes[index:], graph.outputs, graph.inputs + index)
        for name in () if layer in built else layer.trainable_names:
            gradient, array = back.weights[layer][name], getattr(layer, name)
            if loss is None and name in layer.penalties:  # which the sum of the outputs lacks
                gradient = gradient - layer.penalties[name].gradient(array)
            arrays.append(
                CheckedArray(layer.describe(), name, array, gradient, rest_of(rest), upstream)
            )
        built.add(layer)
    for (name, x), dx in zip(_named(inputs).items(), back.values, strict=False):
        dx = np.zeros(x.shape) if dx is None else dx
        arrays.append(CheckedArray("the model", name, x, dx, rest_of(graph), upstream))
    return arrays


def layer_outputs(graph: Graph, inputs: Sequence[ndarray], training: bool) -> list[ndarray]:
    """Return the inputs and the output of each node, after checking each forward pass."""
    values = list(inputs)
    for layer, used in graph.nodes:
        values.append(run_forward(layer, [values[value] for value in used], training)[0])
    return values


def _named(inputs: Sequence[ndarray]) -> dict[str, ndarray]:
    """Return the inputs by name: x, or x[0], x[1] and so on."""
    return {"x" if len(inputs) == 1 else f"x[{i}]": x for i, x in enumerate(inputs)}


def one_or_all(items: Sequence[Any]) -> Any:
    """Return the only item, or a list of all: what layers with one or several inputs take."""
    return items[0] if len(items) == 1 else list(items)


def run_forward(layer: Layer, inputs: Sequence[ndarray], training: bool) -> tuple[ndarray, Any]:
    """Return output and cache of a layer whose output can be differentiated numerically."""
    before = [x.copy() for x in inputs]
    y, cache = output_and_cache(layer, layer.forward(one_or_all(inputs), training))
    for x, copied in zip(inputs, before, strict=True):
        if not np.array_equal(x, copied, equal_nan=True):
            raise GradientError(
                f"forward of {layer.describe()} changes its input, which other layers may need. Work "
                "on a copy: x = x.copy()."
            )
    if np.asarray(y).dtype != np.float64:
        raise GradientError(
            f"forward of {layer.describe()} returns {np.asarray(y).dtype} for float64, too imprecise "
            "for finite differences. Keep the dtype of the input: np.zeros(shape, x.dtype)."
        )
    if not np.isfinite(y).all():
        raise GradientError(f"forward of {layer.describe()} returns NaN or infinity.")
    if not np.array_equal(y, layer.forward(one_or_all(inputs), training)[0]):
        raise GradientError(
            f"forward of {layer.describe()} returns different outputs for the same input. Derive "
            "random numbers from a seed and a counter that only update_state changes, as Dropout does."
        )
    return y, cache


def _require_gradients(layer: Layer, gradients: dict[str, Any]) -> None:
    """Check that every weight has a gradient of the right shape and dtype."""
    for name in layer.trainable_names:
        if name not in gradients:
            raise GradientError(
                f"backward of {layer.describe()} returns no gradient of {name}, only of "
                f'{list(gradients)}. Write return dx, {{"{name}": ...}}.'
            )
        _require_form(layer, name, gradients[name], getattr(layer, name).shape)


def _require_form(layer: Layer, name: str, gradient: Any, shape: tuple[int, ...]) -> None:
    """Check shape and dtype of a gradient, and that it is finite."""
    gradient = np.asarray(gradient)
    if gradient.shape != shape:
        more = gradient.ndim > len(shape)
        hint = f"Sum over the axes that {name} does not have." if more else "They must be equal."
        raise GradientError(
            f"d{name} of {layer.describe()} has shape {gradient.shape}, but {name} has {shape}. {hint}"
        )
    if gradient.dtype != np.float64:
        raise GradientError(
            f"d{name} of {layer.describe()} has dtype {gradient.dtype}, but its input float64: "
            "backward converts it, or computes it from integers instead of dy."
        )
    if not np.isfinite(gradient).all():
        raise GradientError(f"d{name} of {layer.describe()} contains NaN or infinity.")


def _require_equal(layer: Layer, gradients: dict[str, ndarray], alone: dict[str, ndarray]) -> None:
    """Check that ``backward(input_gradient=False)``, used for the first layer, returns the same."""
    _require_gradients(layer, alone)
    for name in layer.trainable_names:
        if not np.allclose(alone[name], gradients[name], rtol=1e-9, atol=1e-12):
            raise GradientError(
                f"backward of {layer.describe()} returns a different d{name} with "
                "input_gradient=False, which is used for the first layer of a model."
            )
