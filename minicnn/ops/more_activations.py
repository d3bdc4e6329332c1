"""Activation functions that have no compiled kernel; in the form of `minicnn.ops.activations`."""

import numpy as np
from numpy import ndarray

from minicnn.ops.activations import (
    elu_forward,
    relu_backward,
    relu_forward,
    sigmoid_forward,
    softplus_forward,
)

__all__ = [
    "exponential_backward",
    "exponential_forward",
    "hard_sigmoid_backward",
    "hard_sigmoid_forward",
    "hard_silu_backward",
    "hard_silu_forward",
    "log_softmax_backward",
    "log_softmax_forward",
    "mish_backward",
    "mish_forward",
    "relu6_backward",
    "relu6_forward",
    "selu_backward",
    "selu_forward",
    "softsign_backward",
    "softsign_forward",
]


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
