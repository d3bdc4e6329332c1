"""Every operation in plain NumPy: the definition, and what the fast versions are tested against."""

from minicnn.ops.activations import (
    elu_backward,
    elu_forward,
    gelu_backward,
    gelu_forward,
    leaky_relu_backward,
    leaky_relu_forward,
    linear_backward,
    linear_forward,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    silu_backward,
    silu_forward,
    softmax_backward,
    softmax_forward,
    softplus_backward,
    softplus_forward,
    tanh_backward,
    tanh_forward,
)
from minicnn.ops.convolution import conv2d_backward, conv2d_forward
from minicnn.ops.cross_entropy import *  # noqa: F403
from minicnn.ops.cross_entropy import __all__ as _cross_entropy
from minicnn.ops.dense import dense_backward, dense_forward
from minicnn.ops.dropout import dropout_backward, dropout_forward
from minicnn.ops.examples import take_examples
from minicnn.ops.model_updates import *  # noqa: F403
from minicnn.ops.model_updates import __all__ as _model_updates
from minicnn.ops.normalization import (
    batch_normalization_backward,
    batch_normalization_forward,
)
from minicnn.ops.pooling import (
    average_pool2d_backward,
    average_pool2d_forward,
    global_max_pool2d_backward,
    global_max_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)
from minicnn.ops.updates import *  # noqa: F403
from minicnn.ops.updates import __all__ as _updates
from minicnn.ops.upsampling import upsample2d_backward, upsample2d_forward

__all__ = [
    "average_pool2d_backward",
    "average_pool2d_forward",
    "batch_normalization_backward",
    "batch_normalization_forward",
    "conv2d_backward",
    "conv2d_forward",
    "dense_backward",
    "dense_forward",
    "dropout_backward",
    "dropout_forward",
    "elu_backward",
    "elu_forward",
    "gelu_backward",
    "gelu_forward",
    "global_max_pool2d_backward",
    "global_max_pool2d_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "linear_backward",
    "linear_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "silu_backward",
    "silu_forward",
    "softmax_backward",
    "softmax_forward",
    "softplus_backward",
    "softplus_forward",
    "take_examples",
    "upsample2d_backward",
    "upsample2d_forward",
    "tanh_backward",
    "tanh_forward",
    *_cross_entropy,
    *_model_updates,
    *_updates,
]
