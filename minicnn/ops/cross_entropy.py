"""Cross-entropy losses and their gradients, from logits or from probabilities.

Three kinds of target: a distribution over the classes (one-hot, or smoothed), the number of the
class (sparse), and independent yes-or-no answers (sigmoid, binary). Classes lie on the last axis.

From *logits* (what comes before softmax or sigmoid) the logarithm and the exponential cancel, so
nothing overflows and the gradient is simply ``p − t``. From *probabilities* they must be kept away
from 0 and 1 first, by `EPSILON`, as Keras does: there the loss cannot exceed −ln 1e-7 = 16.118.

Equations: Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.2.2 (the units and their loss)
and §4.1 (why the maximum is subtracted). Clipping: `keras.ops.categorical_crossentropy`.
"""

import numpy as np
from numpy import ndarray

__all__ = [
    "binary_cross_entropy_backward",
    "binary_cross_entropy_forward",
    "categorical_cross_entropy_backward",
    "categorical_cross_entropy_forward",
    "sigmoid_cross_entropy_backward",
    "sigmoid_cross_entropy_forward",
    "softmax_cross_entropy_backward",
    "softmax_cross_entropy_forward",
    "sparse_categorical_cross_entropy_backward",
    "sparse_categorical_cross_entropy_forward",
    "sparse_softmax_cross_entropy_backward",
    "sparse_softmax_cross_entropy_forward",
]

EPSILON = 1e-7
"""How far from 0 and 1 a probability is kept before its logarithm is taken (Keras' value)."""

Cache = tuple[ndarray, ...]


def softmax_cross_entropy_forward(logits: ndarray, targets: ndarray) -> tuple[ndarray, Cache]:
    """Cross-entropy of softmax(logits) against a distribution over the classes.

    With z = logits − max(logits), which changes no probability and keeps exp from overflowing:

        p = exp(z) / Σ exp(z),    loss = −Σ t·ln p = Σ t·(ln Σ exp(z) − z)

    Parameters
    ----------
    logits : (..., classes)
        What comes before softmax; float32 or float64.
    targets : (..., classes)
        One-hot or smoothed labels t, of the same dtype.

    Returns
    -------
    losses : (...)
    cache : (probabilities, targets)

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

    That is p − t wherever the targets of a sample add up to 1.

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
    """Cross-entropy of softmax(logits) against class ids; no one-hot array is made.

    The sum over the classes has one term left: ``loss = ln Σ exp(z) − z[label]``.

    Parameters
    ----------
    logits : (..., classes)
    labels : (...)
        Whole numbers from 0 to classes − 1.

    Returns
    -------
    losses : (...)
    cache : (probabilities, labels)

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
    """Gradient with respect to the logits: p, less 1 at the label, times dlosses.

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


def categorical_cross_entropy_forward(
    probabilities: ndarray, targets: ndarray
) -> tuple[ndarray, Cache]:
    """Cross-entropy of probabilities against a distribution over the classes.

        n = p / Σp,    q = clip(n, ε, 1 − ε),    loss = −Σ t·ln q

    A sample whose values add up to 0 is left as it is; Keras gives NaN there.

    Parameters
    ----------
    probabilities, targets : (..., classes)

    Returns
    -------
    losses : (...)
    cache : (normalized, clipped, total, targets)

    Examples
    --------
    >>> losses, _ = categorical_cross_entropy_forward(
    ...     np.array([[0.0, 1.0], [1.0, 3.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
    ... )
    >>> losses.round(3)
    array([16.118,  1.386])
    """
    total = probabilities.sum(axis=-1, keepdims=True)
    total = np.where(total == 0, total.dtype.type(1), total)
    normalized = probabilities / total
    clipped = np.clip(normalized, EPSILON, 1 - EPSILON)
    losses = -(targets * np.log(clipped)).sum(axis=-1)
    return losses, (normalized, clipped, total, targets)


def categorical_cross_entropy_backward(dlosses: ndarray, cache: Cache) -> ndarray:
    """Gradient with respect to the probabilities, 0 through those that were clipped.

        dn = −t/q (0 where q ≠ n),    dp = (dn − Σ dn·n) / Σp

    Examples
    --------
    >>> p, t = np.array([[0.25, 0.75]]), np.array([[1.0, 0.0]])
    >>> _, cache = categorical_cross_entropy_forward(p, t)
    >>> categorical_cross_entropy_backward(np.ones(1), cache)
    array([[-3.,  1.]])
    """
    normalized, clipped, total, targets = cache
    dnormalized = np.where(clipped == normalized, -targets / clipped, 0) * dlosses[..., None]
    through_total = (dnormalized * normalized).sum(axis=-1, keepdims=True)
    return (dnormalized - through_total) / total


def sparse_categorical_cross_entropy_forward(
    probabilities: ndarray, labels: ndarray
) -> tuple[ndarray, Cache]:
    """Cross-entropy of probabilities against class ids.

    Keras clips *before* it renormalises here, and so do we:

        q = clip(p, ε, 1 − ε),    loss = ln Σq − ln q[label]

    Parameters
    ----------
    probabilities : (..., classes)
    labels : (...)
        Whole numbers from 0 to classes − 1.

    Returns
    -------
    losses : (...)
    cache : (probabilities, clipped, labels)

    Examples
    --------
    >>> losses, _ = sparse_categorical_cross_entropy_forward(
    ...     np.array([[0.0, 1.0], [0.25, 0.75]]), np.array([0, 0])
    ... )
    >>> losses.round(3)
    array([16.118,  1.386])
    """
    clipped = np.clip(probabilities, EPSILON, 1 - EPSILON)
    picked = np.take_along_axis(clipped, labels[..., None], axis=-1)[..., 0]
    losses = np.log(clipped.sum(axis=-1)) - np.log(picked)
    return losses, (probabilities, clipped, labels)


def sparse_categorical_cross_entropy_backward(dlosses: ndarray, cache: Cache) -> ndarray:
    """Gradient with respect to the probabilities: 1/Σq, less 1/q at the label; 0 where clipped.

    Examples
    --------
    >>> _, cache = sparse_categorical_cross_entropy_forward(np.array([[0.25, 0.75]]), np.array([0]))
    >>> sparse_categorical_cross_entropy_backward(np.ones(1), cache)
    array([[-3.,  1.]])
    """
    probabilities, clipped, labels = cache
    at_label = labels[..., None]
    dclipped = np.repeat(1 / clipped.sum(axis=-1, keepdims=True), clipped.shape[-1], axis=-1)
    picked = np.take_along_axis(dclipped, at_label, axis=-1)
    picked -= 1 / np.take_along_axis(clipped, at_label, axis=-1)
    np.put_along_axis(dclipped, at_label, picked, axis=-1)
    return dclipped * (clipped == probabilities) * dlosses[..., None]


def sigmoid_cross_entropy_forward(logits: ndarray, targets: ndarray) -> tuple[ndarray, Cache]:
    """Cross-entropy of sigmoid(logits) against answers between 0 (no) and 1 (yes), one by one.

    −t·ln σ(z) − (1 − t)·ln(1 − σ(z)), rearranged so that exp never sees a positive number:

        loss = max(z, 0) − z·t + ln(1 + exp(−|z|))

    Parameters
    ----------
    logits, targets : arrays of one shape

    Returns
    -------
    losses : the same shape
    cache : (probabilities, targets)

    Examples
    --------
    >>> losses, _ = sigmoid_cross_entropy_forward(np.array([200.0, -200.0]), np.array([0.0, 0.0]))
    >>> losses.round(3)
    array([200.,   0.])
    """
    decay = np.exp(-np.abs(logits))
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(decay)
    probabilities = np.where(logits >= 0, 1, decay) / (1 + decay)
    return losses, (probabilities, targets)


def sigmoid_cross_entropy_backward(dlosses: ndarray, cache: Cache) -> ndarray:
    """Gradient with respect to the logits: ``dlogits = (p − t)·dlosses``.

    Examples
    --------
    >>> _, cache = sigmoid_cross_entropy_forward(np.array([200.0, -200.0]), np.array([0.0, 0.0]))
    >>> sigmoid_cross_entropy_backward(np.ones(2), cache).round(3)
    array([1., 0.])
    """
    probabilities, targets = cache
    return (probabilities - targets) * dlosses


def binary_cross_entropy_forward(probabilities: ndarray, targets: ndarray) -> tuple[ndarray, Cache]:
    """Cross-entropy of probabilities against answers between 0 (no) and 1 (yes), one by one.

        q = clip(p, ε, 1 − ε),    loss = −t·ln q − (1 − t)·ln(1 − q)

    Parameters
    ----------
    probabilities, targets : arrays of one shape

    Returns
    -------
    losses : the same shape
    cache : (probabilities, clipped, targets)

    Examples
    --------
    >>> losses, _ = binary_cross_entropy_forward(np.array([0.5, 0.0]), np.array([1.0, 1.0]))
    >>> losses.round(3)
    array([ 0.693, 16.118])
    """
    clipped = np.clip(probabilities, EPSILON, 1 - EPSILON)
    losses = -targets * np.log(clipped) - (1 - targets) * np.log(1 - clipped)
    return losses, (probabilities, clipped, targets)


def binary_cross_entropy_backward(dlosses: ndarray, cache: Cache) -> ndarray:
    """Gradient with respect to the probabilities: ``(q − t) / (q·(1 − q))``; 0 where clipped.

    Examples
    --------
    >>> _, cache = binary_cross_entropy_forward(np.array([0.5, 0.75]), np.array([1.0, 0.0]))
    >>> binary_cross_entropy_backward(np.ones(2), cache)
    array([-2.,  4.])
    """
    probabilities, clipped, targets = cache
    dclipped = (clipped - targets) / (clipped * (1 - clipped))
    return dclipped * (clipped == probabilities) * dlosses
