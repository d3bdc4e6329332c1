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
        symbolic = any(map(is_symbolic, (*arguments, *options.values())))
        first = arguments[:1] if symbolic else map(converted, arguments[:1])
        positional = [*first, *arguments[1:]]
        for name in names[len(positional) :]:
            if name not in options:
                break
            positional.append(options.pop(name))
        if symbolic:
            return as_layer(function, positional, options)
        return as_tensor(function(*positional, **options))

    return call


def converted(value: Any) -> Any:
    """Return a tensor; text stays, and arrays in a list, which may have different shapes."""
    several = isinstance(value, (list, tuple)) and any(isinstance(one, ndarray) for one in value)
    return value if several or isinstance(value, str) else as_tensor(value)
