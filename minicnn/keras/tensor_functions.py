"""NumPy's functions as functions of TensorFlow's tensors, and of symbolic ones."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from numpy import ndarray

from minicnn.keras.tensor import as_tensor
from minicnn.layers import Lambda
from minicnn.layers.symbolic import SymbolicTensor, is_symbolic


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


def as_layer(function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Call a function of symbolic tensors as a `Lambda` layer."""
    tensors: list[SymbolicTensor] = []

    def collect(value: Any) -> None:
        if isinstance(value, SymbolicTensor):
            tensors.append(value)
        for item in value if isinstance(value, (list, tuple)) else ():
            collect(item)

    def filled(value: Any, arrays: list[Any]) -> Any:
        if isinstance(value, SymbolicTensor):
            return arrays.pop(0)
        return [filled(one, arrays) for one in value] if isinstance(value, (list, tuple)) else value

    def compute(x: Any) -> Any:
        arrays = list(x) if isinstance(x, list) else [x]
        values = [filled(one, arrays) for one in arguments]
        return function(*values, **{key: filled(one, arrays) for key, one in options.items()})

    for value in (*arguments, *options.values()):
        collect(value)
    return Lambda(compute)(tensors if len(tensors) > 1 else tensors[0])
