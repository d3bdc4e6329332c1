"""Labels of one example, as learners give them: a class number, or one-hot."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError


def distribution(y: ArrayLike, shape: tuple[int, ...]) -> ndarray:
    """Return a label as a distribution over the classes: 1 for the right one, 0 for the others."""
    array, classes = np.asarray(y), shape[-1]
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"a label is the number of a class, or one-hot, got {y!r}. For a name write "
            "class_names.index(name)."
        )
    for given in (array, array[0] if array.ndim and len(array) == 1 else array):
        if given.shape == shape and (classes > 1 or given.dtype.kind == "f"):
            return _one_hot(given)
        if given.shape in (shape[:-1], (*shape[:-1], 1)):
            return _from_numbers(given.reshape(shape[:-1]), classes)
    raise ShapeError(
        f"a label for outputs of shape {shape} is a class number, shape {shape[:-1]}, or one-hot, "
        f"shape {shape}; got shape {array.shape}. Take one example's: y[0]."
    )


def _one_hot(label: ndarray) -> ndarray:
    wrong = label[~np.isfinite(label) | (label < 0)]
    if wrong.size:
        raise ValueError(f"a one-hot label holds 1 at the right class, else 0, got {wrong[0]}.")
    return label.astype(np.float64)


def _from_numbers(label: ndarray, classes: int) -> ndarray:
    whole = np.isfinite(label) & (label == np.floor(label))
    wrong = label[~whole | (label < 0) | (label >= classes)]
    if wrong.size:
        raise ValueError(
            f"there are {classes} classes, numbered from 0 to {classes - 1}, got the label "
            f"{wrong[0]}. Count the classes from 0."
        )
    return np.eye(classes)[label.astype(np.int64)]
