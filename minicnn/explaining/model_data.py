"""A model in the form that the page reads: layers, weights, loss, and how to draw its input.

``page/arithmetic/README.md`` describes the format.
"""

import base64
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.activations import KNOWN, Activation
from minicnn.errors import ShapeError
from minicnn.explaining.examples import Examples
from minicnn.explaining.learning import loss_data, optimizer_data, penalty_data
from minicnn.layers import Layer, Rescaling
from minicnn.models import Model
from minicnn.models.answer import YES_NO, Answer, answer_of
from minicnn.preprocessing.model_input import picture_shape, pixel_range

# The page computes number by number, and softmax
ACTIVATIONS = {name: KNOWN[name] for name in KNOWN if name != "log_softmax"}
FORMAT = 2
Weights = dict[str, ndarray]
_SMALLEST = 5  # rows of a picture whose shape says no more than how many numbers there are


def model_data(
    model: Model, examples: Examples | None = None, class_names: Sequence[object] | None = None
) -> dict[str, Any]:
    """Return all data of a model that the page needs."""
    examples = examples or Examples.none()
    check_shapes(model)
    loss = loss_data(model)
    is_class = [isinstance(label, int) for label in examples.labels if label is not None]
    answer = answer_of(model, class_names is not None or (any(is_class) and all(is_class)))
    return {
        "format": FORMAT,
        "name": model.name,
        "inputShape": list(model.input_shape[1:]),
        "picture": picture_data(model.input_shape[1:]),
        "valueRange": list(_value_range(model, examples)),
        "classNames": _names(class_names, answer, model.output_shape[1]),
        "answer": {"kind": answer.kind, "logits": answer.logits},
        "loss": loss,
        "optimizer": optimizer_data(model),
        "layers": [layer_data(part) for part in _parts(model)],
        "examples": [
            tensor_data(image) | {"label": label}
            for image, label in zip(examples.images, examples.labels, strict=True)
        ],
    }


def _parts(model: Model) -> list[Layer]:
    """Return the layers that the page shows: those of the model, or of a layer that is a chain."""
    called = [node.layer for node in model.graph.nodes]
    return [part for one in called for part in (one.chain() if one.family == "chain" else [one])]


def layer_weights(model: Model) -> list[Weights]:
    """Return the weights of every layer of the page."""
    return [_weights(part) for part in _parts(model)]


def layer_data(layer: Layer) -> dict[str, Any]:
    """Return a built layer: its family's computation, activation, shapes of one example, weights."""
    if layer.family not in _COMPUTATIONS:
        raise ValueError(
            f"the page does not know {layer.describe()}, a custom layer: it cannot compute it in the "
            "browser. If it belongs to a family, set that and its method: see docs/add_a_layer.md."
        )
    return {
        "name": layer.name,
        "kind": type(layer).__name__,
        "family": layer.family,
        "computation": _COMPUTATIONS[layer.family](layer),
        "activation": _activation_data(layer),
        "inputShape": list(layer.input_shape[1:]),
        "outputShape": list(layer.output_shape[1:]),
        "trainable": layer.trainable_names,
        "penalties": penalty_data(layer),
        "weights": {name: tensor_data(values) for name, values in _weights(layer).items()},
    }


def _weights(layer: Layer) -> Weights:
    """Return the weights by name; a depthwise kernel has the shape of a grouped one's."""
    weights = {name: getattr(layer, name) for name in layer.weight_names}
    if layer.family == "convolution":
        weights["kernel"] = layer.convolution().kernel
    return weights


def _index_map(layer: Layer) -> dict[str, Any]:
    """Return the sources as int32 and the factors as float64, in base64."""
    described = layer.index_map(layer.input_shape)
    factors = described.factors
    return {
        "sources": None if described.is_identity else _base64(described.sources, "<i4"),
        "factors": None if factors is None else _base64(factors, "<f8"),
        "terms": described.sources.shape[1],
        "inner": described.inner,
        "window": described.window,
        "allWinners": described.all_winners,
    }


def _elementwise(layer: Layer) -> dict[str, Any]:
    """Return scale and offset: one number, or a list that repeats along the example."""
    scale, offset, _ = layer.elementwise(layer.input_shape)
    sizes: Any = layer.input_shape[1:]
    return {"scale": _repeating(scale, sizes), "offset": _repeating(offset, sizes)}


def _repeating(values: Any, sizes: tuple[int, ...]) -> float | list[float]:
    array = np.asarray(values, np.float64)
    if np.all(array == array.ravel()[0]):
        return float(array.ravel()[0])
    if array.shape == sizes[-array.ndim :]:
        return array.ravel().tolist()
    return np.broadcast_to(array, sizes).ravel().tolist()


def _convolution(layer: Layer) -> dict[str, Any]:
    if len(layer.input_shape) != 4:
        raise ValueError(f"the page does not show sequences yet, as {layer.describe()} takes them.")
    _, _, strides, padding, dilation_rate, groups = layer.convolution()
    return {"strides": strides, "padding": padding, "dilationRate": dilation_rate, "groups": groups}


def _normalization(layer: Layer) -> dict[str, Any]:
    """Return axis (of one example) and epsilon; the rest are the layer's weights."""
    described = layer.normalization()
    axis = described.axis % len(layer.input_shape) - 1
    return {"axis": axis, "epsilon": described.epsilon}


_COMPUTATIONS: dict[str, Callable[[Layer], dict[str, Any]]] = {
    "activation": lambda layer: {},
    "convolution": _convolution,
    "dense": lambda layer: {},
    "elementwise": _elementwise,
    "index_map": _index_map,
    "maximum": _index_map,
    "normalization": _normalization,
}


def _base64(values: ndarray, dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype).tobytes()).decode()


def tensor_data(values: ndarray) -> dict[str, Any]:
    """Return an array: its shape, and its numbers as float32, little-endian, in base64."""
    return {"shape": list(values.shape), "data": _base64(values, "<f4")}


def picture_data(shape: Sequence[int | None]) -> dict[str, Any] | None:
    """Return the size of the picture that an input is, or None; a few numbers are no picture."""
    height, width, channels = [size or 0 for size in shape] if len(shape) == 3 else (0, 0, 0)
    if len(shape) < 3:
        with suppress(ShapeError):
            height, width, channels = picture_shape((None, *shape))
        if height < _SMALLEST:
            return None
    return {"height": height, "width": width, "channels": channels} if height else None


def _activation_data(layer: Any) -> dict[str, Any]:
    """Return name and parameters of a layer's activation; "linear" where it has none."""
    activation = getattr(layer, "activation", ACTIVATIONS["linear"])
    if type(activation) is not Activation or activation.name not in ACTIVATIONS:
        raise ValueError(
            f"the page does not know the activation {activation.name} of {layer.describe()}, a custom "
            f"function. It knows: {', '.join(ACTIVATIONS)}."
        )
    return {"name": activation.name, "parameters": activation.parameters}


def check_shapes(model: Model) -> None:
    """Check that a model is a chain of layers with one picture or row in and one row out."""
    nodes, graph = model.graph.nodes, model.graph
    chain = [node.inputs for node in nodes] == [(i,) for i in range(len(nodes))]
    if not chain or len(graph.layers) < len(nodes) or graph.outputs != (len(nodes),):
        raise ValueError(
            "the page shows chains of layers, and this model has branches or calls a layer twice. "
            "Explain a part of it that is a chain, such as Model(model.input, layer.output)."
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
