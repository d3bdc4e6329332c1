"""One-hot vectors, and vectors of length 1."""

from typing import Any

import numpy as np
import numpy.typing as npt

from minicnn import checks
from minicnn.errors import unknown_name, warn, warn_renamed

_OLD_NAMES = {"y": "x", "nb_classes": "num_classes"}


def to_categorical(
    x: npt.ArrayLike = (),
    num_classes: int | None = None,
    dtype: npt.DTypeLike | None = None,
    **old: Any,
) -> np.ndarray:
    """Return integer class labels as one-hot vectors: 1 at the class, 0 elsewhere.

    Parameters
    ----------
    x : array_like of integers, any shape
        Classes, from 0. A last axis of length 1 is dropped, as in Keras.
    num_classes : int, optional
        Length of the vectors; by default the largest class + 1.
    dtype : optional
        As in Keras 2; today ``to_categorical(...).astype(dtype)``.
    **old
        `x` and `num_classes` under their names of Keras 1 and 2, `y` and `nb_classes`.

    Returns
    -------
    ndarray of float64 or `dtype`, shape x.shape + (num_classes,)

    Raises
    ------
    ValueError
        If a label is negative, fractional or too large, or if `num_classes` is missing and `x` empty.
    UnknownNameError
        For any other argument.

    Examples
    --------
    >>> to_categorical([1, 0], num_classes=3)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    >>> to_categorical([5], num_classes=3)
    Traceback (most recent call last):
        ...
    ValueError: to_categorical got label 5, but num_classes=3 allows 0 to 2: ...
    """
    for name, value in old.items():
        if name not in _OLD_NAMES:
            raise unknown_name("argument of to_categorical", name, ("x", "num_classes"))
        warn_renamed("to_categorical", name, _OLD_NAMES[name])
        x, num_classes = (value, num_classes) if name == "y" else (x, value)
    if dtype is not None:
        warn("to_categorical: dtype is now written .astype(dtype).", DeprecationWarning)
    labels = _integer_labels(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None and not labels.size:
        raise ValueError("to_categorical cannot count the classes of no labels: pass num_classes.")
    highest = labels.max(initial=-1)
    count = highest + 1
    if num_classes is not None:
        count = checks.integer("to_categorical", "num_classes", num_classes)
    if highest >= count:
        raise ValueError(
            f"to_categorical got label {highest}, but num_classes={count} allows 0 to "
            f"{count - 1}: pass num_classes={highest + 1}, or number the classes from 0."
        )
    vectors = np.zeros((labels.size, count), np.float64 if dtype is None else dtype)
    vectors[np.arange(labels.size), labels.ravel()] = 1
    return vectors.reshape(*labels.shape, count)


def normalize(
    x: npt.ArrayLike, axis: int | tuple[int, int] | None = -1, order: float = 2
) -> np.ndarray:
    """Divide each vector along an axis by its norm: y = x / ‖x‖. Vectors of zeros stay zeros.

    To scale pictures to 0…1, write ``x / 255`` instead.

    Parameters
    ----------
    x : array_like of numbers, any shape
    axis : int, optional
        The axis of the vectors; None treats the whole array as one vector.
    order : float, optional
        The norm: 1 (sum of magnitudes), 2 (Euclidean), ``numpy.inf`` (largest magnitude), …

    Returns
    -------
    ndarray of x's shape, and of its dtype if that is floating, else float64
        Unlike Keras, which returns a vector as (1, n) and fails on axis 0 of most matrices.

    Examples
    --------
    >>> normalize([[3, 4], [0, 0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    values = np.asarray(x)
    norm = np.linalg.norm(values, order, axis, keepdims=True)
    return values / np.where(norm == 0, 1, norm).astype(norm.dtype)


def _integer_labels(x: npt.ArrayLike) -> np.ndarray:
    """Return the labels as int64, all of them at least 0."""
    values = np.asarray(x)
    if values.dtype.kind not in "bui":
        try:
            values = values.astype(np.float64)
        except (TypeError, ValueError):
            raise ValueError(
                f"to_categorical takes integers, got {values.dtype} such as "
                f"{values.flat[0]!r}. Number the classes first: "
                "names, x = numpy.unique(labels, return_inverse=True)."
            ) from None
        odd = values[~(np.isfinite(values) & (values == np.floor(values)))]
        if odd.size:
            raise ValueError(f"to_categorical takes integers, got the label {odd[0]}.")
    if values.size and values.min() < 0:
        raise ValueError(
            f"to_categorical takes labels >= 0, got {values.min()}. "
            "Number the classes from 0: names, x = numpy.unique(labels, return_inverse=True)."
        )
    return values.astype(np.int64)
