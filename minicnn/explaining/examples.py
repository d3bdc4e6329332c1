"""Choose a few examples for the page, evenly over the classes, and few enough for a small file."""

import math
from collections import Counter
from typing import Any, NamedTuple, Self

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers.shapes import known_sizes
from minicnn.models import Model
from minicnn.training import inputs

MOST = 20  # examples on a page
MOST_NUMBERS = 200_000  # in all of them together: about 1 MB in the file

Label = int | float | list[float] | None


class Examples(NamedTuple):
    """Examples to pick on the page: of each a list of its inputs, and one of the outputs' labels."""

    images: list[list[ndarray]]
    labels: list[list[Label]]
    ranges: list[tuple[float, float]]  # of all data of each input

    @property
    def batches(self) -> list[ndarray]:
        """The examples as a batch for each input."""
        return [np.stack(images) for images in zip(*self.images, strict=True)]

    @classmethod
    def none(cls) -> Self:
        """Return no examples."""
        return cls([], [], [])


def choose_examples(model: Model, x: Any, y: Any = None) -> Examples:
    """Choose examples: the first of every class, then the second of every class, and so on."""
    if x is None:
        if y is not None:
            raise ShapeError("explain got labels without examples: write explain(model, x, y).")
        return Examples.none()
    if len(model.input_shapes) == 1 and np.shape(x) == model.input_shape[1:]:  # one example
        x = np.asarray(x)[np.newaxis]
        if y is not None:
            labels_of_it = y if len(model.output_shapes) > 1 else [y]
            y = [np.asarray(label)[np.newaxis] for label in labels_of_it]
    data = inputs.arrays(x, y, names=model.names)
    arrays = _listed(model.prepare_input(data.x, "predict", training=False))
    targets = [None] * len(model.output_shapes) if data.y is None else _listed(data.y)
    labels: list[list[Label]] = [
        [None] * len(arrays[0]) if target is None else _labels(target, known_sizes(shape))
        for target, shape in zip(targets, model.output_shapes, strict=True)
    ]
    numbers = sum(math.prod(array.shape[1:]) for array in arrays)
    numbers += sum(math.prod(known_sizes(shape)) for shape in model.output_shapes if len(shape) > 2)
    most = max(1, min(MOST, MOST_NUMBERS // numbers))
    classes = (one for one in labels if all(isinstance(label, int) for label in one))
    chosen = _in_turns(next(classes, labels[0]))[:most]
    return Examples(
        [[array[index] for array in arrays] for index in chosen],
        [[one[index] for one in labels] for index in chosen],
        [(float(array.min()), float(array.max())) for array in arrays],
    )


def _listed(arrays: Any) -> list[Any]:
    return arrays if isinstance(arrays, list) else [arrays]


def _in_turns(labels: list[Label]) -> list[int]:
    """Return the indices of the examples: the first of every class, the second of every class …."""
    if not all(isinstance(label, int) for label in labels):
        return list(range(len(labels)))
    seen: Counter[Label] = Counter()
    turns = []
    for index, label in enumerate(labels):
        seen[label] += 1
        turns.append((seen[label], label, index))
    return [index for *_, index in sorted(turns)]


def _labels(y: ndarray, shape: tuple[int, ...]) -> list[Label]:
    """Return each label in the form of the page: a class, a number, or a number for each output."""
    outputs = math.prod(shape)
    if len(shape) > 1:
        if y.shape[1:] == shape[:-1] != () and outputs != math.prod(y.shape[1:]):
            return [None] * len(y)  # a class for each pixel, from which the page does not learn
        if y.size != len(y) * outputs:
            raise ShapeError(
                f"explain takes y in the shape of the output, {('examples', *shape)}, got {y.shape}."
            )
        return list(y.reshape(len(y), -1).tolist())
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 1 and outputs == 1:
        return [int(one) if float(one).is_integer() else float(one) for one in y]
    if y.ndim == 2 and y.shape[1] == outputs:
        one_hot = np.all((y == 0) | (y == 1)) and np.all(y.sum(axis=1) == 1)
        return y.argmax(axis=1).tolist() if one_hot else y.tolist()
    if y.ndim != 1:
        raise ShapeError(
            f"explain takes y as class numbers, (examples,), or a number for each output, (examples, "
            f"{outputs}), got shape {y.shape}."
        )
    wrong = y[(y != np.floor(y)) | (y < 0) | (y >= outputs)]
    if wrong.size:
        raise ValueError(
            f"the model's classes are 0 to {outputs - 1}, but y contains {wrong[0].item()!r}. Leave out "
            "such examples."
        )
    return y.astype(int).tolist()
