"""A model in the form that the page reads: layers, weights, loss, and how to draw its input.

``page/arithmetic/README.md`` describes the format.
"""

import base64
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.activations import KNOWN, Activation
from minicnn.explaining.ends import check_shapes, input_size, inputs_data, outputs_data
from minicnn.explaining.examples import Examples
from minicnn.explaining.learning import (
    constraint_data,
    optimizer_data,
    penalty_data,
    unknown_name,
)
from minicnn.layers import Layer
from minicnn.layers.description import IndexMap, moves
from minicnn.layers.input_layer import InputLayer
from minicnn.layers.shapes import Shape, known_sizes
from minicnn.models import Model

# The page computes number by number, and softmax
ACTIVATIONS = {name: KNOWN[name] for name in KNOWN if name != "log_softmax"}
FORMAT = 3
Weights = dict[str, ndarray]


class Part(NamedTuple):
    """A layer as the page shows it: one call of it, or a part of a layer that is a chain."""

    layer: Layer
    inputs: list[int]  # the parts that it reads; -1: the input of the model
    shape: Any  # of its input; a list of shapes if it has several
    shared: int  # the first part with the same weights
    value: int  # of the graph: its output

    @property
    def output_shape(self) -> Any:
        """The shape of its output."""
        return self.layer.compute_output_shape(self.shape)


def model_data(
    model: Model, examples: Examples | None = None, class_names: Any = None
) -> dict[str, Any]:
    """Return all data of a model that the page needs."""
    examples = examples or Examples.none()
    check_shapes(model)
    parts = model_parts(model)
    # A sequence that is convolved is shown as an image with one row.
    wide = any(part.layer.family == "convolution" and len(part.shape) == 3 for part in parts)
    given = _given(model, parts, examples, wide)
    inputs = inputs_data(model, examples)
    for one in inputs:
        one["shape"] = _sizes((None, *one["shape"]), wide)
        one["layer"] = next((i for i, part in enumerate(parts) if part.value == one["layer"]), -1)
    outputs = outputs_data(model, examples, class_names)
    for one in outputs:
        one["layer"] = max(i for i, part in enumerate(parts) if part.value == one["layer"])
    return {
        "format": FORMAT,
        "name": model.name,
        "inputShape": inputs[0]["shape"] if inputs[0]["layer"] < 0 else [input_size(model)],
        "inputs": inputs,
        "outputs": outputs,
        "unknown": unknown_name(model),
        "given": [parts[i].layer.name for i in given],
        **optimizer_data(model),
        "layers": [layer_data(part, wide, given.get(i)) for i, part in enumerate(parts)],
        "examples": [
            _joined(images, wide) | {"labels": labels}
            for images, labels in zip(examples.images, examples.labels, strict=True)
        ],
    }


def model_parts(model: Model) -> list[Part]:
    """Return the layers that the page shows, each after those that it reads.

    Several inputs are parts of one flat tensor, which is the page's image; each is a layer that reads
    its part of it.
    """
    graph = model.graph
    parts: list[Part] = []
    if graph.inputs > 1 or min(graph.outputs) < graph.inputs:
        start = 0
        for value, (name, sizes) in enumerate(
            zip(model.input_names, model.input_shapes, strict=True)
        ):
            own = Input(sizes, start, name)
            parts.append(Part(own, [-1], (None, input_size(model)), value, value))
            start += math.prod(known_sizes(sizes))
    places = list(range(graph.inputs)) if parts else [-1]  # of each value of the graph
    firsts: dict[tuple[Layer, int], int] = {}
    for layer, inputs in graph.nodes:
        read = [places[value] for value in inputs]
        chain = layer.chain() if layer.family == "chain" else []
        for number, one in enumerate(chain if chain and all(map(_is_known, chain)) else [layer]):
            shapes = [parts[i].output_shape if i >= 0 else model.input_shape for i in read]
            shared = firsts.setdefault((layer, number), len(parts))
            shape: Any = shapes[0] if len(shapes) == 1 else shapes
            parts.append(Part(one, read, shape, shared, len(places)))
            read = [len(parts) - 1]
        places.append(len(parts) - 1)
    return parts


class Input(InputLayer):
    """One of several inputs: a part of the flat tensor that all of them are."""

    family = "index_map"

    def __init__(self, shape: Shape, start: int, name: str) -> None:
        super().__init__(shape[1:], name=name)
        self.start = start

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input."""
        return self.batch_shape

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return which numbers of the flat tensor are this input."""
        return moves(self.start + np.arange(math.prod(known_sizes(self.batch_shape))))


def layer_weights(model: Model) -> list[Weights]:
    """Return the weights of every layer of the page."""
    return [_weights(part.layer) for part in model_parts(model)]


def layer_data(part: Part, wide: bool = False, outputs: Any = None) -> dict[str, Any]:
    """Return a part: its family's computation, or outputs, its activation, shapes and weights."""
    layer, shape, known = part.layer, part.shape, outputs is None
    whole = sum(math.prod(known_sizes(one)) for one in shape) if isinstance(shape, list) else None
    if known:
        outputs = _COMPUTATIONS[layer.family](layer, shape)
    return {
        "name": layer.name,
        "kind": type(layer).__name__,
        "from": part.inputs,
        "shared": part.shared,
        "inputShape": _sizes(shape if whole is None else (None, whole), wide),
        "outputShape": _sizes(part.output_shape, wide),
        "weights": {name: tensor_data(values) for name, values in _weights(layer).items()},
        "family": getattr(layer, "operation", layer.family) if known else "given",
        "computation": outputs,
        "activation": _activation_data(layer if known else None, len(part.output_shape)),
        "trainable": layer.trainable_names if known else [],
        "penalties": penalty_data(layer) if known else {},
        "constraints": constraint_data(layer) if known else {},
    }


def _given(
    model: Model, parts: list[Part], examples: Examples, wide: bool
) -> dict[int, dict[str, Any]]:
    """Return the outputs for the examples of the parts that the page cannot compute."""
    unknown = [i for i, part in enumerate(parts) if not _is_known(part.layer)]
    if not unknown:
        return {}
    if not examples.images:
        names = ", ".join(dict.fromkeys(parts[i].layer.describe() for i in unknown))
        raise ValueError(
            f"the page cannot compute {names} in the browser. Give it examples, explain(model, x): it "
            "shows what Python computes for them. A custom layer that belongs to a family can be "
            "computed: see docs/add_a_layer.md."
        )
    values = model.graph.forward(examples.batches, caches=False, values=True).values
    return {
        i: {"outputs": [tensor_data(one, wide) for one in values[parts[i].value]]} for i in unknown
    }


def _is_known(layer: Any) -> bool:
    """Return whether the page computes a layer and its activation."""
    activation = getattr(layer, "activation", ACTIVATIONS["linear"])
    known = type(activation) is Activation and activation.name in ACTIVATIONS
    return known and layer.family in _COMPUTATIONS and getattr(layer, "operation", "sum") != ""


def _sizes(shape: Any, wide: bool) -> list[int]:
    """Return the shape of one example; wide: that of a sequence with one row."""
    return [*([1] if wide and len(shape) == 3 else []), *shape[1:]]


def _weights(layer: Layer) -> Weights:
    """Return the weights by name; a depthwise kernel has the shape of a grouped one's."""
    weights = {name: getattr(layer, name) for name in layer.weight_names}
    if layer.family == "convolution":
        weights["kernel"] = layer.convolution().kernel
    return weights


def _index_map(layer: Layer, shape: Any) -> dict[str, Any]:
    """Return the sources as int32 and the factors as float64, in base64."""
    described = layer.index_map(shape)
    factors = described.factors
    stays = not isinstance(shape, list) and described.is_identity(shape)
    return {
        "sources": None if stays else _base64(described.sources, "<i4"),
        "factors": None if factors is None else _base64(factors, "<f8"),
        "terms": described.sources.shape[1],
        "inner": described.inner,
        "window": described.window,
        "allWinners": described.all_winners,
        "offset": None if described.offset is None else _base64(described.offset, "<f8"),
    }


def _elementwise(layer: Layer, shape: Any) -> dict[str, Any]:
    """Return scale and offset: one number, or a list that repeats along the example."""
    scale, offset, _ = layer.elementwise(shape)
    sizes = shape[1:]
    return {"scale": _repeating(scale, sizes), "offset": _repeating(offset, sizes)}


def _repeating(values: Any, sizes: tuple[int, ...]) -> float | list[float]:
    array = np.asarray(values, np.float64)
    if np.all(array == array.ravel()[0]):
        return float(array.ravel()[0])
    if array.shape == sizes[-array.ndim :]:
        return array.ravel().tolist()
    return np.broadcast_to(array, sizes).ravel().tolist()


def _convolution(layer: Layer, shape: Any) -> dict[str, Any]:
    _, _, strides, padding, dilation_rate, groups = layer.convolution()
    return {"strides": strides, "padding": padding, "dilationRate": dilation_rate, "groups": groups}


def _normalization(layer: Layer, shape: Any) -> dict[str, Any]:
    """Return axes (from the end) and epsilon; the rest are the layer's weights."""
    described = layer.normalization()
    return {
        "axes": sorted(from_end(axis, len(shape)) for axis in set(described.axes)),
        "own": described.mean is None,
        "epsilon": described.epsilon,
    }


def _learnt_slopes(layer: Layer, shape: Any) -> dict[str, Any]:
    weight, indices = layer.learnt_slopes(shape)
    return {"weight": weight, "indices": _base64(indices, "<i4")}


_COMPUTATIONS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "activation": lambda layer, shape: {},
    "convolution": _convolution,
    "dense": lambda layer, shape: {},
    "elementwise": _elementwise,
    "index_map": _index_map,
    "learnt_slopes": _learnt_slopes,
    "maximum": _index_map,
    "merge": _index_map,
    "normalization": _normalization,
}


def _base64(values: ndarray, dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype).tobytes()).decode()


def tensor_data(values: ndarray, wide: bool = False) -> dict[str, Any]:
    """Return an array: its shape, and its numbers as float32, little-endian, in base64."""
    return {"shape": _sizes((None, *values.shape), wide), "data": _base64(values, "<f4")}


def _joined(images: list[ndarray], wide: bool) -> dict[str, Any]:
    """Return one input, or several as one flat tensor."""
    flat = images[0] if len(images) == 1 else np.concatenate([one.ravel() for one in images])
    return tensor_data(flat, wide)


def from_end(axis: int, rank: int) -> int:
    """Return an axis counted from the end, where an added first axis does not move it."""
    return axis % rank - rank


def _activation_data(layer: Any, rank: int) -> dict[str, Any]:
    """Return name and parameters of a layer's activation; "linear" where it has none."""
    activation = getattr(layer, "activation", ACTIVATIONS["linear"])
    parameters = dict(activation.parameters)
    if isinstance(axis := parameters.get("axis"), (int, tuple, list)):
        axes = np.ravel(axis).tolist()
        parameters["axis"] = [from_end(one, rank) for one in axes]
    return {"name": activation.name, "parameters": parameters}
