"""NumPy arrays as eager tensors of TensorFlow, and NumPy's functions as functions of tensors."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

import numpy as np

from minicnn.layers.lambda_layer import as_layer
from minicnn.layers.symbolic import is_symbolic
from minicnn.tensors import Tensor


class EagerTensor(Tensor):
    """A NumPy array with the methods and the representation of TensorFlow's tensors.

    >>> as_tensor([1, 2]).numpy().tolist()
    [1, 2]
    """

    def numpy(self) -> Any:
        """Return the values as a plain array, or as a NumPy scalar if there are no axes."""
        return np.asarray(self)[()]

    def get_shape(self) -> tuple[int, ...]:
        """Return the shape."""
        return self.shape

    def __repr__(self) -> str:
        values = repr(np.asarray(self)[()] if self.ndim else np.asarray(self)[()].item())
        return f"<tf.Tensor: shape={self.shape}, dtype={self.dtype}, numpy={values}>"


def as_tensor(value: Any, dtype: Any = None) -> EagerTensor:
    """Return an array as a tensor; Python's numbers become float32 and int32, as in TensorFlow."""
    array = np.asarray(value, dtype)
    if dtype is None and not isinstance(value, (np.ndarray, np.generic)):
        smaller = {"float64": np.float32, "int64": np.int32}.get(array.dtype.name)
        array = array if smaller is None else array.astype(smaller)
    return array.view(EagerTensor)


def returns_tensor(function: Callable[..., Any], *names: str) -> Callable[..., Any]:
    """Return the function with `Tensor` as result, and with TensorFlow's names of its parameters.

    Without names they are those of the function.

    >>> returns_tensor(np.argmax, "input", "axis")(input=np.eye(2), axis=1)
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([0, 1])>
    """
    if not names and hasattr(function, "__code__"):  # those of NumPy in C may have no signature
        names = tuple(signature(function).parameters)

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        options.pop("name", None)
        options = {key: _without_list(value) for key, value in options.items()}
        positional = [*arguments[:1], *map(_without_list, arguments[1:])]
        for name in names[len(positional) :]:
            if name not in options:
                break
            positional.append(options.pop(name))
        if any(map(is_symbolic, (*positional, *options.values()))):
            return as_layer(function, positional, options)
        return as_tensor(function(*map(converted, positional[:1]), *positional[1:], **options))

    return call


def _without_list(value: Any) -> Any:
    """Return a tuple for a list: NumPy takes no list of axes."""
    return tuple(value) if isinstance(value, list) else value


def converted(value: Any) -> Any:
    """Return a tensor; text stays, and arrays in a list, which may have different shapes."""
    several = isinstance(value, (list, tuple)) and any(isinstance(one, np.ndarray) for one in value)
    return value if several or isinstance(value, str) else as_tensor(value)
