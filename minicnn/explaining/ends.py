"""Both ends of a model in the form that the page reads: how inputs are drawn, what outputs mean."""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from minicnn.errors import ShapeError
from minicnn.explaining.examples import Examples
from minicnn.explaining.learning import activation_name, losses_data
from minicnn.layers import Rescaling
from minicnn.layers.shapes import known_sizes
from minicnn.models import Model
from minicnn.models.answer import LABELS, NUMBERS, YES_NO, Answer, answer_of
from minicnn.preprocessing.model_input import picture_shape, pixel_range

_SMALLEST = 5  # rows and columns of a picture whose shape only says how many numbers there are

_MANY = 64  # outputs that are no answers but a picture, such as an autoencoder's
_UNNAMED = (LABELS, NUMBERS)


def check_shapes(model: Model) -> None:
    """Check that all sizes of inputs and outputs are known."""
    for shape in model.input_shapes:
        if None in shape[1:]:
            raise ShapeError(
                f"the page needs an input of one size, and this model takes {shape}. Build one "
                "with a whole shape, Input((28, 28, 1)) for example, and give it model.get_weights()."
            )
    for shape in model.output_shapes:
        if len(shape) < 2:
            raise ShapeError(
                "the page shows outputs with at least one number for each example, got the output "
                f"shape {shape}. End the model with Dense(1)."
            )


def input_size(model: Model) -> int:
    """Return how many numbers all inputs have together."""
    return sum(math.prod(known_sizes(shape)) for shape in model.input_shapes)


def inputs_data(model: Model, examples: Examples) -> list[dict[str, Any]]:
    """Return name, shape and pixels of each input; `layer` is the value of the graph."""
    return [
        {
            "name": name,
            "layer": index,
            "shape": shape[1:],
            "picture": picture_data(shape[1:]),
            "valueRange": list(_value_range(model, examples, index)),
        }
        for index, (name, shape) in enumerate(
            zip(model.input_names, model.input_shapes, strict=True)
        )
    ]


def outputs_data(model: Model, examples: Examples, class_names: Any) -> list[dict[str, Any]]:
    """Return name, meaning and loss of each output; `layer` is the value of the graph."""
    found = []
    for index, (name, shape, loss) in enumerate(
        zip(model.output_names, model.output_shapes, losses_data(model), strict=True)
    ):
        names = _names_of(class_names, name, index, model)
        labels = [labels[index] for labels in examples.labels if labels[index] is not None]
        are_classes = bool(labels) and all(isinstance(label, int) for label in labels)
        answer = answer_of(model, names is not None or are_classes, index)
        picture = None
        if len(shape) > 2 or (
            names is None and known_sizes(shape)[0] >= _MANY and answer.kind in _UNNAMED
        ):
            answer, picture = Answer(NUMBERS), picture_data(shape[1:])
        found.append(
            {
                "name": name,
                "layer": model.graph.outputs[index],
                "picture": picture if picture and picture["channels"] in (1, 3, 4) else None,
                "valueRange": _output_range(model, examples, index),
                "classNames": _names(names, answer, math.prod(known_sizes(shape))),
                "answer": {"kind": answer.kind, "logits": answer.logits},
                "loss": loss,
            }
        )
    return found


def picture_data(shape: Sequence[int | None]) -> dict[str, Any] | None:
    """Return the size of the picture that an input is, or None; a few numbers are no picture."""
    height, width, channels = [size or 0 for size in shape] if len(shape) == 3 else (0, 0, 0)
    if len(shape) < 3:
        with suppress(ShapeError):
            height, width, channels = picture_shape((None, *shape))
        if min(height, width) < _SMALLEST:
            return None
    return {"height": height, "width": width, "channels": channels} if height else None


def _value_range(model: Model, examples: Examples, index: int) -> tuple[float, float]:
    """Return the values of a black and a white pixel: of the training, the examples, or a guess."""
    seen = [model.trained_range, examples.ranges[index] if examples.ranges else None]
    for one in seen if len(model.input_shapes) == 1 else seen[::-1]:  # `fit` mixes several inputs
        if one is not None and one[0] < one[1]:
            return pixel_range(one)
    first = next((node.layer for node in model.graph.nodes if index in node.inputs), None)
    from_bytes = isinstance(first, Rescaling) and np.max(np.abs(first.scale)) < 0.1
    return (0.0, 255.0) if from_bytes else (0.0, 1.0)


def _output_range(model: Model, examples: Examples, index: int) -> list[float]:
    """Return black and white of an output that is a picture: of a sigmoid 0 and 1, else the input's."""
    sigmoid = activation_name(model.graph, model.graph.outputs[index]) == "sigmoid"
    return [0.0, 1.0] if sigmoid else list(_value_range(model, examples, 0))


def _names_of(class_names: Any, output: str, index: int, model: Model) -> Sequence[object] | None:
    """Return the names of an output's classes: of several outputs a list or dict of lists."""
    outputs = model.output_names
    if class_names is None or len(outputs) == 1:
        return class_names
    if isinstance(class_names, Mapping) and not set(class_names) - set(outputs):
        return class_names.get(output)
    if isinstance(class_names, Sequence) and len(class_names) == len(outputs):
        one = class_names[index]
        if one is None or (isinstance(one, Sequence) and not isinstance(one, str)):
            return one
    raise ShapeError(
        f"class_names must be names for each output of this model, a list of {len(outputs)} lists or "
        f"a dict with the keys {', '.join(map(repr, outputs))}, got {class_names!r}."
    )


def _names(class_names: Sequence[object] | None, answer: Answer, outputs: int) -> list[str]:
    """Return a name for every output, or for both answers of one yes-or-no output."""
    count = 2 if answer.kind == YES_NO else outputs
    names = range(count) if class_names is None else class_names
    if len(names) != count:
        raise ShapeError(
            f"class_names must be {count} names for this model, got {len(names)}: {list(names)!r}."
        )
    return [str(name) for name in names]
