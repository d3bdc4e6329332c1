"""Cross-entropy losses and their gradients; classes are on the last axis.

Three kinds of target: probabilities over the classes (one-hot or smoothed), class ids (sparse), and
independent binary targets (sigmoid, binary). Probabilities are first kept `EPSILON` away from 0 and
1, as Keras does, so that no loss exceeds −ln 1e-7 = 16.118. `minicnn.ops.softmax` computes the loss
from logits, where this is not necessary.

Equations: Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.2.2.
Clipping: `keras.ops.categorical_crossentropy`.
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
    "sparse_categorical_cross_entropy_backward",
    "sparse_categorical_cross_entropy_forward",
]

EPSILON = 1e-7
"""Smallest distance of a probability from 0 and 1 when its logarithm is taken (Keras' value)."""

Cache = tuple[ndarray, ...]


def categorical_cross_entropy_forward(
    probabilities: ndarray, targets: ndarray
) -> tuple[ndarray, Cache]:
    """Cross-entropy of probabilities against target probabilities.

        n = p / Σp,    q = clip(n, ε, 1 − ε),    loss = −Σ t·ln q

    A sample whose values sum to 0 is not normalised; Keras returns NaN for it.

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
    """Gradient with respect to the probabilities; clipped ones pass no gradient.

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

    As in Keras, clipping comes *before* normalisation here:

        q = clip(p, ε, 1 − ε),    loss = ln Σq − ln q[label]

    Parameters
    ----------
    probabilities : (..., classes)
    labels : (...)
        Integers from 0 to classes − 1.

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
    """Gradient with respect to the probabilities: ``1/Σq − onehot(label)/q``; 0 where clipped.

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
    """Element-wise cross-entropy of sigmoid(logits) against targets between 0 and 1.

    −t·ln σ(z) − (1 − t)·ln(1 − σ(z)), rearranged so that the argument of exp is never positive:

        loss = max(z, 0) − z·t + ln(1 + exp(−|z|))

    Parameters
    ----------
    logits, targets : arrays of the same shape

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
    """Element-wise cross-entropy of probabilities against targets between 0 and 1.

        q = clip(p, ε, 1 − ε),    loss = −t·ln q − (1 − t)·ln(1 − q)

    Parameters
    ----------
    probabilities, targets : arrays of the same shape

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
