"""Arithmetic on arrays: every operation of the library, forward and backward.

`minicnn.ops.reference` defines each operation in plain NumPy. Where a fast version of the same
name and signature exists, ``ops.<name>`` is that one; with the environment variable
``MINICNN_OPS=numpy``, or without numba, it is always the reference.

Images are ``(batch, height, width, channels)``; kernels are
``(kernel_height, kernel_width, channels, filters)``.

>>> import numpy as np
>>> from minicnn import ops
>>> image = np.arange(16.0).reshape(1, 4, 4, 1)
>>> y, cache = ops.max_pool2d_forward(image, (2, 2), (2, 2))
>>> y[0, :, :, 0]
array([[ 5.,  7.],
       [13., 15.]])
"""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from minicnn.errors import unknown_name
from minicnn.ops import reference

if TYPE_CHECKING:
    from minicnn.ops.reference import *  # noqa: F403

# operation -> the module of minicnn.kernels with its fast version
FAST = {
    "conv2d_forward": "convolution",
    "conv2d_backward": "convolution",
    "max_pool2d_forward": "pooling",
    "max_pool2d_backward": "pooling",
    "average_pool2d_forward": "pooling",
    "average_pool2d_backward": "pooling",
    "dense_forward": "dense",
    "dense_backward": "dense",
    "dropout_forward": "dropout",
    "dropout_backward": "dropout",
    "batch_normalization_forward": "normalization",
    "batch_normalization_backward": "normalization",
    "relu_forward": "activations",
    "relu_backward": "activations",
    "leaky_relu_forward": "activations",
    "leaky_relu_backward": "activations",
    "elu_forward": "activations",
    "elu_backward": "activations",
    "sigmoid_forward": "activations",
    "sigmoid_backward": "activations",
    "tanh_forward": "activations",
    "tanh_backward": "activations",
    "softplus_backward": "activations",
    "silu_forward": "activations",
    "silu_backward": "activations",
    "gelu_forward": "activations",
    "gelu_backward": "activations",
    "softmax_forward": "softmax",
    "softmax_cross_entropy_forward": "softmax",
    "softmax_cross_entropy_backward": "softmax",
    "adam_updates": "updates",
    "momentum_updates": "updates",
    "rmsprop_updates": "updates",
    "sgd_updates": "updates",
    "take_examples": "examples",
}

__all__ = list(reference.__all__)


def use_fast() -> bool:
    """Whether the fast versions are used: numba is there, and ``MINICNN_OPS`` is not "numpy"."""
    choice = os.environ.get("MINICNN_OPS", "") or "fast"
    if choice not in ("fast", "numpy"):
        raise unknown_name(
            "value of the environment variable MINICNN_OPS", choice, ("fast", "numpy")
        )
    return choice == "fast" and find_spec("numba") is not None


def __getattr__(name: str) -> Any:
    """Choose the version of operation `name` when it is first used: numba loads only then."""
    if name not in reference.__all__:
        raise AttributeError(f"module 'minicnn.ops' has no operation {name!r}")
    fast = name in FAST and use_fast()
    module = import_module(f"minicnn.kernels.{FAST[name]}") if fast else reference
    operation = getattr(module, name)
    globals()[name] = operation  # found without this detour from now on
    return operation
