"""Arguments of the pictures: models, images, classes and layers."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import signature
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.errors import NotReadyError, ShapeError, UnknownNameError, unknown_name
from minicnn.layers import Layer
from minicnn.layers.shapes import shape_text
from minicnn.models import Model
from minicnn.models.answer import NUMBERS, answer_of
from minicnn.preprocessing.model_input import Range, picture_shape, pixel_range
from minicnn.training.checks import check_array

ROUNDING = 1e-3  # tolerated outside 0…1


def built_layers(model: Model, caller: str) -> list[Layer]:
    """Return a model's layers after checking that their shapes are known."""
    if isinstance(model, type) or not hasattr(model, "layers"):
        raise TypeError(f"{caller} draws a model, got {model!r}. Write {caller}(model).")
    layers = list(model.layers)
    if not layers:
        raise ValueError(f"{caller} got a model without layers. Add one: model.add(Dense(10)).")
    if not model.built:
        raise NotReadyError(
            f"{caller} draws shapes, and this model's are not known yet. Begin it with "
            "Input((28, 28, 1)), or call model.build((None, 28, 28, 1)) first."
        )
    return layers


def refuse(function: Callable[..., Any], unknown: Iterable[str], advice: Mapping[str, str]) -> None:
    """Raise an error for the first of the unknown arguments, with what to write instead."""
    name = function.__name__
    for argument in unknown:
        if argument in advice:
            raise UnknownNameError(
                f"minicnn's {name} has no argument {argument!r}. {advice[argument]}"
            )
        parameters = signature(function).parameters
        known = [key for key, value in parameters.items() if value.kind is not value.VAR_KEYWORD]
        raise unknown_name(f"argument of {name}", argument, known)


def as_batch(model: Model, image: Any, caller: str) -> ndarray:
    """Return one image as the batch of one that a model takes."""
    array = check_array("image", image)
    expected = model.input_shape[1:]
    if _fits(array.shape, (1, *expected)):
        batch = array
    elif _fits(array.shape, expected):
        batch = array[np.newaxis]
    elif expected[-1] == 1 and _fits(array.shape, expected[:-1]):
        batch = array[np.newaxis, ..., np.newaxis]
    elif 1 in (array.ndim, len(expected)) and array.size == math.prod(
        size or 0 for size in expected
    ):
        batch = array.reshape(1, *expected)  # flat pixels
    else:
        several = _fits(array.shape[1:], expected) or _fits((*array.shape[1:], 1), expected)
        hint = f": {len(array)} images. Use one of them, such as images[0]." if several else "."
        raise ShapeError(
            f"{caller} takes one image, of shape {shape_text(expected)} for this model, "
            f"got {array.shape}{hint}"
        )
    return model.prepare_input(batch, "predict", training=False)


def as_pictures(batch: ndarray) -> ndarray:
    """Return inputs of a model as pictures (examples, height, width, channels)."""
    if batch.ndim == 4:
        return batch
    return batch.reshape(len(batch), *picture_shape(batch.shape))


class Subject(NamedTuple):
    """An image, and what a model says of it."""

    batch: ndarray  # as the model takes it
    picture: ndarray  # (height, width, channels)
    black_white: Range
    probabilities: ndarray
    class_index: int  # the class in question
    names: list[str]

    @property
    def title(self) -> str:
        """Name and probability of the class."""
        return f"{self.name}: {percent(self.probabilities[self.class_index])}"

    @property
    def name(self) -> str:
        """Name of the class."""
        return self.names[self.class_index]


def subject(
    model: Model,
    image: Any,
    caller: str,
    class_index: int | None = None,
    class_names: Sequence[object] | None = None,
) -> Subject:
    """Return an image with the model's answer; without `class_index`, the likeliest class."""
    batch = as_batch(model, image, caller)
    probabilities = probabilities_of(model, model.compute_outputs(batch))[0]
    chosen = class_or_likeliest(class_index, probabilities)
    names = class_labels(class_names, len(probabilities))
    (picture,) = as_pictures(batch)
    return Subject(batch, picture, shown_range(model, batch), probabilities, chosen, names)


def probabilities_of(model: Model, outputs: ndarray) -> ndarray:
    """Return a model's outputs as one probability per class; of both classes for one output."""
    if outputs.ndim != 2:
        raise ShapeError(
            "this picture needs a model that returns one probability per class, (batch, classes). This "
            f"one returns {outputs.shape}: end it with Flatten() and "
            "Dense(classes, activation='softmax')."
        )
    answer = answer_of(model)
    if answer.kind != NUMBERS:
        return answer.probabilities(outputs)
    least, greatest = float(outputs.min()), float(outputs.max())
    if least < -ROUNDING or greatest > 1 + ROUNDING:
        raise ValueError(
            f"the model's outputs are not probabilities: they range from {least:.3g} to {greatest:.3g}. "
            "End the model with softmax: model.add(Softmax()). If they are logits, compile it with "
            "SparseCategoricalCrossentropy(from_logits=True)."
        )
    return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs


def shown_range(model: Model, images: ndarray) -> Range:
    """Return the numbers to draw black and white: those of the training data, or of the images."""
    return pixel_range(model.trained_range or (images.min(), images.max()))


def class_or_likeliest(class_index: int | None, scores: ndarray) -> int:
    """Return `class_index` after checking it, or the class with the highest score for None."""
    if class_index is None:
        return int(np.argmax(scores))
    if not isinstance(class_index, (int, np.integer)) or not 0 <= class_index < len(scores):
        raise ValueError(
            f"class_index must be the index of a class, 0 to {len(scores) - 1}, got {class_index!r}."
        )
    return int(class_index)


def class_labels(class_names: Sequence[object] | None, classes: int) -> list[str]:
    """Return the names of the classes, by default their indices."""
    names = [str(name) for name in (range(classes) if class_names is None else class_names)]
    if len(names) != classes:
        raise ShapeError(f"class_names lists {len(names)} names, but there are {classes} classes.")
    return names


def layer_index(model: Model, layer: Layer | str | int) -> int:
    """Return the index of a layer, given as layer, name or index."""
    if isinstance(layer, str):
        layer = model.get_layer(layer)
    elif not isinstance(layer, Layer):
        layer = model.get_layer(index=layer)
    for index, candidate in enumerate(model.layers):
        if candidate is layer:
            return index
    raise ValueError(f"{layer.describe()} is not a layer of this model: use one of model.layers.")


def percent(probability: float) -> str:
    """Format a probability; only certainty would be 100 %."""
    if probability < 0.001:
        return "< 0.1 %"
    return "> 99.9 %" if probability > 0.999 else f"{probability:.1%}".replace("%", " %")


def _fits(shape: Sequence[int], expected: Sequence[int | None]) -> bool:
    return len(shape) == len(expected) and all(
        size is None or size == got for got, size in zip(shape, expected, strict=True)
    )
