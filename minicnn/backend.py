"""Keras' ``backend``: settings, reading and setting values, and arithmetic for custom functions.

The arithmetic is NumPy's, so custom losses and metrics written with ``K.mean`` and ``K.square`` work.
Their gradients are computed numerically.

>>> from minicnn import backend as K
>>> float(K.mean(K.square([1.0, 3.0]), axis=-1))
5.0
>>> K.backend(), K.floatx(), K.epsilon(), K.image_data_format(), K.image_dim_ordering()
('minicnn', 'float32', 1e-07, 'channels_last', 'tf')
>>> K.cast_to_floatx([1, 2]), K.int_shape(np.zeros((2, 3))), K.get_uid("example")
(array([1., 2.], dtype=float32), (2, 3), 1)
>>> K.cast([0.0, 2.0], "int32").tolist(), K.softmax([0.0, 0.0]).tolist(), K.flatten([[1], [2]]).tolist()
([0, 2], [0.5, 0.5], [1, 2])
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import activations, checks
from minicnn.checks import default_data_format, set_default_data_format
from minicnn.errors import suggest_names
from minicnn.naming import clear_session as clear_session
from minicnn.naming import unique_name

_settings: dict[str, Any] = {"epsilon": 1e-7}


def backend() -> str:
    """Return the name of the library that computes: "minicnn"."""
    return "minicnn"


def image_data_format() -> str:
    """Return the order of the axes of images, "channels_last" or "channels_first"."""
    return default_data_format()


def set_image_data_format(data_format: str) -> None:
    """Set the order of the axes for layers that are made from now on without `data_format`.

    Layers with "channels_first" transpose their images, so that they are slower.

    Parameters
    ----------
    data_format : "channels_last" or "channels_first"
    """
    set_default_data_format(data_format)


def image_dim_ordering() -> str:
    """Return Keras 1's name of `image_data_format`: "tf" or "th"."""
    return "tf" if default_data_format() == "channels_last" else "th"


def set_image_dim_ordering(dim_ordering: str) -> None:
    """Do as `set_image_data_format`, with Keras 1's names: "tf" or "th"."""
    names = {"tf": "channels_last", "th": "channels_first"}
    chosen = checks.choice("set_image_dim_ordering", "dim_ordering", dim_ordering, [*names])
    set_default_data_format(names[chosen])


def floatx() -> str:
    """Return the default dtype of layers: "float32"."""
    return "float32"


def set_floatx(dtype: str) -> None:
    """Accept "float32"; for others, set the dtype of each layer.

    Raises
    ------
    UnknownNameError
        For any other dtype.
    """
    checks.choice("set_floatx (use the argument dtype of layers)", "dtype", dtype, ["float32"])


def cast_to_floatx(x: Any) -> ndarray:
    """Return an array of float32."""
    return np.asarray(x, floatx())


def epsilon() -> float:
    """Return the small number that keeps divisions and logarithms finite."""
    return _settings["epsilon"]


def set_epsilon(value: float) -> None:
    """Set what `epsilon` returns."""
    _settings["epsilon"] = checks.finite_number("set_epsilon", "value", value, ge=0)


def get_value(x: Any) -> Any:
    """Return a weight as an array, or the learning rate of an optimizer as a float.

    Examples
    --------
    >>> from minicnn.optimizers import SGD
    >>> get_value(SGD(0.1).learning_rate)
    0.1
    """
    return x.numpy() if hasattr(x, "numpy") else x


def set_value(x: Any, value: Any) -> None:
    """Set a weight, or the learning rate of an optimizer.

    Raises
    ------
    TypeError
        If `x` is neither.

    Examples
    --------
    >>> from minicnn.optimizers import SGD
    >>> optimizer = SGD(0.1)
    >>> set_value(optimizer.learning_rate, 0.01)
    >>> optimizer.learning_rate
    0.01
    """
    if hasattr(x, "assign"):
        x.assign(value)
    elif isinstance(x, ndarray):
        x[...] = value
    else:
        raise TypeError(f"set_value: x must be a weight or a learning rate, got {x!r}.")


def get_uid(prefix: str = "") -> int:
    """Return a number for a name, counted from 1."""
    counted = f"uid_{prefix}"
    return int(unique_name(counted).removeprefix(counted).lstrip("_") or 0) + 1


def int_shape(x: Any) -> tuple[int | None, ...]:
    """Return the shape of an array or a symbolic tensor."""
    return tuple(x.shape)


def cast(x: Any, dtype: str) -> ndarray:
    """Return an array of another dtype."""
    return np.asarray(x).astype(dtype)


def softmax(x: Any, axis: int = -1) -> ndarray:
    """Return the softmax of an array."""
    return activations.softmax(x, axis=axis)


def flatten(x: Any) -> ndarray:
    """Return an array of one axis."""
    return np.ravel(x)


def _reduction(function: Any) -> Callable[..., Any]:
    def reduce(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return function(x, axis=axis, keepdims=keepdims)

    reduce.__name__ = function.__name__
    reduce.__doc__ = f"Return ``numpy.{function.__name__}(x, axis, keepdims)``."
    return reduce


mean, sum, max, min, prod, std, var, any, all = map(  # noqa: A001 (Keras' names)
    _reduction, (np.mean, np.sum, np.max, np.min, np.prod, np.std, np.var, np.any, np.all)
)
abs, exp, log, sqrt, square, sign, round, pow = (  # noqa: A001
    np.abs, np.exp, np.log, np.sqrt, np.square, np.sign, np.round, np.power,
)  # fmt: skip
maximum, minimum, clip, argmax, argmin = np.maximum, np.minimum, np.clip, np.argmax, np.argmin
equal, not_equal, greater, less = np.equal, np.not_equal, np.greater, np.less
dot, transpose, concatenate, expand_dims = np.dot, np.transpose, np.concatenate, np.expand_dims
reshape, squeeze, stack, zeros, ones = np.reshape, np.squeeze, np.stack, np.zeros, np.ones
zeros_like, ones_like, constant, variable = np.zeros_like, np.ones_like, np.asarray, np.array
relu, sigmoid, tanh, elu = activations.relu, activations.sigmoid, activations.tanh, activations.elu
eval = get_value  # noqa: A001

suggest_names(globals())
