"""Cross-entropy for labels that are class numbers."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.losses.crossentropy import Crossentropy
from minicnn.losses.targets import class_numbers


class SparseCategoricalCrossentropy(Crossentropy):
    """Cross-entropy between class numbers and predicted classes: ``−ln p[label]``.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are what comes before softmax.
    ignore_class : int, optional
        Label whose samples count neither in the loss nor in its mean, such as −1 or 255 for "not
        labelled".
    reduction : str or None
    axis : int
        −1.
    name : str

    Examples
    --------
    >>> loss = SparseCategoricalCrossentropy()
    >>> round(loss([1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 3)
    1.177
    """

    fuses_with = "softmax"

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
    ) -> None:
        super().__init__(from_logits, axis, reduction, name)
        self.ignore_class = ignore_class

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Losses of the samples (0 where ignored), and the cache."""
        labels, y_pred = class_numbers(y_true, y_pred, self.name, self.ignore_class)
        counts = None
        if self.ignore_class is not None:
            counts = labels != self.ignore_class
            labels = np.where(counts, labels, 0)
        if self.from_logits:
            losses, cache = ops.sparse_softmax_cross_entropy_forward(y_pred, labels)
        else:
            losses, cache = ops.sparse_categorical_cross_entropy_forward(y_pred, labels)
        return losses if counts is None else np.where(counts, losses, 0), (cache, counts)

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Gradient with respect to the predictions."""
        cache, counts = cache
        if counts is not None:
            dlosses = dlosses * counts
        if self.from_logits:
            return ops.sparse_softmax_cross_entropy_backward(dlosses, cache)
        return ops.sparse_categorical_cross_entropy_backward(dlosses, cache)

    def mask(self, y_true: Any) -> ndarray | None:
        """Which labels are not `ignore_class`."""
        if self.ignore_class is None:
            return None
        counts = np.asarray(y_true) != self.ignore_class
        return counts[..., 0] if counts.ndim > 1 and counts.shape[-1] == 1 else counts

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this loss again."""
        return {**super().get_config(), "ignore_class": self.ignore_class}


def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> ndarray:
    """Cross-entropy of each sample, shape (batch, ...); see `SparseCategoricalCrossentropy`.

    Examples
    --------
    >>> sparse_categorical_crossentropy([1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]])
    array([0.05129..., 2.302585...])
    """
    loss = SparseCategoricalCrossentropy(from_logits, ignore_class, axis=axis)
    return loss.forward(y_true, y_pred)[0]
