"""Update steps of the optimizers, and clipping of gradients.

Every function takes lists of arrays with one entry for each weight of a model. Weights and slots
(velocities, running means) are updated in place, in their dtype; gradients are only read. α is the
learning rate.
"""

from collections.abc import Sequence
from itertools import repeat

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

Arrays = Sequence[ndarray]


def sgd_update(weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
    """Take a step of gradient descent: ``w ← w − α·g``.

    Parameters
    ----------
    weights : list of ndarray
        Updated in place.
    gradients : list of ndarray
        With the shapes of the weights.
    learning_rate : float

    Raises
    ------
    ShapeError
        If the lists differ in length, or a gradient does not have the shape of its weight.

    Source: Robbins & Monro 1951, "A stochastic approximation method".

    Examples
    --------
    >>> weights = [np.array([1.0, 2.0])]
    >>> sgd_update(weights, [np.array([10.0, -10.0])], 0.01)
    >>> weights
    [array([0.9, 2.1])]
    """
    for weight, gradient in zip(weights, gradients, strict=True):
        weight -= learning_rate * gradient


def momentum_update(
    weights: Arrays,
    gradients: Arrays,
    velocities: Arrays,
    learning_rate: float,
    momentum: float,
    nesterov: bool = False,
) -> None:
    """Take a step with momentum μ, which repeats a fraction of the previous step.

        v ← μ·v − α·g
        w ← w + v                   (classical)
        w ← w + μ·v − α·g           (Nesterov: the gradient is as if evaluated one step ahead)

    Sources: Polyak 1964; Sutskever, Martens, Dahl & Hinton 2013, "On the importance of
    initialization and momentum in deep learning", §2; Nesterov's form as rewritten by Bengio,
    Boulanger-Lewandowski & Pascanu 2012, "Advances in optimizing recurrent networks", §3.5.

    Parameters
    ----------
    weights, gradients
        As in `sgd_update`.
    velocities : list of ndarray
        v of each weight, updated in place.
    learning_rate, momentum : float
    nesterov : bool

    Examples
    --------
    >>> weights, velocities = [np.array([1.0])], [np.array([0.0])]
    >>> for _ in range(2):
    ...     momentum_update(weights, [np.array([1.0])], velocities, 0.1, 0.5)
    >>> weights[0].round(2), velocities[0].round(2)
    (array([0.75]), array([-0.15]))
    """
    for weight, gradient, velocity in zip(weights, gradients, velocities, strict=True):
        step = learning_rate * gradient
        velocity *= momentum
        velocity -= step
        weight += momentum * velocity - step if nesterov else velocity


def rmsprop_update(
    weights: Arrays,
    gradients: Arrays,
    mean_squares: Arrays,
    learning_rate: float,
    rho: float = 0.9,
    epsilon: float = 1e-7,
    means: Arrays | None = None,
    velocities: Arrays | None = None,
    momentum: float = 0.0,
) -> None:
    """Divide the step by the root of a running mean of squared gradients.

        s ← ρ·s + (1 − ρ)·g²,    step = α·g / √(s + ε),    w ← w − step

    With `means` (centered): the variance ``s − mean²`` replaces s. With `velocities`:
    ``v ← momentum·v + step`` and w ← w − v.

    Sources: Tieleman & Hinton 2012, "Lecture 6.5: rmsprop", Coursera; the centered form from
    Graves 2013, "Generating sequences with recurrent neural networks", eq. 38-45.

    Parameters
    ----------
    weights, gradients
        As in `sgd_update`.
    mean_squares : list of ndarray
        s of each weight, updated in place.
    learning_rate, rho, epsilon, momentum : float
    means, velocities : list of ndarray, optional
        Updated in place.

    Examples
    --------
    >>> weights, mean_squares = [np.array([10.0])], [np.array([0.0])]
    >>> rmsprop_update(weights, [np.array([10.0])], mean_squares, learning_rate=0.1)
    >>> weights[0].round(6), mean_squares[0]
    (array([9.683772]), array([10.]))
    """
    optional = repeat(None, len(weights)) if means is None else means
    steps = repeat(None, len(weights)) if velocities is None else velocities
    for weight, gradient, mean_square, mean, velocity in zip(
        weights, gradients, mean_squares, optional, steps, strict=True
    ):
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
    weights: Arrays,
    gradients: Arrays,
    ms: Arrays,
    vs: Arrays,
    step: int,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    v_maxs: Arrays | None = None,
) -> None:
    """Divide the running mean m of the gradient by the root of the running mean v of its square.

        m ← m + (1 − β₁)·(g − m),    v ← v + (1 − β₂)·(g² − v)
        w ← w − α·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε)

    The factor corrects for m and v starting at 0. It does not apply to ε: this is the second form
    in the paper (before its §2.1, "ε̂"), and Keras'. AMSGrad (`v_maxs`) divides by the root of the
    largest v so far.

    Parameters
    ----------
    weights, gradients
        As in `sgd_update`.
    ms, vs : list of ndarray
        m and v of each weight, updated in place.
    step : int
        t: 1 for the first step.
    learning_rate, beta_1, beta_2, epsilon : float
    v_maxs : list of ndarray, optional
        Largest v so far, updated in place, for AMSGrad.

    References
    ----------
    Kingma & Ba 2015, "Adam: a method for stochastic optimization", arXiv:1412.6980, §2.
    Reddi, Kale & Kumar 2018, "On the convergence of Adam and beyond", arXiv:1904.09237,
    algorithm 2.

    Examples
    --------
    >>> weights, ms, vs = ([np.array([value], dtype="float32")] for value in (1, 0, 0))
    >>> adam_update(weights, [np.array([1e-4], "float32")], ms, vs, step=1, learning_rate=0.1)
    >>> print(weights[0])
    [0.903066]
    """
    largest = repeat(None, len(weights)) if v_maxs is None else v_maxs
    for weight, gradient, m, v, v_max in zip(weights, gradients, ms, vs, largest, strict=True):
        m += (1 - beta_1) * (gradient - m)
        v += (1 - beta_2) * (np.square(gradient) - v)
        if v_max is not None:
            np.maximum(v_max, v, out=v_max)
        scalar = weight.dtype.type  # powers in the precision of the weight, as in Keras
        correction_1 = 1 - scalar(beta_1) ** scalar(step)
        correction_2 = 1 - scalar(beta_2) ** scalar(step)
        rate = learning_rate * np.sqrt(correction_2) / correction_1
        denominator = np.sqrt(v if v_max is None else v_max)
        denominator += epsilon
        weight -= rate * m / denominator


def weight_decay_update(weights: Arrays, learning_rate: float, weight_decay: float) -> None:
    """Shrink the weights, independently of their gradients: ``w ← w − α·λ·w``.

    Source: Loshchilov & Hutter 2019, "Decoupled weight decay regularization", arXiv:1711.05101,
    algorithm 2, line 12.

    Examples
    --------
    >>> weights = [np.array([10.0])]
    >>> weight_decay_update(weights, learning_rate=0.1, weight_decay=0.5)
    >>> weights
    [array([9.5])]
    """
    for weight in weights:
        weight -= weight * (weight_decay * learning_rate)


def clip_by_value(gradients: Arrays, limit: float) -> list[ndarray]:
    """Clip every element of every gradient to the range −limit … limit.

    Examples
    --------
    >>> clip_by_value([np.array([-3.0, 0.5, 3.0])], 1.0)
    [array([-1. ,  0.5,  1. ])]
    """
    return [np.clip(gradient, -limit, limit) for gradient in gradients]


def clip_by_norm(gradients: Arrays, limit: float) -> list[ndarray]:
    """Scale down each gradient whose norm exceeds the limit: ``g·limit / max(‖g‖₂, limit)``.

    Source: Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural
    networks", algorithm 1.

    Examples
    --------
    >>> clip_by_norm([np.array([3.0, 4.0]), np.array([0.3, 0.4])], 1.0)
    [array([0.6, 0.8]), array([0.3, 0.4])]
    """
    return [_scale_down(gradient, _squared_norm(gradient) ** 0.5, limit) for gradient in gradients]


def clip_by_global_norm(gradients: Arrays, limit: float) -> list[ndarray]:
    """Scale down all gradients by one factor if their joint norm exceeds the limit.

    The gradients are treated as one long vector, whose direction does not change. Source: as
    `clip_by_norm`.

    Examples
    --------
    >>> clip_by_global_norm([np.array([3.0]), np.array([4.0])], 1.0)
    [array([0.6]), array([0.8])]
    """
    norm = sum(_squared_norm(gradient) for gradient in gradients) ** 0.5
    return [_scale_down(gradient, norm, limit) for gradient in gradients]


def _squared_norm(gradient: ndarray) -> float:
    """Return Σ g² in float64, in which the square of a float32 cannot overflow."""
    return float(np.square(gradient, dtype=np.float64).sum())


def _scale_down(gradient: ndarray, norm: float, limit: float) -> ndarray:
    return gradient * (limit / norm) if norm > limit else gradient
