"""NumPy's functions as functions of TensorFlow's tensors, and of symbolic ones."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from numpy import ndarray

from minicnn.keras.tensor import as_tensor
from minicnn.layers.lambda_layer import as_layer
from minicnn.layers.symbolic import is_symbolic


def returns_tensor(function: Callable[..., Any], *names: str) -> Callable[..., Any]:
    """Return the function with `Tensor` as result, and its first parameters called as in TensorFlow.

    >>> import numpy as np
    >>> returns_tensor(np.argmax, "input", "axis")(input=np.eye(2), axis=1)
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([0, 1])>
    """

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        options.pop("name", None)
        if any(map(is_symbolic, (*arguments, *options.values()))):
            return as_layer(call, arguments, options)
        positional = [_converted(value) for value in arguments[:1]] + list(arguments[1:])
        for name in names[len(positional) :]:
            if name not in options:
                break
            positional.append(options.pop(name))
        return as_tensor(function(*positional, **options))

    return call


def _converted(value: Any) -> Any:
    """Return a tensor; arrays in a list may have different shapes, and stay."""
    several = isinstance(value, (list, tuple)) and any(isinstance(one, ndarray) for one in value)
    return value if several else as_tensor(value)
