"""Batch and layer normalization, forward and backward.

References: Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by
reducing internal covariate shift", arXiv:1502.03167; Ba, Kiros & Hinton 2016, "Layer normalization",
arXiv:1607.06450.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

__all__ = [
    "batch_normalization_backward",
    "batch_normalization_forward",
    "layer_normalization_backward",
    "layer_normalization_forward",
]


class BatchNormalizationCache(NamedTuple):
    """Arrays and options that `batch_normalization_backward` needs."""

    x: ndarray
    scale: ndarray  # (channels,): 1/√(σ² + ε)
    gamma: ndarray | None
    mean: ndarray  # (channels,): of the batch in training, otherwise the moving mean
    variance: ndarray
    training: bool
    beta: ndarray | None = None
    activation: str = "linear"

    @property
    def normalized(self) -> ndarray:
        """x̂ = (x − μ)·scale, with the shape of x."""
        return (self.x - self.mean) * self.scale

    @property
    def scaled(self) -> ndarray:
        """γ·x̂ + β, which is y before the activation."""
        z = self.normalized if self.gamma is None else self.normalized * self.gamma
        return z if self.beta is None else z + self.beta

    def before_activation(self, dy: ndarray) -> ndarray:
        """Return the gradient of `scaled`; NaN lets it pass."""
        if self.activation == "linear":
            return dy
        return np.where(self.scaled <= 0, dy.dtype.type(0), dy)


def batch_normalization_forward(
    x: ndarray,
    gamma: ndarray | None,
    beta: ndarray | None,
    moving_mean: ndarray,
    moving_variance: ndarray,
    epsilon: float = 1e-3,
    training: bool = False,
    activation: str = "linear",
) -> tuple[ndarray, BatchNormalizationCache]:
    """Normalise every channel to mean 0 and variance 1, scale by γ, shift by β, then ReLU if requested.

    ``x̂ = (x − μ) / √(σ² + ε)``,  ``y = γ·x̂ + β``

    In training, μ and σ² (divided by n, not n − 1) are the statistics of the batch over all axes but
    the last; otherwise they are the moving averages.

    Parameters
    ----------
    x : (batch, ..., channels)
    gamma, beta : (channels,), optional
    moving_mean, moving_variance : (channels,)
    epsilon : float
    training : bool
    activation : "linear" or "relu"

    Returns
    -------
    y : (batch, ..., channels)
    cache : BatchNormalizationCache
        For `batch_normalization_backward`; its `mean` and `variance` are those used.

    Raises
    ------
    ShapeError
        If γ, β and the moving averages do not have the shape (channels,).
    ValueError
        For a misspelt `activation`.

    Examples
    --------
    >>> x = np.array([[1.0], [3.0]])
    >>> zero, one = np.zeros(1), np.ones(1)
    >>> batch_normalization_forward(x, one, zero, zero, one, epsilon=0.0, training=True)[0].ravel()
    array([-1.,  1.])
    """
    mean, variance = moving_mean, moving_variance
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axis=axes), x.var(axis=axes)
    scale = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    cache = BatchNormalizationCache(x, scale, gamma, mean, variance, training, beta, activation)
    return np.maximum(cache.scaled, 0) if activation == "relu" else cache.scaled, cache


def batch_normalization_backward(
    dy: ndarray, cache: BatchNormalizationCache
) -> tuple[ndarray, ndarray, ndarray]:
    """Gradients of batch normalisation with respect to its input, γ and β.

    ``dγ = Σ dy·x̂``, ``dβ = Σ dy``, and with ``dx̂ = γ·dy``

        dx = (dx̂ − mean(dx̂) − x̂·mean(dx̂·x̂)) / √(σ² + ε)

    in training, where every output depends on the whole batch through μ and σ²; otherwise
    ``dx = dx̂ / √(σ² + ε)``. With ReLU, dy passes only where the output was positive.

    Parameters
    ----------
    dy : (batch, ..., channels)
        ∂loss/∂y.
    cache : BatchNormalizationCache
        From `batch_normalization_forward`.

    Returns
    -------
    dx : (batch, ..., channels)
    dgamma, dbeta : (channels,)

    Raises
    ------
    ShapeError
        If `dy` does not have the shape of y.

    Examples
    --------
    In training, y does not depend on a shift of the whole batch, so a constant gradient vanishes:

    >>> zero, one = np.zeros(1), np.ones(1)
    >>> x = np.array([[1.0], [2.0], [6.0]])
    >>> y, cache = batch_normalization_forward(x, one, zero, zero, one, training=True)
    >>> dx, dgamma, dbeta = batch_normalization_backward(np.ones_like(y), cache)
    >>> bool(np.allclose(dx, 0)), dbeta
    (True, array([3.]))
    """
    scale, gamma, training = cache.scale, cache.gamma, cache.training
    dy = cache.before_activation(dy)
    normalized = cache.normalized
    axes = tuple(range(dy.ndim - 1))
    dgamma, dbeta = (dy * normalized).sum(axis=axes), dy.sum(axis=axes)
    dnormalized = dy if gamma is None else dy * gamma
    if training:
        through_variance = normalized * (dnormalized * normalized).mean(axis=axes)
        dnormalized = dnormalized - dnormalized.mean(axis=axes) - through_variance
    return dnormalized * scale, dgamma, dbeta


class LayerNormalizationCache(NamedTuple):
    """Arrays and options that `layer_normalization_backward` needs."""

    normalized: ndarray
    scale: ndarray  # 1/√(σ² + ε), with axes of size 1 for the normalized ones
    gamma: ndarray | None
    axes: tuple[int, ...]


def layer_normalization_forward(
    x: ndarray,
    gamma: ndarray | None = None,
    beta: ndarray | None = None,
    axes: tuple[int, ...] = (-1,),
    epsilon: float = 1e-3,
) -> tuple[ndarray, LayerNormalizationCache]:
    """Shift and scale every example to mean 0 and variance 1, then scale by γ and add β.

    ``x̂ = (x − μ) / √(σ² + ε)``,  ``y = γ·x̂ + β``, with μ and σ² over the axes of one example; so
    training and prediction are the same.

    Parameters
    ----------
    x : (batch, ...)
    gamma, beta : (sizes of the axes,), optional
    axes : tuple of int
        Axes to normalize, in increasing order.
    epsilon : float
        Added to the variance to avoid division by zero.

    Returns
    -------
    y : (batch, ...)
        Dtype of `x`.
    cache : LayerNormalizationCache
        For `layer_normalization_backward`.

    Examples
    --------
    >>> layer_normalization_forward(np.array([[1.0, 3.0], [20.0, 60.0]]), epsilon=0.0)[0]
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    scale = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    normalized = (x - mean) * scale
    y = normalized
    if gamma is not None:
        gamma = gamma.reshape(_along(axes, x.shape))
        y = y * gamma
    if beta is not None:
        y = y + beta.reshape(_along(axes, x.shape))
    return y, LayerNormalizationCache(normalized, scale, gamma, axes)


def layer_normalization_backward(
    dy: ndarray, cache: LayerNormalizationCache
) -> tuple[ndarray, ndarray, ndarray]:
    """Compute the gradients of layer normalization with respect to its input, γ and β.

    ``dγ = Σ dy·x̂``, ``dβ = Σ dy``, and with ``dx̂ = γ·dy``

        dx = (dx̂ − mean(dx̂) − x̂·mean(dx̂·x̂)) / √(σ² + ε)

    because each output depends on the whole example through μ and σ².

    Parameters
    ----------
    dy : (batch, ...)
        ∂loss/∂y.
    cache : LayerNormalizationCache
        From the forward pass.

    Returns
    -------
    dx : (batch, ...)
    dgamma, dbeta : (sizes of the axes,)

    Examples
    --------
    A gradient that is the same for a whole example vanishes, because its mean does not change y:

    >>> y, cache = layer_normalization_forward(np.array([[1.0, 3.0]]), epsilon=0.0)
    >>> layer_normalization_backward(np.ones((1, 2)), cache)
    (array([[0., 0.]]), array([-1.,  1.]), array([1., 1.]))
    """
    normalized, scale, gamma, axes = cache
    others = tuple(axis for axis in range(dy.ndim) if axis not in {a % dy.ndim for a in axes})
    dgamma, dbeta = (dy * normalized).sum(axis=others), dy.sum(axis=others)
    dnormalized = dy if gamma is None else dy * gamma
    through_mean = dnormalized.mean(axis=axes, keepdims=True)
    through_variance = normalized * (dnormalized * normalized).mean(axis=axes, keepdims=True)
    return scale * (dnormalized - through_mean - through_variance), dgamma, dbeta


def _along(axes: tuple[int, ...], shape: tuple[int, ...]) -> list[int]:
    """Return `shape` with 1 for all axes but `axes`."""
    kept = {axis % len(shape) for axis in axes}
    return [size if axis in kept else 1 for axis, size in enumerate(shape)]
