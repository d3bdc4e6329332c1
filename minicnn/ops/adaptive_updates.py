"""Update steps of adaptive optimizers that have no compiled kernel; see `minicnn.ops.updates`."""

import numpy as np

from minicnn.ops.updates import Arrays

__all__ = ["adadelta_update", "adagrad_update", "adamax_update", "nadam_update"]


def adagrad_update(
    weights: Arrays,
    gradients: Arrays,
    accumulators: Arrays,
    learning_rate: float = 0.001,
    epsilon: float = 1e-7,
) -> None:
    """Divide the step by the root of the sum s of all squared gradients.

        s ← s + g²,    w ← w − α·g / √(s + ε)

    Source: Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and
    stochastic optimization", §1.

    Parameters
    ----------
    weights, gradients
        As in `sgd_update`.
    accumulators : list of ndarray
        s of each weight, updated in place.
    learning_rate, epsilon : float

    Examples
    --------
    >>> weights, accumulators = [np.array([1.0])], [np.array([9.0])]
    >>> adagrad_update(weights, [np.array([4.0])], accumulators, learning_rate=0.1)
    >>> weights[0].round(6), accumulators[0]
    (array([0.92]), array([25.]))
    """
    for weight, gradient, accumulator in zip(weights, gradients, accumulators, strict=True):
        accumulator += np.square(gradient)
        weight -= learning_rate * gradient / np.sqrt(accumulator + epsilon)


def adadelta_update(
    weights: Arrays,
    gradients: Arrays,
    mean_squares: Arrays,
    step_squares: Arrays,
    learning_rate: float = 0.001,
    rho: float = 0.95,
    epsilon: float = 1e-7,
) -> None:
    """Scale the gradient by the ratio of recent steps to recent gradients.

        s ← ρ·s + (1 − ρ)·g²,    Δ = −√(d + ε) / √(s + ε) · g
        d ← ρ·d + (1 − ρ)·Δ²,    w ← w + α·Δ

    Source: Zeiler 2012, "ADADELTA: an adaptive learning rate method", arXiv:1212.5701,
    algorithm 1, where α is 1.

    Parameters
    ----------
    weights, gradients
        As in `sgd_update`.
    mean_squares, step_squares : list of ndarray
        s and d of each weight, updated in place.
    learning_rate, rho, epsilon : float

    Examples
    --------
    >>> weights, squares, steps = [np.array([1.0])], [np.array([0.0])], [np.array([0.0])]
    >>> adadelta_update(weights, [np.array([5.0])], squares, steps, learning_rate=1.0)
    >>> weights[0].round(6)
    array([0.998586])
    """
    for weight, gradient, mean_square, step_square in zip(
        weights, gradients, mean_squares, step_squares, strict=True
    ):
        mean_square *= rho
        mean_square += (1 - rho) * np.square(gradient)
        step = -np.sqrt(step_square + epsilon) / np.sqrt(mean_square + epsilon) * gradient
        step_square *= rho
        step_square += (1 - rho) * np.square(step)
        weight += learning_rate * step


def nadam_update(
    weights: Arrays,
    gradients: Arrays,
    ms: Arrays,
    vs: Arrays,
    step: int,
    product: float,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> float:
    """Take a step of Adam with Nesterov momentum.

    The momentum factor rises during training, μₜ = β₁·(1 − ½·0.96ᵗ), and Mₜ = μ₁·…·μₜ:

        m ← m + (1 − β₁)·(g − m),    v ← v + (1 − β₂)·(g² − v)
        m̂ = μₜ₊₁·m / (1 − Mₜ₊₁) + (1 − μₜ)·g / (1 − Mₜ),    v̂ = v / (1 − β₂ᵗ)
        w ← w − α·m̂ / (√v̂ + ε)

    Source: Dozat 2016, "Incorporating Nesterov momentum into Adam", algorithm 2.

    Parameters
    ----------
    weights, gradients
        As in `sgd_update`.
    ms, vs : list of ndarray
        m and v of each weight, updated in place.
    step : int
        t: 1 for the first step.
    product : float
        Mₜ₋₁: 1 for the first step.
    learning_rate, beta_1, beta_2, epsilon : float

    Returns
    -------
    product : float
        Mₜ.

    Examples
    --------
    >>> weights, ms, vs = ([np.array([value])] for value in (1.0, 0.0, 0.0))
    >>> product = nadam_update(weights, [np.array([5.0])], ms, vs, 1, 1.0, learning_rate=0.1)
    >>> weights[0].round(6), round(product, 3)
    (array([0.893721]), 0.468)
    """
    factor, next_factor = (beta_1 * (1 - 0.5 * 0.96**t) for t in (step, step + 1))
    product *= factor
    for weight, gradient, m, v in zip(weights, gradients, ms, vs, strict=True):
        m += (1 - beta_1) * (gradient - m)
        v += (1 - beta_2) * (np.square(gradient) - v)
        m_hat = m * (next_factor / (1 - product * next_factor))
        m_hat += gradient * ((1 - factor) / (1 - product))
        scalar = weight.dtype.type  # powers in the precision of the weight, as in Keras
        v_hat = v / (1 - scalar(beta_2) ** scalar(step))
        weight -= learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return product


def adamax_update(
    weights: Arrays,
    gradients: Arrays,
    ms: Arrays,
    norms: Arrays,
    step: int,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> None:
    """Divide the running mean m of the gradient by its largest recent absolute value u.

        m ← m + (1 − β₁)·(g − m),    u ← max(β₂·u, |g|)
        w ← w − α/(1 − β₁ᵗ) · m / (u + ε)

    Source: Kingma & Ba 2015, "Adam: a method for stochastic optimization", arXiv:1412.6980,
    algorithm 2.

    Parameters
    ----------
    weights, gradients
        As in `sgd_update`.
    ms, norms : list of ndarray
        m and u of each weight, updated in place.
    step : int
        t: 1 for the first step.
    learning_rate, beta_1, beta_2, epsilon : float

    Examples
    --------
    >>> weights, ms, norms = ([np.array([value])] for value in (1.0, 0.0, 0.0))
    >>> adamax_update(weights, [np.array([5.0])], ms, norms, step=1, learning_rate=0.1)
    >>> weights[0].round(6), norms[0]
    (array([0.9]), array([5.]))
    """
    for weight, gradient, m, norm in zip(weights, gradients, ms, norms, strict=True):
        m += (1 - beta_1) * (gradient - m)
        np.maximum(beta_2 * norm, np.abs(gradient), out=norm)
        scalar = weight.dtype.type  # powers in the precision of the weight, as in Keras
        rate = learning_rate / (1 - scalar(beta_1) ** scalar(step))
        weight -= rate * m / (norm + epsilon)
