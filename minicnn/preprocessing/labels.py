"""Whole-number labels as one-hot vectors."""

import operator

import numpy as np
import numpy.typing as npt


def to_categorical(x: npt.ArrayLike, num_classes: int | None = None) -> np.ndarray:
    """Turn class numbers into one-hot vectors: 1 at the class, 0 elsewhere.

    Parameters
    ----------
    x : array_like of whole numbers, any shape
        Classes, from 0. A last axis of length 1 is dropped, as in Keras.
    num_classes : int, optional
        Length of the vectors; by default the largest class + 1.

    Returns
    -------
    ndarray of float64, shape x.shape + (num_classes,)

    Raises
    ------
    ValueError
        If a label is negative, fractional or too large, or there is none to count classes by.

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
    labels = _whole_numbers(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    count = _number_of_classes(labels, num_classes)
    vectors = np.zeros((labels.size, count))
    vectors[np.arange(labels.size), labels.ravel()] = 1
    return vectors.reshape(*labels.shape, count)


def _whole_numbers(x: npt.ArrayLike) -> np.ndarray:
    """Return the labels as int64, all of them at least 0."""
    values = np.asarray(x)
    if values.dtype.kind not in "bui":
        try:
            values = values.astype(np.float64)
        except (TypeError, ValueError):
            raise ValueError(
                f"to_categorical takes whole numbers, got {values.dtype} such as "
                f"{values.flat[0]!r}. Number the classes first: "
                "names, x = numpy.unique(labels, return_inverse=True)."
            ) from None
        odd = values[~(np.isfinite(values) & (values == np.floor(values)))]
        if odd.size:
            raise ValueError(f"to_categorical takes whole numbers, got the label {odd[0]}.")
    if values.size and values.min() < 0:
        raise ValueError(
            f"to_categorical takes labels from 0 up, got {values.min()}. "
            "Number the classes from 0: names, x = numpy.unique(labels, return_inverse=True)."
        )
    return values.astype(np.int64)


def _number_of_classes(labels: np.ndarray, num_classes: int | None) -> int:
    """Return the length of the vectors, checked against the labels."""
    if num_classes is None:
        if not labels.size:
            raise ValueError("to_categorical got no labels to count classes by: pass num_classes.")
        return int(labels.max()) + 1
    try:
        count = operator.index(num_classes)
    except TypeError:
        count = 0
    if count < 1:
        raise ValueError(f"num_classes must be a whole number from 1 up, got {num_classes!r}.")
    if labels.size and labels.max() >= count:
        raise ValueError(
            f"to_categorical got label {labels.max()}, but num_classes={count} allows 0 to "
            f"{count - 1}: pass num_classes={labels.max() + 1}, or number the classes from 0."
        )
    return count
