"""Cross-entropy for yes-or-no labels."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.losses.crossentropy import Crossentropy, check_smoothing
from minicnn.losses.targets import answers


class BinaryCrossentropy(Crossentropy):
    """Cross-entropy between labels from 0 (no) to 1 (yes) and predictions, each on its own.

    ``−t·ln p − (1 − t)·ln(1 − p)``, averaged over the last axis.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are what comes before sigmoid.
    label_smoothing : float
        Share s by which labels are drawn to ½: ``t ← t·(1 − s) + s/2``.
    axis : int
        −1.
    reduction : str or None
    name : str

    Examples
    --------
    >>> round(BinaryCrossentropy()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 3)
    0.815
    """

    fuses_with = "sigmoid"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
    ) -> None:
        super().__init__(from_logits, axis, reduction, name)
        self.label_smoothing = check_smoothing(label_smoothing)

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Losses of the samples, and the cache."""
        targets, y_pred = answers(y_true, y_pred, self.name)
        if self.label_smoothing:
            targets = targets * (1 - self.label_smoothing) + self.label_smoothing / 2
        if self.from_logits:
            losses, cache = ops.sigmoid_cross_entropy_forward(y_pred, targets)
        else:
            losses, cache = ops.binary_cross_entropy_forward(y_pred, targets)
        return losses.mean(axis=-1), cache

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Gradient with respect to the predictions."""
        shape = cache[0].shape
        deach = np.broadcast_to(dlosses[..., None] / shape[-1], shape)
        if self.from_logits:
            return ops.sigmoid_cross_entropy_backward(deach, cache)
        return ops.binary_cross_entropy_backward(deach, cache)

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this loss again."""
        return {**super().get_config(), "label_smoothing": self.label_smoothing, "axis": -1}


def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> ndarray:
    """Cross-entropy of each sample, shape (batch, ...); see `BinaryCrossentropy`.

    Examples
    --------
    >>> binary_crossentropy([[0, 1], [0, 0]], np.array([[0.6, 0.4], [0.4, 0.6]])).round(3)
    array([0.916, 0.714])
    """
    return BinaryCrossentropy(from_logits, label_smoothing, axis).forward(y_true, y_pred)[0]
