"""How often the right class is among the best few."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.metrics.mean import MeanMetricWrapper
from minicnn.metrics.shapes import class_numbers, same_shape


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> ndarray:
    """Whether the class of that number is among the k best, as float32, (batch, ...).

    It is, if fewer than k predictions are larger: classes that tie at the edge are all in, as in
    TensorFlow's `in_top_k`. A sample with a prediction that is not finite is wrong.

    Parameters
    ----------
    y_true : (batch, ...) or (batch, ..., 1)
    y_pred : (batch, ..., classes)
        With `from_sorted_ids`, class numbers, the best first.
    k : int
    from_sorted_ids : bool

    Examples
    --------
    >>> sparse_top_k_categorical_accuracy([2, 1], [[0.1, 0.9, 0.8], [0.5, 0.2, 0.3]], k=2)
    array([1., 0.], dtype=float32)
    """
    labels, y_pred = class_numbers(y_true, y_pred, "sparse_top_k_categorical_accuracy")
    labels = labels[..., None]
    if from_sorted_ids:
        return (labels == y_pred[..., :k]).any(axis=-1).astype(np.float32)
    classes = y_pred.shape[-1]
    inside = np.clip(labels, 0, classes - 1).astype(np.int64)
    at_label = np.take_along_axis(y_pred, inside, axis=-1)
    in_top_k = (y_pred > at_label).sum(axis=-1) < k
    possible = np.isfinite(y_pred).all(axis=-1) & (inside == labels)[..., 0]
    return (in_top_k & possible).astype(np.float32)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> ndarray:
    """Whether the class of a one-hot label is among the k best, as float32, (batch, ...).

    Examples
    --------
    >>> y_true, y_pred = [[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.5, 0.2, 0.3]]
    >>> top_k_categorical_accuracy(y_true, y_pred, k=2)
    array([1., 0.], dtype=float32)
    """
    y_true, y_pred = same_shape(y_true, y_pred, "top_k_categorical_accuracy")
    return sparse_top_k_categorical_accuracy(y_true.argmax(axis=-1), y_pred, k)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples with the class of the one-hot label among the k best.

    Parameters
    ----------
    k : int
    name : str
    dtype : optional
        Not used.

    Examples
    --------
    >>> TopKCategoricalAccuracy(k=1)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(top_k_categorical_accuracy, name, k=_check_k(k))
        self.k = k

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {"name": self.name, "k": self.k}


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples with the class of that number among the k best.

    Parameters
    ----------
    k : int
    name : str
    dtype : optional
        Not used.
    from_sorted_ids : bool
        Whether predictions are class numbers, the best first.

    Examples
    --------
    >>> SparseTopKCategoricalAccuracy(k=1)([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(
            sparse_top_k_categorical_accuracy,
            name,
            k=_check_k(k),
            from_sorted_ids=from_sorted_ids,
        )
        self.k = k
        self.from_sorted_ids = from_sorted_ids

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {"name": self.name, "k": self.k, "from_sorted_ids": self.from_sorted_ids}


def _check_k(k: int) -> int:
    if not isinstance(k, (int, np.integer)) or k < 1:
        raise ValueError(f"k takes a whole number from 1, got {k!r}.")
    return int(k)
