"""Element-wise activation functions, each next to its derivative.

``<name>_forward(x)`` returns y; ``<name>_backward(dy, x, y)`` returns dx = dy · ∂y/∂x, computed from x
or y, whichever is simpler. Arrays have any shape; results have the dtype of `x`.
"""

import math

import numpy as np
from numpy import ndarray

__all__ = [
    "elu_backward",
    "elu_forward",
    "gelu_backward",
    "gelu_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "linear_backward",
    "linear_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "silu_backward",
    "silu_forward",
    "softplus_backward",
    "softplus_forward",
    "tanh_backward",
    "tanh_forward",
]


def linear_forward(x: ndarray) -> ndarray:
    """Return the input: ``y = x``.

    Examples
    --------
    >>> linear_forward(np.array([-2.0, 3.0]))
    array([-2.,  3.])
    """
    return x


def linear_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: 1.

    Examples
    --------
    >>> linear_backward(np.ones(1), np.zeros(1), np.zeros(1))
    array([1.])
    """
    return dy


def relu_forward(
    x: ndarray, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> ndarray:
    """Rectify: ``max(x, 0)`` by default.

    ``y = max_value if x ≥ max_value, x if x > threshold, else negative_slope·(x − threshold)``

    Source: Nair & Hinton 2010, "Rectified linear units improve restricted Boltzmann machines".

    Examples
    --------
    >>> relu_forward(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    >>> relu_forward(np.array([-2.0, 3.0, 9.0]), negative_slope=0.1, max_value=6.0)
    array([-0.2,  3. ,  6. ])
    """
    if negative_slope == 0 and max_value is None and threshold == 0:
        return np.maximum(x, x.dtype.type(0))
    slope, threshold = x.dtype.type(negative_slope), x.dtype.type(threshold)
    y = np.where(x > threshold, x, slope * (x - threshold) + 0)  # + 0 turns −0 into 0
    return y if max_value is None else np.minimum(y, x.dtype.type(max_value))


def relu_backward(
    dy: ndarray,
    x: ndarray,
    y: ndarray,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> ndarray:
    """Derivative: 1 between `threshold` and `max_value`, `negative_slope` below, 0 above.

    Examples
    --------
    >>> x = np.array([-2.0, 0.0, 3.0])
    >>> relu_backward(np.ones(3), x, relu_forward(x))
    array([0., 0., 1.])
    """
    if negative_slope == 0 and max_value is None and threshold == 0:
        return dy * (y > 0)
    slope = np.where(x > threshold, x.dtype.type(1), x.dtype.type(negative_slope))
    if max_value is not None:
        slope = slope * (x < max_value)
    return dy * slope


def leaky_relu_forward(x: ndarray, negative_slope: float = 0.2) -> ndarray:
    """Rectify with a small slope for negative inputs: ``x if x > 0 else negative_slope·x``.

    Source: Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network acoustic models".

    Examples
    --------
    >>> leaky_relu_forward(np.array([-2.0, 3.0]))
    array([-0.4,  3. ])
    """
    return relu_forward(x, negative_slope)


def leaky_relu_backward(
    dy: ndarray, x: ndarray, y: ndarray, negative_slope: float = 0.2
) -> ndarray:
    """Derivative: 1 where x > 0, else `negative_slope`.

    Examples
    --------
    >>> x = np.array([-2.0, 3.0])
    >>> leaky_relu_backward(np.ones(2), x, leaky_relu_forward(x))
    array([0.2, 1. ])
    """
    return relu_backward(dy, x, y, negative_slope)


def elu_forward(x: ndarray, alpha: float = 1.0) -> ndarray:
    """Exponential linear unit: ``x if x > 0 else α·(eˣ − 1)``.

    Source: Clevert, Unterthiner & Hochreiter 2016, arXiv:1511.07289.

    Examples
    --------
    >>> elu_forward(np.array([-1.0, 2.0])).round(4)
    array([-0.6321,  2.    ])
    """
    return np.where(x > 0, x, x.dtype.type(alpha) * np.expm1(np.minimum(x, 0)))


def elu_backward(dy: ndarray, x: ndarray, y: ndarray, alpha: float = 1.0) -> ndarray:
    """Derivative: 1 where x > 0, else ``α·eˣ = y + α``.

    Examples
    --------
    >>> x = np.array([-1.0, 2.0])
    >>> elu_backward(np.ones(2), x, elu_forward(x)).round(4)
    array([0.3679, 1.    ])
    """
    return dy * np.where(x > 0, x.dtype.type(1), y + x.dtype.type(alpha))


def sigmoid_forward(x: ndarray) -> ndarray:
    """Map to (0, 1): ``1 / (1 + e⁻ˣ)``, computed as ``(1 + tanh(x/2)) / 2`` against overflow.

    Examples
    --------
    >>> sigmoid_forward(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    half = x.dtype.type(0.5)
    return half + half * np.tanh(half * x)


def sigmoid_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: ``y·(1 − y)``.

    Examples
    --------
    >>> sigmoid_backward(np.ones(1), np.zeros(1), sigmoid_forward(np.zeros(1)))
    array([0.25])
    """
    return dy * (y * (1 - y))


def tanh_forward(x: ndarray) -> ndarray:
    """Map to (−1, 1): ``tanh(x)``.

    Examples
    --------
    >>> tanh_forward(np.array([0.0, 1.0])).round(4)
    array([0.    , 0.7616])
    """
    return np.tanh(x)


def tanh_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: ``1 − y²``.

    Examples
    --------
    >>> tanh_backward(np.ones(1), np.zeros(1), tanh_forward(np.zeros(1)))
    array([1.])
    """
    return dy * (1 - y * y)


def softplus_forward(x: ndarray) -> ndarray:
    """Smooth rectifier: ``log(1 + eˣ)``, computed as ``max(x, 0) + log(1 + e^−|x|)``.

    Source: Dugas et al. 2001, "Incorporating second-order functional knowledge…", NIPS 13.

    Examples
    --------
    >>> softplus_forward(np.array([0.0, 1000.0])).round(4)
    array([6.931e-01, 1.000e+03])
    """
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def softplus_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: ``sigmoid(x)``.

    Examples
    --------
    >>> softplus_backward(np.ones(1), np.zeros(1), softplus_forward(np.zeros(1)))
    array([0.5])
    """
    return dy * sigmoid_forward(x)


def silu_forward(x: ndarray) -> ndarray:
    """Multiply the input by its sigmoid: ``x·sigmoid(x)``, also called swish.

    Source: Elfwing, Uchibe & Doya 2017, arXiv:1702.03118; Ramachandran et al. 2017, arXiv:1710.05941.

    Examples
    --------
    >>> silu_forward(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.2689,  0.    ,  0.7311])
    """
    return x * sigmoid_forward(x)


def silu_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: ``s·(1 + x·(1 − s))`` with ``s = sigmoid(x)``.

    Examples
    --------
    >>> silu_backward(np.ones(1), np.zeros(1), np.zeros(1))
    array([0.5])
    """
    s = sigmoid_forward(x)
    return dy * (s * (1 + x * (1 - s)))


def gelu_forward(x: ndarray, approximate: bool = False) -> ndarray:
    """Multiply the input by the normal distribution function: ``x·Φ(x) = x/2·(1 + erf(x/√2))``.

    With `approximate`, ``Φ(x) ≈ (1 + tanh(√(2/π)·(x + 0.044715·x³)))/2``.

    Source: Hendrycks & Gimpel 2016, "Gaussian error linear units", arXiv:1606.08415.

    Examples
    --------
    >>> gelu_forward(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1587,  0.    ,  0.8413])
    """
    return x * _normal_cdf(x, approximate)


def gelu_backward(dy: ndarray, x: ndarray, y: ndarray, approximate: bool = False) -> ndarray:
    """Derivative: ``Φ(x) + x·φ(x)`` with the density φ, or the derivative of the approximation.

    Examples
    --------
    >>> gelu_backward(np.ones(1), np.zeros(1), np.zeros(1))
    array([0.5])
    """
    scalar = x.dtype.type
    phi = _normal_cdf(x, approximate)
    if approximate:
        inner = scalar(math.sqrt(2 / math.pi)) * (1 + scalar(3 * 0.044715) * x * x)
        density = 2 * phi * (1 - phi) * inner
    else:
        density = scalar(1 / math.sqrt(2 * math.pi)) * np.exp(-x * x / 2)
    return dy * (phi + x * density)


def _normal_cdf(x: ndarray, approximate: bool) -> ndarray:
    """Return Φ(x), the cumulative distribution function of the standard normal distribution."""
    scalar = x.dtype.type
    if approximate:
        inner = x + scalar(0.044715) * x * x * x
        return sigmoid_forward(scalar(2 * math.sqrt(2 / math.pi)) * inner)
    from scipy.special import erf

    return (1 + erf(x * scalar(math.sqrt(0.5)))) / 2
