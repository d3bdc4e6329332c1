"""What pictures ask of a model: about one image, for probabilities, for a layer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers import Layer
from minicnn.layers.arguments import size_text
from minicnn.models import Sequential
from minicnn.training.checks import as_numbers

ROUNDING = 1e-3  # by which a probability may lie outside 0…1


def as_batch(model: Sequential, image: Any, asker: str) -> ndarray:
    """Return one image as the batch of one that a model takes."""
    array = as_numbers("image", image)
    expected = model.input_shape[1:]
    if _fits(array.shape, (1, *expected)):
        batch = array
    elif _fits(array.shape, expected):
        batch = array[np.newaxis]
    elif expected[-1] == 1 and _fits(array.shape, expected[:-1]):
        batch = array[np.newaxis, ..., np.newaxis]
    else:
        many = _fits(array.shape[1:], expected) or _fits((*array.shape[1:], 1), expected)
        hint = f": {len(array)} images. Take one of them, images[0] for example." if many else "."
        raise ShapeError(
            f"{asker} takes one image, of shape {size_text(expected)} for this model, "
            f"got {array.shape}{hint}"
        )
    model.check_input(batch, "predict", seen=True)
    return batch


def as_probabilities(outputs: ndarray) -> ndarray:
    """Return a model's outputs as one probability a class, after checking that they are."""
    if outputs.ndim != 2:
        raise ShapeError(
            "this picture is about classes, so it takes a model that returns one probability a class, "
            f"(batch, classes). This one returns {outputs.shape}: end it with Flatten() and "
            "Dense(classes, activation='softmax')."
        )
    least, greatest = float(outputs.min()), float(outputs.max())
    if least < -ROUNDING or greatest > 1 + ROUNDING:
        raise ValueError(
            f"the model's outputs are no probabilities: they go from {least:.3g} to {greatest:.3g}. "
            "Let it end in softmax: model.add(Softmax())."
        )
    return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs


def class_number(class_index: int | None, scores: ndarray) -> int:
    """Return the class that is meant: the likeliest where none is given."""
    if class_index is None:
        return int(np.argmax(scores))
    if not isinstance(class_index, (int, np.integer)) or not 0 <= class_index < len(scores):
        raise ValueError(
            f"class_index takes the number of a class, 0 to {len(scores) - 1}, got {class_index!r}."
        )
    return int(class_index)


def class_labels(class_names: Sequence[object] | None, classes: int) -> list[str]:
    """Return what to call the classes: their numbers where they have no names."""
    names = [str(name) for name in (range(classes) if class_names is None else class_names)]
    if len(names) != classes:
        raise ShapeError(f"class_names holds {len(names)} names, but there are {classes} classes.")
    return names


def layer_place(model: Sequential, layer: Layer | str | int) -> int:
    """Return which layer of the model is meant, counted from 0."""
    if isinstance(layer, str):
        layer = model.get_layer(layer)
    elif not isinstance(layer, Layer):
        layer = model.get_layer(index=layer)
    for place, own in enumerate(model.layers):
        if own is layer:
            return place
    raise ValueError(f"{layer.describe()} is no layer of this model: take one of model.layers.")


def percent(probability: float) -> str:
    """Write a probability as people read it; what is not certain is not called 100 %."""
    if probability < 0.001:
        return "< 0.1 %"
    return "> 99.9 %" if probability > 0.999 else f"{probability:.1%}".replace("%", " %")


def _fits(shape: Sequence[int], expected: Sequence[int | None]) -> bool:
    return len(shape) == len(expected) and all(
        size is None or size == got for got, size in zip(shape, expected, strict=True)
    )
