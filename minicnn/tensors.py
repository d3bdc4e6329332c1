"""Arrays with the few methods of TensorFlow's tensors and variables that programs call on them."""

from typing import Any

import numpy as np
from numpy import ndarray


class Tensor(ndarray):
    """An array that also has ``numpy()``; what layers and models return when they are called.

    Examples
    --------
    >>> np.ones(2).view(Tensor).numpy()
    array([1., 1.])
    """

    def numpy(self) -> ndarray:
        """Return a plain array that shares the memory."""
        return self.view(ndarray)

    def __repr__(self) -> str:
        return repr(self.view(ndarray))


class Variable(Tensor):
    """An array that ``assign`` changes: a weight, with a name, or what a metric accumulates.

    Computing with a variable returns a plain array.

    Examples
    --------
    >>> from minicnn.layers import Dense
    >>> layer = Dense(1, kernel_initializer="ones", input_shape=(2,))
    >>> layer.build((None, 2))
    >>> kernel = layer.weights[0]
    >>> kernel.assign([[2.0], [3.0]]).numpy().ravel(), kernel.path
    (array([2., 3.], dtype=float32), 'dense.../kernel')
    >>> layer.kernel.assign_add([[1.0], [1.0]]).ravel()
    array([3., 4.], dtype=float32)
    """

    name: str = ""
    path: str = ""

    def assign(self, value: Any) -> "Variable":
        """Replace the values."""
        self[...] = np.asarray(value)
        return self

    def assign_add(self, value: Any) -> "Variable":
        """Add to the values."""
        return self.assign(self + value)

    def assign_sub(self, value: Any) -> "Variable":
        """Subtract from the values."""
        return self.assign(self - value)

    def numpy(self) -> Any:
        """Return a copy of the values as a plain array, or as a NumPy scalar if there are no axes."""
        return np.array(self)[()]

    value = numpy

    def __array_wrap__(
        self, array: ndarray, context: Any = None, return_scalar: bool = False
    ) -> Any:
        return self if array is self else np.asarray(array)[()]


def as_tensor(array: Any) -> Tensor:
    """Return a view of an array with the methods of `Tensor`."""
    return np.asarray(array).view(Tensor)


def as_variable(owner: Any, name: str) -> Variable:
    """Return a layer's weight with its name."""
    array = getattr(owner, name)
    variable: Variable = array if isinstance(array, Variable) else array.view(Variable)
    variable.name, variable.path = name, f"{owner.name}/{name}"
    return variable
