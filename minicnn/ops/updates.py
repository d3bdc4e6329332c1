"""One step of each optimizer, in place, and what may be done to gradients and weights before it.

The weight w and its state (velocity, averages) are changed in place, in their own dtype; the
gradient g is only read. α is the learning rate.
"""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

__all__ = [
    "adam_update",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "momentum_update",
    "rmsprop_update",
    "sgd_update",
    "weight_decay_update",
]


def sgd_update(weight: ndarray, gradient: ndarray, learning_rate: float) -> None:
    """Step down the gradient: ``w ← w − α·g``.

    Source: Robbins & Monro 1951, "A stochastic approximation method".

    Examples
    --------
    >>> weight = np.array([1.0, 2.0])
    >>> sgd_update(weight, np.array([10.0, -10.0]), 0.01)
    >>> weight
    array([0.9, 2.1])
    """
    weight -= learning_rate * gradient


def momentum_update(
    weight: ndarray,
    gradient: ndarray,
    velocity: ndarray,
    learning_rate: float,
    momentum: float,
    nesterov: bool = False,
) -> None:
    """Step with momentum μ: part of the last step is taken again.

        velocity ← μ·velocity − α·g
        w ← w + velocity                   (classical)
        w ← w + μ·velocity − α·g           (Nesterov: the gradient is as if taken a step ahead)

    Sources: Polyak 1964; Sutskever, Martens, Dahl & Hinton 2013, "On the importance of
    initialization and momentum in deep learning", §2; Nesterov's form as rewritten by Bengio,
    Boulanger-Lewandowski & Pascanu 2012, "Advances in optimizing recurrent networks", §3.5.

    Examples
    --------
    >>> weight, velocity = np.array([1.0]), np.array([0.0])
    >>> for _ in range(2):
    ...     momentum_update(weight, np.array([1.0]), velocity, 0.1, 0.5)
    >>> weight.round(2), velocity.round(2)
    (array([0.75]), array([-0.15]))
    """
    step = learning_rate * gradient
    velocity *= momentum
    velocity -= step
    if nesterov:
        weight += momentum * velocity - step
    else:
        weight += velocity


def rmsprop_update(
    weight: ndarray,
    gradient: ndarray,
    mean_square: ndarray,
    learning_rate: float,
    rho: float = 0.9,
    epsilon: float = 1e-7,
    mean: ndarray | None = None,
    velocity: ndarray | None = None,
    momentum: float = 0.0,
) -> None:
    """Divide the step by the root of a running mean of squared gradients.

        s ← ρ·s + (1 − ρ)·g²,    step = α·g / √(s + ε),    w ← w − step

    Centered (`mean` given): the variance ``s − mean²`` instead of s. With `velocity` given:
    ``velocity ← momentum·velocity + step`` and w ← w − velocity.

    Sources: Tieleman & Hinton 2012, "Lecture 6.5: rmsprop", Coursera; the centered form from
    Graves 2013, "Generating sequences with recurrent neural networks", eq. 38-45.

    Examples
    --------
    >>> weight, mean_square = np.array([10.0]), np.array([0.0])
    >>> rmsprop_update(weight, np.array([10.0]), mean_square, learning_rate=0.1)
    >>> weight.round(6), mean_square
    (array([9.683772]), array([10.]))
    """
    mean_square *= rho
    mean_square += (1 - rho) * np.square(gradient)
    denominator = mean_square + epsilon
    if mean is not None:
        mean *= rho
        mean += (1 - rho) * gradient
        denominator -= np.square(mean)
    step = learning_rate * gradient / np.sqrt(denominator)
    if velocity is not None:
        velocity *= momentum
        velocity += step
        step = velocity
    weight -= step


def adam_update(
    weight: ndarray,
    gradient: ndarray,
    m: ndarray,
    v: ndarray,
    step: int,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    v_max: ndarray | None = None,
) -> None:
    """Step by the running mean m of the gradient over the root of that, v, of its square.

        m ← m + (1 − β₁)·(g − m),    v ← v + (1 − β₂)·(g² − v)
        w ← w − α·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε)

    The factor makes up for m and v starting at 0. ε is not corrected with them: this is the
    paper's second form (before its §2.1, "ε̂"), and Keras'. AMSGrad (`v_max` given) divides by the
    largest v so far.

    Parameters
    ----------
    weight, m, v : changed in place
    gradient : shaped as weight
    step : int
        t: 1 for the first step.
    learning_rate, beta_1, beta_2, epsilon : float
    v_max : changed in place, optional
        The largest v so far, for AMSGrad.

    References
    ----------
    Kingma & Ba 2015, "Adam: a method for stochastic optimization", arXiv:1412.6980, §2.
    Reddi, Kale & Kumar 2018, "On the convergence of Adam and beyond", arXiv:1904.09237,
    algorithm 2.

    Examples
    --------
    >>> weight, m, v = (np.array([number], dtype="float32") for number in (1, 0, 0))
    >>> adam_update(weight, np.array([1e-4], dtype="float32"), m, v, step=1, learning_rate=0.1)
    >>> print(weight)
    [0.903066]
    """
    m += (1 - beta_1) * (gradient - m)
    v += (1 - beta_2) * (np.square(gradient) - v)
    if v_max is not None:
        np.maximum(v_max, v, out=v_max)
    number = weight.dtype.type  # Keras, too, takes the powers in the weight's precision
    correction_1 = 1 - number(beta_1) ** number(step)
    correction_2 = 1 - number(beta_2) ** number(step)
    rate = learning_rate * np.sqrt(correction_2) / correction_1
    denominator = np.sqrt(v if v_max is None else v_max)
    denominator += epsilon
    weight -= rate * m / denominator


def weight_decay_update(weight: ndarray, learning_rate: float, weight_decay: float) -> None:
    """Shrink the weight, apart from its gradient: ``w ← w − α·λ·w``.

    Source: Loshchilov & Hutter 2019, "Decoupled weight decay regularization", arXiv:1711.05101,
    algorithm 2, line 12.

    Examples
    --------
    >>> weight = np.array([10.0])
    >>> weight_decay_update(weight, learning_rate=0.1, weight_decay=0.5)
    >>> weight
    array([9.5])
    """
    weight -= weight * (weight_decay * learning_rate)


def clip_by_value(gradients: Sequence[ndarray], limit: float) -> list[ndarray]:
    """Cut every number of every gradient to −limit … limit.

    Examples
    --------
    >>> clip_by_value([np.array([-3.0, 0.5, 3.0])], 1.0)
    [array([-1. ,  0.5,  1. ])]
    """
    return [np.clip(gradient, -limit, limit) for gradient in gradients]


def clip_by_norm(gradients: Sequence[ndarray], limit: float) -> list[ndarray]:
    """Shorten each gradient whose length ‖g‖₂ exceeds the limit: ``g·limit / max(‖g‖₂, limit)``.

    Source: Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural
    networks", algorithm 1.

    Examples
    --------
    >>> clip_by_norm([np.array([3.0, 4.0]), np.array([0.3, 0.4])], 1.0)
    [array([0.6, 0.8]), array([0.3, 0.4])]
    """
    return [_shorten(gradient, _squared_norm(gradient) ** 0.5, limit) for gradient in gradients]


def clip_by_global_norm(gradients: Sequence[ndarray], limit: float) -> list[ndarray]:
    """Shorten all gradients by one factor, so that together they are no longer than the limit.

    Source: as `clip_by_norm`; the gradients are taken as one long vector, so its direction stays.

    Examples
    --------
    >>> clip_by_global_norm([np.array([3.0]), np.array([4.0])], 1.0)
    [array([0.6]), array([0.8])]
    """
    norm = sum(_squared_norm(gradient) for gradient in gradients) ** 0.5
    return [_shorten(gradient, norm, limit) for gradient in gradients]


def _squared_norm(gradient: ndarray) -> float:
    """Σ g², in float64, where the square of no float32 overflows."""
    return float(np.square(gradient, dtype=np.float64).sum())


def _shorten(gradient: ndarray, norm: float, limit: float) -> ndarray:
    return gradient * (limit / norm) if norm > limit else gradient
