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
    "exponential_backward",
    "exponential_forward",
    "gelu_backward",
    "gelu_forward",
    "hard_sigmoid_backward",
    "hard_sigmoid_forward",
    "hard_silu_backward",
    "hard_silu_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "linear_backward",
    "linear_forward",
    "log_softmax_backward",
    "log_softmax_forward",
    "mish_backward",
    "mish_forward",
    "relu6_backward",
    "relu6_forward",
    "relu_backward",
    "relu_forward",
    "selu_backward",
    "selu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "silu_backward",
    "silu_forward",
    "softplus_backward",
    "softplus_forward",
    "softsign_backward",
    "softsign_forward",
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


SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772


def selu_forward(x: ndarray) -> ndarray:
    """Scaled exponential linear unit: ``1.0507·(x if x > 0 else 1.6733·(eˣ − 1))``.

    Source: Klambauer et al. 2017, "Self-normalizing neural networks", arXiv:1706.02515.

    Examples
    --------
    >>> selu_forward(np.array([-1.0, 2.0])).round(4)
    array([-1.1113,  2.1014])
    """
    return x.dtype.type(SELU_SCALE) * elu_forward(x, SELU_ALPHA)


def selu_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: 1.0507 where x ≥ 0, else ``1.7581·eˣ``.

    Examples
    --------
    >>> x = np.array([-1.0, 2.0])
    >>> selu_backward(np.ones(2), x, selu_forward(x)).round(4)
    array([0.6468, 1.0507])
    """
    scale, low = x.dtype.type(SELU_SCALE), x.dtype.type(SELU_SCALE * SELU_ALPHA)
    return dy * np.where(x >= 0, scale, low * np.exp(np.minimum(x, 0)))


def relu6_forward(x: ndarray) -> ndarray:
    """Rectify, limited to 6: ``min(max(x, 0), 6)``.

    Source: Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10".

    Examples
    --------
    >>> relu6_forward(np.array([-2.0, 3.0, 9.0]))
    array([0., 3., 6.])
    """
    return relu_forward(x, max_value=6.0)


def relu6_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: 1 between 0 and 6, else 0.

    Examples
    --------
    >>> x = np.array([-2.0, 3.0, 9.0])
    >>> relu6_backward(np.ones(3), x, relu6_forward(x))
    array([0., 1., 0.])
    """
    return relu_backward(dy, x, y, max_value=6.0)


def hard_sigmoid_forward(x: ndarray) -> ndarray:
    """Piecewise linear sigmoid: ``min(max(x/6 + ½, 0), 1)``.

    Source: Howard et al. 2019, "Searching for MobileNetV3", arXiv:1905.02244, §5.2.

    Examples
    --------
    >>> hard_sigmoid_forward(np.array([-4.0, 0.0, 1.5]))
    array([0.  , 0.5 , 0.75])
    """
    return relu6_forward(x + 3) / 6


def hard_sigmoid_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: 1/6 between −3 and 3, else 0.

    Examples
    --------
    >>> x = np.array([-4.0, 0.0])
    >>> hard_sigmoid_backward(np.ones(2), x, hard_sigmoid_forward(x)).round(4)
    array([0.    , 0.1667])
    """
    return relu6_backward(dy, x + 3, y) / 6


def hard_silu_forward(x: ndarray) -> ndarray:
    """Piecewise version of `silu`, also called hard swish: ``x · hard_sigmoid(x)``.

    Source: Howard et al. 2019, "Searching for MobileNetV3", arXiv:1905.02244, §5.2.

    Examples
    --------
    >>> hard_silu_forward(np.array([-4.0, 3.0, 1.5]))
    array([-0.   ,  3.   ,  1.125])
    """
    return x * hard_sigmoid_forward(x)


def hard_silu_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: ``x/3 + ½`` between −3 and 3, 0 below, 1 above.

    Examples
    --------
    >>> x = np.array([-4.0, 0.0, 4.0])
    >>> hard_silu_backward(np.ones(3), x, hard_silu_forward(x))
    array([0. , 0.5, 1. ])
    """
    gate = hard_sigmoid_forward(x)
    return dy * gate + hard_sigmoid_backward(dy * x, x, gate)


def mish_forward(x: ndarray) -> ndarray:
    """Smooth gate: ``x · tanh(softplus(x))``.

    Source: Misra 2019, "Mish: a self regularized non-monotonic activation function",
    arXiv:1908.08681.

    Examples
    --------
    >>> mish_forward(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.3034,  0.    ,  0.8651])
    """
    return x * np.tanh(softplus_forward(x))


def mish_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: ``t + x·(1 − t²)·σ(x)`` with ``t = tanh(softplus(x))``.

    Examples
    --------
    >>> x = np.array([-1.0, 0.0, 1.0])
    >>> mish_backward(np.ones(3), x, mish_forward(x)).round(4)
    array([0.0592, 0.6   , 1.049 ])
    """
    gate = np.tanh(softplus_forward(x))
    return dy * (gate + x * (1 - np.square(gate)) * sigmoid_forward(x))


def exponential_forward(x: ndarray) -> ndarray:
    """Exponential: ``eˣ``, infinite where it overflows.

    Examples
    --------
    >>> exponential_forward(np.array([0.0, 1.0])).round(4)
    array([1.    , 2.7183])
    """
    with np.errstate(over="ignore"):
        return np.exp(x)


def exponential_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: y.

    Examples
    --------
    >>> x = np.array([0.0])
    >>> exponential_backward(np.ones(1), x, exponential_forward(x))
    array([1.])
    """
    return dy * y


def softsign_forward(x: ndarray) -> ndarray:
    """Softsign: ``x / (1 + |x|)``.

    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
    neural networks", §2.

    Examples
    --------
    >>> softsign_forward(np.array([-1.0, 3.0]))
    array([-0.5 ,  0.75])
    """
    return x / (1 + np.abs(x))


def softsign_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Derivative: ``1 / (1 + |x|)²``.

    Examples
    --------
    >>> x = np.array([-1.0, 3.0])
    >>> softsign_backward(np.ones(2), x, softsign_forward(x))
    array([0.25  , 0.0625])
    """
    return dy / np.square(1 + np.abs(x))


def log_softmax_forward(x: ndarray, axis: int = -1) -> ndarray:
    """Logarithm of the softmax: ``xᵢ − max x − ln Σⱼ e^(xⱼ − max x)``.

    Examples
    --------
    >>> log_softmax_forward(np.array([1000.0, 1000.0])).round(4)
    array([-0.6931, -0.6931])
    """
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def log_softmax_backward(dy: ndarray, x: ndarray, y: ndarray, axis: int = -1) -> ndarray:
    """Gradient with respect to the logits: ``dxᵢ = dyᵢ − e^yᵢ·Σⱼ dyⱼ``.

    Examples
    --------
    >>> x = np.array([0.0, np.log(3.0)])
    >>> log_softmax_backward(np.array([1.0, 0.0]), x, log_softmax_forward(x))
    array([ 0.75, -0.75])
    """
    return dy - np.exp(y) * dy.sum(axis=axis, keepdims=True)
