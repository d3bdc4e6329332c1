"""A model in the form that the page reads: layers, weights, loss, and how to draw its input.

``page/arithmetic/README.md`` describes the format.
"""

import base64
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.activations import KNOWN, Activation
from minicnn.errors import ShapeError
from minicnn.explaining.examples import Examples
from minicnn.explaining.learning import constraint_data, loss_data, optimizer_data, penalty_data
from minicnn.layers import Layer, Rescaling
from minicnn.models import Model
from minicnn.models.answer import YES_NO, Answer, answer_of
from minicnn.preprocessing.model_input import picture_shape, pixel_range

# The page computes number by number, and softmax
ACTIVATIONS = {name: KNOWN[name] for name in KNOWN if name != "log_softmax"}
FORMAT = 2
Weights = dict[str, ndarray]
_SMALLEST = (
    5  # rows and columns of a picture whose shape says no more than how many numbers there are
)


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
    model: Model, examples: Examples | None = None, class_names: Sequence[object] | None = None
) -> dict[str, Any]:
    """Return all data of a model that the page needs."""
    examples = examples or Examples.none()
    check_shapes(model)
    parts = model_parts(model)
    loss = loss_data(model)
    is_class = [isinstance(label, int) for label in examples.labels if label is not None]
    answer = answer_of(model, class_names is not None or (any(is_class) and all(is_class)))
    # A sequence that is convolved is shown as an image with one row.
    wide = any(part.layer.family == "convolution" and len(part.shape) == 3 for part in parts)
    given = _given(model, parts, examples, wide)
    return {
        "format": FORMAT,
        "name": model.name,
        "inputShape": _sizes(model.input_shape, wide),
        "picture": picture_data(model.input_shape[1:]),
        "valueRange": list(_value_range(model, examples)),
        "classNames": _names(class_names, answer, model.output_shape[1]),
        "answer": {"kind": answer.kind, "logits": answer.logits},
        "loss": loss | ({"name": None} if given else {}),
        "given": [parts[i].layer.name for i in given],
        **optimizer_data(model),
        "layers": [given.get(i) or layer_data(part, wide) for i, part in enumerate(parts)],
        "examples": [
            tensor_data(image, wide) | {"label": label}
            for image, label in zip(examples.images, examples.labels, strict=True)
        ],
    }


def model_parts(model: Model) -> list[Part]:
    """Return the layers that the page shows, each after those that it reads."""
    parts: list[Part] = []
    places = [-1]  # of each value of the graph
    firsts: dict[tuple[Layer, int], int] = {}
    for layer, inputs in model.graph.nodes:
        read = [places[value] for value in inputs]
        chain = layer.chain() if layer.family == "chain" else []
        for number, one in enumerate(chain if chain and all(map(_is_known, chain)) else [layer]):
            shapes = [parts[i].output_shape if i >= 0 else model.input_shape for i in read]
            shared = firsts.setdefault((layer, number), len(parts))
            shape = shapes[0] if len(shapes) == 1 else shapes
            parts.append(Part(one, read, shape, shared, len(places)))
            read = [len(parts) - 1]
        places.append(len(parts) - 1)
    return parts


def layer_weights(model: Model) -> list[Weights]:
    """Return the weights of every layer of the page."""
    return [_weights(part.layer) for part in model_parts(model)]


def layer_data(part: Part, wide: bool = False) -> dict[str, Any]:
    """Return a part: its family's computation, activation, shapes of one example, weights."""
    layer, shape = part.layer, part.shape
    computation = _COMPUTATIONS[layer.family](layer, shape)
    return _frame(part, wide) | {
        "family": getattr(layer, "operation", layer.family),
        "computation": computation,
        "activation": _activation_data(layer, len(part.output_shape)),
        "trainable": layer.trainable_names,
        "penalties": penalty_data(layer),
        "constraints": constraint_data(layer),
    }


def _frame(part: Part, wide: bool) -> dict[str, Any]:
    """Return what the page shows of every layer, whatever it computes."""
    several = isinstance(part.shape, list)
    sizes = [sum(math.prod(shape[1:]) for shape in part.shape)] if several else part.shape[1:]
    return {
        "name": part.layer.name,
        "kind": type(part.layer).__name__,
        "from": part.inputs,
        "shared": part.shared,
        "inputShape": _sizes((None, *sizes), wide),
        "outputShape": _sizes(part.output_shape, wide),
        "weights": {name: tensor_data(values) for name, values in _weights(part.layer).items()},
    }


def _given(
    model: Model, parts: list[Part], examples: Examples, wide: bool
) -> dict[int, dict[str, Any]]:
    """Return the parts that the page cannot compute, with their outputs for the examples."""
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
    values = model.graph.forward(np.stack(examples.images), caches=False, values=True).values
    return {
        i: _frame(parts[i], wide)
        | {
            "family": "given",
            "computation": {"outputs": [tensor_data(one, wide) for one in values[parts[i].value]]},
            "activation": {"name": "linear", "parameters": {}},
            "trainable": [],
            "penalties": {},
            "constraints": {},
        }
        for i in unknown
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
    return {
        "sources": None if described.is_identity else _base64(described.sources, "<i4"),
        "factors": None if factors is None else _base64(factors, "<f8"),
        "terms": described.sources.shape[1],
        "inner": described.inner,
        "window": described.window,
        "allWinners": described.all_winners,
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
    """Return axis (from the end) and epsilon; the rest are the layer's weights."""
    described = layer.normalization()
    return {"axis": from_end(described.axis, len(shape)), "epsilon": described.epsilon}


_COMPUTATIONS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "activation": lambda layer, shape: {},
    "convolution": _convolution,
    "dense": lambda layer, shape: {},
    "elementwise": _elementwise,
    "index_map": _index_map,
    "maximum": _index_map,
    "merge": _index_map,
    "normalization": _normalization,
}


def _base64(values: ndarray, dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype).tobytes()).decode()


def tensor_data(values: ndarray, wide: bool = False) -> dict[str, Any]:
    """Return an array: its shape, and its numbers as float32, little-endian, in base64."""
    return {"shape": _sizes((None, *values.shape), wide), "data": _base64(values, "<f4")}


def picture_data(shape: Sequence[int | None]) -> dict[str, Any] | None:
    """Return the size of the picture that an input is, or None; a few numbers are no picture."""
    height, width, channels = [size or 0 for size in shape] if len(shape) == 3 else (0, 0, 0)
    if len(shape) < 3:
        with suppress(ShapeError):
            height, width, channels = picture_shape((None, *shape))
        if min(height, width) < _SMALLEST:
            return None
    return {"height": height, "width": width, "channels": channels} if height else None


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


def check_shapes(model: Model) -> None:
    """Check that a model has one picture or row in and one row out."""
    graph = model.graph
    if graph.inputs > 1 or len(graph.outputs) > 1:
        raise ValueError(
            f"the page shows models with one input and one output, and this one has {graph.inputs} and "
            f"{len(graph.outputs)}. Explain a part of it: Model(one_input, one_output)."
        )
    if None in model.input_shape[1:]:
        raise ShapeError(
            f"the page needs an input of one size, and this model takes {model.input_shape}. Build one "
            "with a whole shape, Input((28, 28, 1)) for example, and give it model.get_weights()."
        )
    if len(model.output_shape) != 2:
        raise ShapeError(
            "the page shows models with one row of outputs, (batch, outputs), but this one has the "
            f"output shape {model.output_shape}. End it with Flatten() and Dense(10)."
        )


def _value_range(model: Model, examples: Examples) -> tuple[float, float]:
    """Return the values of a black and a white pixel: of the training, the examples, or a guess."""
    for seen in (model.trained_range, examples.range):
        if seen is not None and seen[0] < seen[1]:
            return pixel_range(seen)
    first = model.graph.layers[0]
    from_bytes = isinstance(first, Rescaling) and np.max(np.abs(first.scale)) < 0.1
    return (0.0, 255.0) if from_bytes else (0.0, 1.0)


def _names(class_names: Sequence[object] | None, answer: Answer, outputs: int) -> list[str]:
    """Return a name for every output, or for both answers of one yes-or-no output."""
    count = 2 if answer.kind == YES_NO else outputs
    names = range(count) if class_names is None else class_names
    if len(names) != count:
        raise ShapeError(
            f"class_names must be {count} names for this model, got {len(names)}: {list(names)!r}."
        )
    return [str(name) for name in names]
