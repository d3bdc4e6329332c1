"""Activation functions by name: each knows its forward arithmetic and its derivative.

An activation is called like Keras' functions: ``activations.relu(x)``. Where a layer takes one, it
takes a name ("relu"), one of these objects, or a function of your own.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.errors import unknown_name


class Activation:
    """One of the library's functions, with its parameters: ``y = f(x)``, ``dx = dy·f'(x)``.

    The arithmetic is ``ops.<name>_forward`` and ``ops.<name>_backward``.

    Parameters
    ----------
    name : str
    **parameters
        Of the function, such as ``negative_slope=0.1``.

    Examples
    --------
    >>> relu6 = Activation("relu", max_value=6.0)
    >>> relu6(np.array([-1.0, 3.0, 9.0]))
    array([0., 3., 6.])
    """

    def __init__(self, name: str, **parameters: Any) -> None:
        self.name = name
        self.parameters = parameters
        self._forward, self._backward = f"{name}_forward", f"{name}_backward"

    def __call__(self, x: Any, **parameters: Any) -> ndarray:
        """Return f(x), with other parameters where some are given; whole numbers become float32."""
        if self.parameters:
            parameters = {**self.parameters, **parameters}
        return getattr(ops, self._forward)(_floating(x), **parameters)

    def backward(self, dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
        """Return dx, from dy and the forward pass' input and output; all of one shape."""
        return getattr(ops, self._backward)(dy, x, y, **self.parameters)

    def __repr__(self) -> str:
        inside = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        return f"Activation({self.name!r}{inside})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Copy and unpickle one of the library's own as itself: layers ask ``is activations.relu``."""
        if KNOWN.get(self.name) is self:
            return get, (self.name,)
        return super().__reduce_ex__(protocol)


class FunctionActivation(Activation):
    """A function of your own, applied to every cell for itself.

    Parameters
    ----------
    function : callable
        Takes an array and returns one of the same shape.
    derivative : callable, optional
        Takes the same array and returns f'(x). Without it, f' is measured: by central differences
        in float64, exact to about nine digits away from kinks, at the cost of three evaluations.

    Examples
    --------
    >>> square = FunctionActivation(np.square, derivative=lambda x: 2 * x)
    >>> square.backward(np.ones(2), np.array([3.0, 4.0]), np.array([9.0, 16.0]))
    array([6., 8.])
    >>> FunctionActivation(np.square).backward(np.ones(1), np.array([3.0]), np.array([9.0])).round(6)
    array([6.])
    """

    STEP = 1e-5  # balances the rounding and the curvature error of central differences in float64

    def __init__(
        self,
        function: Callable[[ndarray], ndarray],
        derivative: Callable[[ndarray], ndarray] | None = None,
    ) -> None:
        super().__init__(getattr(function, "__name__", type(function).__name__))
        self.function = function
        self.derivative = derivative

    def __call__(self, x: Any, **parameters: Any) -> ndarray:
        """Return f(x) in the dtype of x."""
        x = _floating(x)
        y = np.asarray(self.function(x, **parameters))
        if y.shape != x.shape:
            raise ValueError(
                f"the activation {self.name} turned an array of shape {x.shape} into {y.shape}; "
                "an activation keeps the shape."
            )
        return y.astype(x.dtype, copy=False)

    def backward(self, dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
        """Return dx = dy·f'(x).

        Raises
        ------
        ValueError
            If f' must be measured and a cell of y depends on other cells of x.
        """
        if self.derivative is not None:
            return (dy * self.derivative(x)).astype(dy.dtype, copy=False)
        wide = x.astype(np.float64)
        self._check_elementwise(wide)
        rise = self.function(wide + self.STEP) - self.function(wide - self.STEP)
        return (dy * (rise / (2 * self.STEP))).astype(dy.dtype)

    def _check_elementwise(self, x: ndarray) -> None:
        """Change every other cell: the results of the cells between must stay as they were."""
        changed = x.copy()
        changed.reshape(-1)[::2] += 0.5
        before, after = self.function(x), self.function(changed)
        if not np.allclose(
            before.reshape(-1)[1::2], after.reshape(-1)[1::2], rtol=1e-9, equal_nan=True
        ):
            raise ValueError(
                f"the activation {self.name} mixes cells, so its derivative cannot be measured cell "
                "by cell. Write a layer of your own with forward and backward instead."
            )


linear = Activation("linear")
relu = Activation("relu")
leaky_relu = Activation("leaky_relu")
elu = Activation("elu")
gelu = Activation("gelu")
silu = Activation("silu")
sigmoid = Activation("sigmoid")
tanh = Activation("tanh")
softplus = Activation("softplus")
softmax = Activation("softmax")

KNOWN: dict[str, Activation] = {
    one.name: one
    for one in (linear, relu, leaky_relu, elu, gelu, silu, sigmoid, tanh, softplus, softmax)
} | {"swish": silu}


def get(identifier: Any) -> Activation:
    """Return the activation that a name, a config, an object or a function stands for.

    Parameters
    ----------
    identifier : str, dict, Activation, layer with an activation, callable or None
        None means linear.

    Raises
    ------
    UnknownNameError
        If the name is misspelt.

    Examples
    --------
    >>> get("relu")
    Activation('relu')
    >>> get("rely")
    Traceback (most recent call last):
        ...
    minicnn.errors.UnknownNameError: unknown activation 'rely'. Did you mean 'relu'? There are: ...
    """
    if identifier is None:
        return linear
    identifier = getattr(identifier, "activation", identifier)  # such as the layer LeakyReLU(0.1)
    if isinstance(identifier, Activation):
        return identifier
    if isinstance(identifier, Mapping):  # Keras' config of a function, or our own with parameters
        config = identifier.get("config")
        if isinstance(config, Mapping):
            return Activation(get(identifier.get("class_name")).name, **config)
        identifier = config if isinstance(config, str) else identifier.get("class_name")
    if callable(identifier):
        return FunctionActivation(identifier)
    if not isinstance(identifier, str) or identifier not in KNOWN:
        raise unknown_name("activation", identifier, KNOWN)
    return KNOWN[identifier]


def serialize(activation: Activation) -> Any:
    """Return what `get` makes an equal activation of: a name, or a config where it has parameters.

    Examples
    --------
    >>> serialize(relu)
    'relu'
    """
    if activation.parameters:
        return {"class_name": activation.name, "config": dict(activation.parameters)}
    return activation.name


def _floating(x: Any) -> ndarray:
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float32)
