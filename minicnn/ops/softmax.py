"""Softmax, and its cross-entropy computed from logits; classes are on the last axis.

In the cross-entropy of a softmax the logarithm and the exponential cancel: nothing overflows, and the
gradient is ``p − t``.

Equations: Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.2.2 (the units and their loss)
and §4.1 (why the maximum is subtracted).
"""

import numpy as np
from numpy import ndarray

__all__ = [
    "softmax_backward",
    "softmax_cross_entropy_backward",
    "softmax_cross_entropy_forward",
    "softmax_forward",
    "sparse_softmax_cross_entropy_backward",
    "sparse_softmax_cross_entropy_forward",
]

Cache = tuple[ndarray, ...]


def softmax_forward(x: ndarray, axis: int = -1) -> ndarray:
    """Turn logits into probabilities: ``e^xᵢ / Σⱼ e^xⱼ``, shifted by the maximum against overflow.

    Source: Bridle 1990, "Training stochastic model recognition algorithms as networks…", NIPS 2.

    Examples
    --------
    >>> softmax_forward(np.array([0.0, np.log(3.0)]))
    array([0.25, 0.75])
    >>> softmax_forward(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    exponentials = np.exp(x - x.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def softmax_backward(dy: ndarray, x: ndarray, y: ndarray, axis: int = -1) -> ndarray:
    """Gradient with respect to the logits: ``dxᵢ = yᵢ·(dyᵢ − Σⱼ dyⱼ·yⱼ)``.

    Every probability depends on every logit, hence the sum.

    Examples
    --------
    >>> x = np.array([0.0, np.log(3.0)])
    >>> softmax_backward(np.array([1.0, 0.0]), x, softmax_forward(x))
    array([ 0.1875, -0.1875])
    """
    return y * (dy - (dy * y).sum(axis=axis, keepdims=True))


def softmax_cross_entropy_forward(logits: ndarray, targets: ndarray) -> tuple[ndarray, Cache]:
    """Cross-entropy of softmax(logits) against target probabilities.

    With z = logits − max(logits), which changes no probability and keeps exp from overflowing:

        p = exp(z) / Σ exp(z),    loss = −Σ t·ln p = Σ t·(ln Σ exp(z) − z)

    Parameters
    ----------
    logits : (..., classes)
        Input of the softmax.
    targets : (..., classes)
        One-hot or smoothed labels t.

    Returns
    -------
    losses : (...)
    cache : (probabilities, targets)

    Raises
    ------
    ShapeError
        If the shapes of `logits` and `targets` differ, or there are no classes.

    Examples
    --------
    >>> losses, (p, t) = softmax_cross_entropy_forward(
    ...     np.array([[200.0, -200.0]]), np.array([[0.0, 1.0]])
    ... )
    >>> losses
    array([400.])
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=-1, keepdims=True)
    losses = (targets * (np.log(total) - shifted)).sum(axis=-1)
    return losses, (exponentials / total, targets)


def softmax_cross_entropy_backward(dlosses: ndarray, cache: Cache) -> ndarray:
    """Gradient with respect to the logits: ``dlogits = (p·Σt − t)·dlosses``.

    That is p − t for targets that sum to 1.

    Examples
    --------
    >>> losses, cache = softmax_cross_entropy_forward(
    ...     np.array([[200.0, -200.0]]), np.array([[0.0, 1.0]])
    ... )
    >>> softmax_cross_entropy_backward(np.ones(1), cache)
    array([[ 1., -1.]])
    """
    probabilities, targets = cache
    dlogits = probabilities * targets.sum(axis=-1, keepdims=True) - targets
    return dlogits * dlosses[..., None]


def sparse_softmax_cross_entropy_forward(logits: ndarray, labels: ndarray) -> tuple[ndarray, Cache]:
    """Cross-entropy of softmax(logits) against class ids, without a one-hot array.

    One term of the sum over the classes is left: ``loss = ln Σ exp(z) − z[label]``.

    Parameters
    ----------
    logits : (..., classes)
    labels : (...)
        Integers from 0 to classes − 1.

    Returns
    -------
    losses : (...)
    cache : (probabilities, labels)

    Raises
    ------
    ShapeError
        If `labels` does not have the shape of `logits` without its last axis.
    ValueError
        If a label is not a class id.

    Examples
    --------
    >>> losses, _ = sparse_softmax_cross_entropy_forward(np.array([[200.0, -200.0]]), np.array([1]))
    >>> losses
    array([400.])
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=-1, keepdims=True)
    picked = np.take_along_axis(shifted, labels[..., None], axis=-1)
    losses = (np.log(total) - picked)[..., 0]
    return losses, (exponentials / total, labels)


def sparse_softmax_cross_entropy_backward(dlosses: ndarray, cache: Cache) -> ndarray:
    """Gradient with respect to the logits: ``dlogits = (p − onehot(label))·dlosses``.

    Examples
    --------
    >>> _, cache = sparse_softmax_cross_entropy_forward(np.array([[200.0, -200.0]]), np.array([1]))
    >>> sparse_softmax_cross_entropy_backward(np.ones(1), cache)
    array([[ 1., -1.]])
    """
    probabilities, labels = cache
    dlogits = probabilities.copy()
    at_label = labels[..., None]
    picked = np.take_along_axis(dlogits, at_label, axis=-1)
    np.put_along_axis(dlogits, at_label, picked - 1, axis=-1)
    dlogits *= dlosses[..., None]
    return dlogits
