"""Cross-entropy for one-hot labels."""

import warnings
from typing import Any

from numpy import ndarray

from minicnn import ops
from minicnn.errors import DataWarning
from minicnn.losses.crossentropy import Crossentropy, check_smoothing
from minicnn.losses.reduction import one_number, reduce_losses
from minicnn.losses.targets import one_hot


class CategoricalCrossentropy(Crossentropy):
    """Cross-entropy between one-hot labels and predicted classes: ``−Σ t·ln p``.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are what comes before softmax.
    label_smoothing : float
        Share s of the label given to all K classes alike, so that the model need not be certain:
        ``t ← t·(1 − s) + s/K`` (Szegedy et al. 2016, "Rethinking the Inception architecture", §7).
    axis : int
        −1.
    reduction : str or None
    name : str

    Examples
    --------
    >>> loss = CategoricalCrossentropy()
    >>> round(loss([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 3)
    1.177
    """

    fuses_with = "softmax"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
    ) -> None:
        super().__init__(from_logits, axis, reduction, name)
        self.label_smoothing = check_smoothing(label_smoothing)

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Losses of the samples, and the cache."""
        targets, y_pred = one_hot(y_true, y_pred, self.name)
        classes = y_pred.shape[-1]
        if classes == 1:
            warnings.warn(
                f"{self.name} of one class is always 0: give the last layer one unit a class, "
                "or compile with loss='binary_crossentropy'.",
                DataWarning,
                stacklevel=2,
            )
        if self.label_smoothing:
            smoothing = self.label_smoothing
            targets = targets * (1 - smoothing) + smoothing / classes
        if self.from_logits:
            return ops.softmax_cross_entropy_forward(y_pred, targets)
        return ops.categorical_cross_entropy_forward(y_pred, targets)

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Gradient with respect to the predictions."""
        if self.from_logits:
            return ops.softmax_cross_entropy_backward(dlosses, cache)
        return ops.categorical_cross_entropy_backward(dlosses, cache)

    def value_gradient_and_predictions(
        self, y_true: Any, logits: Any, sample_weight: Any = None
    ) -> tuple[float, ndarray, ndarray | None]:
        """Do all that a training step needs, from logits; the loss needs the predictions itself.

        Examples
        --------
        >>> import numpy as np
        >>> logits = np.zeros((1, 2))
        >>> CategoricalCrossentropy().value_gradient_and_predictions([[0, 1]], logits)
        (0.6931..., array([[ 0.5, -0.5]]), array([[0.5, 0.5]]))
        """
        if type(self).forward is not CategoricalCrossentropy.forward:  # who knows its cache?
            return super().value_gradient_and_predictions(y_true, logits, sample_weight)
        loss = self.logits_version()
        losses, cache = loss.forward(y_true, logits)
        value, dlosses = reduce_losses(losses, loss.reduction, sample_weight, loss.mask(y_true))
        return one_number(value), loss.backward(dlosses, cache), cache[0]

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this loss again."""
        return {**super().get_config(), "label_smoothing": self.label_smoothing, "axis": -1}


def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> ndarray:
    """Cross-entropy of each sample, shape (batch, ...); see `CategoricalCrossentropy`.

    Examples
    --------
    >>> categorical_crossentropy([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]])
    array([0.05129..., 2.302585...])
    """
    return CategoricalCrossentropy(from_logits, label_smoothing, axis).forward(y_true, y_pred)[0]
