"""Cross-entropies, from logits or probabilities, and the Kullback-Leibler divergence."""

import warnings
from typing import Any, Self

import numpy as np
from numpy import ndarray

from minicnn import checks, ops
from minicnn.errors import DataWarning
from minicnn.losses.loss import EPSILON, Loss, NamedLoss
from minicnn.losses.targets import (
    check_binary_targets,
    check_class_ids,
    check_one_hot,
    check_same_shape,
)

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "KLDivergence",
    "SparseCategoricalCrossentropy",
]


class Crossentropy(Loss):
    """Base class of the cross-entropies.

    A probability of 0 or 1 has lost the logit it was computed from. So if the model ends with the
    activation `fuses_with`, training computes ``loss.logits_version()`` from its input.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        if not isinstance(axis, int) or axis != -1:
            raise ValueError(f"{self.name}: axis must be -1, the last axis, got {axis!r}.")
        self.axis = -1
        self.from_logits = checks.boolean(self.name, "from_logits", from_logits)
        self.label_smoothing = checks.fraction(self.name, "label_smoothing", label_smoothing)

    def logits_version(self) -> Self:
        """Return the same loss with ``from_logits=True``."""
        cls = type(self)
        twin = cls.__new__(cls)  # once per step: copy.copy takes ten times as long
        twin.__dict__ = {**vars(self), "from_logits": True}
        return twin

    def value_gradient_and_predictions(
        self, y_true: Any, logits: Any, sample_weight: Any = None
    ) -> tuple[float, ndarray, ndarray | None]:
        """Return `value_and_gradient` from logits, and the predictions if the loss computes them."""
        loss = self.logits_version()
        value, gradient, cache = loss._value_gradient_cache(y_true, logits, sample_weight)
        return value, gradient, loss._predictions(cache)

    def _predictions(self, cache: Any) -> ndarray | None:
        """Return the predictions from a cache of `forward`, if they are in it."""
        return None


class CategoricalCrossentropy(Crossentropy):
    """Cross-entropy of one-hot labels t and predicted probabilities p: ``−Σ t·ln p``.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits, the input of softmax.
    label_smoothing : float
        Fraction s of the label that is spread over all K classes, which makes the model less
        certain: ``t ← t·(1 − s) + s/K`` (Szegedy et al. 2016, "Rethinking the Inception
        architecture", §7).
    axis : -1
    reduction, name, dtype : as in `Loss`

    Examples
    --------
    >>> loss = CategoricalCrossentropy()
    >>> round(loss([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 3)
    1.177
    """

    fuses_with = "softmax"

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the losses of the samples, and the cache."""
        targets, y_pred = check_one_hot(y_true, y_pred, self.name)
        classes = y_pred.shape[-1]
        if classes == 1:
            warnings.warn(
                f"{self.name} of one class is always 0: give the last layer one unit per class, "
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
        """Return the gradient with respect to the predictions."""
        if self.from_logits:
            return ops.softmax_cross_entropy_backward(dlosses, cache)
        return ops.categorical_cross_entropy_backward(dlosses, cache)

    def _predictions(self, cache: Any) -> ndarray | None:
        is_own = type(self).forward is CategoricalCrossentropy.forward
        return cache[0] if is_own else None


class SparseCategoricalCrossentropy(Crossentropy):
    """Cross-entropy of class ids and predicted probabilities: ``−ln p[label]``.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits, the input of softmax.
    ignore_class : int, optional
        Class id of samples to ignore, in the loss and in its mean; often -1 or 255.
    axis : -1
    reduction, name, dtype : as in `Loss`

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
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(from_logits, 0.0, axis, reduction, name, dtype)
        self.ignore_class = ignore_class
        if ignore_class is not None:
            self.ignore_class = checks.integer(self.name, "ignore_class", ignore_class, None)

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the losses of the samples (0 if ignored), and the cache."""
        labels, y_pred = check_class_ids(y_true, y_pred, self.name, self.ignore_class)
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
        """Return the gradient with respect to the predictions."""
        cache, counts = cache
        if counts is not None:
            dlosses = dlosses * counts
        if self.from_logits:
            return ops.sparse_softmax_cross_entropy_backward(dlosses, cache)
        return ops.sparse_categorical_cross_entropy_backward(dlosses, cache)

    def mask(self, y_true: Any) -> ndarray | None:
        """Return a boolean array, False where the label is `ignore_class`."""
        if self.ignore_class is None:
            return None
        counts = np.asarray(y_true) != self.ignore_class
        return counts[..., 0] if counts.ndim > 1 and counts.shape[-1] == 1 else counts


class BinaryCrossentropy(Crossentropy):
    """Cross-entropy of labels t between 0 and 1 and predictions p, for each output separately.

    ``−t·ln p − (1 − t)·ln(1 − p)``, averaged over the last axis.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits, the input of sigmoid.
    label_smoothing : float
        Fraction s by which labels are moved towards ½: ``t ← t·(1 − s) + s/2``.
    axis : -1
    reduction, name, dtype : as in `Loss`

    Examples
    --------
    >>> round(BinaryCrossentropy()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 3)
    0.815
    """

    fuses_with = "sigmoid"

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the losses of the samples, and the cache."""
        targets, y_pred = check_binary_targets(y_true, y_pred, self.name)
        if self.label_smoothing:
            targets = targets * (1 - self.label_smoothing) + self.label_smoothing / 2
        if self.from_logits:
            losses, cache = ops.sigmoid_cross_entropy_forward(y_pred, targets)
        else:
            losses, cache = ops.binary_cross_entropy_forward(y_pred, targets)
        return losses.mean(axis=-1), cache

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Return the gradient with respect to the predictions."""
        shape = cache[0].shape
        doutputs = np.broadcast_to(dlosses[..., None] / shape[-1], shape)
        if self.from_logits:
            return ops.sigmoid_cross_entropy_backward(doutputs, cache)
        return ops.binary_cross_entropy_backward(doutputs, cache)


class KLDivergence(NamedLoss):
    """Kullback-Leibler divergence of the predicted distribution p from the true one t.

    ``Σ t·ln(t / p)``, with both clipped to [1e-7, 1].

    Source: Kullback & Leibler 1951, "On information and sufficiency". Parameters as in `Loss`.

    Examples
    --------
    >>> round(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]), 4)
    0.1438
    """

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the losses of the samples, and the cache."""
        y_true, y_pred = check_same_shape(y_true, y_pred, self.name)
        targets, clipped = np.clip(y_true, EPSILON, 1), np.clip(y_pred, EPSILON, 1)
        return (targets * np.log(targets / clipped)).sum(axis=-1), (targets, clipped, y_pred)

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Return the gradient ``−t / p``, 0 where p is clipped."""
        targets, clipped, y_pred = cache
        return np.where(clipped == y_pred, -targets / clipped, 0) * dlosses[..., None]
