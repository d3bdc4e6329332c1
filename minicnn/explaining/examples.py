"""Choose a few examples for the page, evenly over the classes, and few enough for a small file."""

import math
from typing import Any, NamedTuple, Self

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.models import Model
from minicnn.training import inputs

MOST = 20  # examples on a page
MOST_NUMBERS = 200_000  # in all of them together: about 1 MB in the file

Label = int | float | list[float] | None


class Examples(NamedTuple):
    """Examples to pick on the page: images, labels, and the range of all data."""

    images: list[ndarray]
    labels: list[Label]  # a class, the number of a single output, a row of numbers, or None
    range: tuple[float, float] | None

    @classmethod
    def none(cls) -> Self:
        """Return no examples."""
        return cls([], [], None)


def choose_examples(model: Model, x: Any, y: Any = None) -> Examples:
    """Choose examples: the first of every class, then the second of every class, and so on."""
    if x is None:
        if y is not None:
            raise ShapeError("explain got labels without examples: write explain(model, x, y).")
        return Examples.none()
    if np.shape(x) == model.input_shape[1:]:  # one example, and its label
        x, y = np.asarray(x)[np.newaxis], None if y is None else np.asarray(y)[np.newaxis]
    data = inputs.arrays(x, y)
    data = data._replace(x=model.prepare_input(data.x, "predict", training=False))
    outputs = model.output_shape[-1]
    labels: list[Label] = [None] * len(data.x) if data.y is None else _labels(data.y, outputs)
    most = max(1, min(MOST, MOST_NUMBERS // math.prod(data.x.shape[1:])))
    chosen = _in_turns(labels)[:most]
    return Examples(
        [data.x[index] for index in chosen],
        [labels[index] for index in chosen],
        (float(data.x.min()), float(data.x.max())),
    )


def _in_turns(labels: list[Label]) -> list[int]:
    """Return the indices of the examples: the first of every class, the second of every class …."""
    if not all(isinstance(label, int) for label in labels):
        return list(range(len(labels)))
    seen: dict[Label, int] = {}
    turns = []
    for index, label in enumerate(labels):
        seen[label] = seen.get(label, 0) + 1
        turns.append((seen[label], label, index))
    return [index for *_, index in sorted(turns)]


def _labels(y: ndarray, outputs: int) -> list[Label]:
    """Return each label in the form of the page: a class, a number, or a number for each output."""
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
    if not np.all((y == np.floor(y)) & (y >= 0) & (y < outputs)):
        wrong = y[(y != np.floor(y)) | (y < 0) | (y >= outputs)][0]
        raise ValueError(
            f"the model's classes are 0 to {outputs - 1}, but y contains {wrong.item()!r}. Leave out "
            "such examples."
        )
    return y.astype(int).tolist()
