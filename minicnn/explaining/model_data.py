"""A model as the page reads it: layers, weights, loss, and how its input can be drawn.

``page/arithmetic/README.md`` describes the format.
"""

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import layers
from minicnn.activations import KNOWN as ACTIVATIONS
from minicnn.activations import Activation
from minicnn.errors import ShapeError
from minicnn.explaining.examples import Examples
from minicnn.explaining.learning import loss_data, optimizer_data, penalty_data
from minicnn.layers import Layer, Rescaling

FORMAT = 1

# What ``page/arithmetic/layers.js`` knows: all of minicnn's.
KINDS = (
    "Activation", "AveragePooling2D", "BatchNormalization", "Conv2D", "Dense", "Dropout", "Flatten",
    "GlobalAveragePooling2D", "GlobalMaxPooling2D", "LeakyReLU", "MaxPooling2D", "ReLU",
    "Rescaling", "Reshape", "Softmax", "ZeroPadding2D",
)  # fmt: skip

# What says nothing about the arithmetic of a layer whose weights are there
_NOT_SHOWN = ("name", "dtype", "trainable", "activation", "data_format", "seed")


def model_data(
    model: Any, examples: Examples | None = None, class_names: Sequence[object] | None = None
) -> dict[str, Any]:
    """Return everything of a model that the page needs."""
    examples = examples or Examples.none()
    _check_shapes(model)
    loss = loss_data(model)
    return {
        "format": FORMAT,
        "name": model.name,
        "inputShape": list(model.input_shape[1:]),
        "picture": picture_data(model.input_shape[1:]),
        "valueRange": list(_value_range(model, examples)),
        "classNames": _names(class_names, model.output_shape[1], loss["name"]),
        "loss": loss,
        "optimizer": optimizer_data(model),
        "layers": [layer_data(layer) for layer in model.layers],
        "examples": [
            tensor_data(image) | {"label": label}
            for image, label in zip(examples.images, examples.labels, strict=True)
        ],
    }


def layer_data(layer: Layer) -> dict[str, Any]:
    """Return a built layer: kind, config, activation, shapes of one example, weights."""
    kind = type(layer).__name__
    if kind not in KINDS or type(layer) is not getattr(layers, kind):
        raise ValueError(
            f"the page does not know {layer.describe()}, a layer of your own: its arithmetic would "
            f"have to be written in JavaScript too. It knows: {', '.join(KINDS)}."
        )
    config = layer.get_config()
    return {
        "name": layer.name,
        "kind": kind,
        "config": {name: value for name, value in config.items() if _is_shown(name)},
        "activation": _activation_data(layer),
        "inputShape": list(layer.input_shape[1:]),
        "outputShape": list(layer.output_shape[1:]),
        "trainable": layer.trainable_names,
        "penalties": penalty_data(layer),
        "weights": {name: tensor_data(getattr(layer, name)) for name in layer.weight_names},
    }


def tensor_data(values: ndarray) -> dict[str, Any]:
    """Return an array: its shape, and its numbers as float32, little-endian, in base64."""
    numbers = np.ascontiguousarray(values, "<f4")
    return {"shape": list(values.shape), "data": base64.b64encode(numbers.tobytes()).decode()}


def picture_data(shape: Sequence[int]) -> dict[str, int] | None:
    """Return how an input can be drawn: its own sizes, or the square that a row of numbers makes."""
    side = math.isqrt(math.prod(shape))
    if len(shape) == 3:
        height, width, channels = shape
    elif len(shape) == 1 and side > 1 and side * side == shape[0]:
        height, width, channels = side, side, 1
    else:
        return None
    return {"height": height, "width": width, "channels": channels}


def _activation_data(layer: Any) -> dict[str, Any]:
    """Return name and parameters of a layer's activation; "linear" where it has none."""
    activation = getattr(layer, "activation", ACTIVATIONS["linear"])
    if type(activation) is not Activation or activation.name not in ACTIVATIONS:
        raise ValueError(
            f"the page does not know the activation {activation.name} of {layer.describe()}, a "
            f"function of your own. It knows: {', '.join(ACTIVATIONS)}."
        )
    return {"name": activation.name, "parameters": activation.parameters}


def _is_shown(name: str) -> bool:
    return name not in _NOT_SHOWN and not name.endswith(("_initializer", "_regularizer"))


def _check_shapes(model: Any) -> None:
    if None in model.input_shape[1:]:
        raise ShapeError(
            f"the page needs an input of one size, and this model takes {model.input_shape}. Build one "
            "with a whole shape, Input((28, 28, 1)) for example, and give it model.get_weights()."
        )
    if len(model.output_shape) != 2:
        raise ShapeError(
            "the page shows models with one row of outputs, (batch, outputs), and this one gives "
            f"{model.output_shape}. End it with Flatten() or GlobalAveragePooling2D(), and Dense(10)."
        )


def _value_range(model: Any, examples: Examples) -> tuple[float, float]:
    """Return what an empty and a full pixel are: as in training, in the examples, or most likely."""
    for known in (model.trained_range, examples.range):
        if known is not None and known[0] < known[1]:
            return float(known[0]), float(known[1])
    first = model.layers[0]
    from_bytes = isinstance(first, Rescaling) and np.max(np.abs(first.scale)) < 0.1
    return (0.0, 255.0) if from_bytes else (0.0, 1.0)


def _names(class_names: Sequence[object] | None, outputs: int, loss: str) -> list[str]:
    """Return a name for every class, or for both answers of one yes-or-no output."""
    count = 2 if outputs == 1 and loss == "binary_crossentropy" else outputs
    names = range(count) if class_names is None else class_names
    if len(names) != count:
        raise ShapeError(
            f"class_names takes {count} names for this model, got {len(names)}: {list(names)!r}."
        )
    return [str(name) for name in names]
