"""Activation functions by name, each with its forward arithmetic and its derivative.

An activation is called like Keras' functions: ``activations.relu(x)``. Layers accept a name
("relu"), one of these objects, or a custom function.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.differences import numerical_gradients
from minicnn.errors import suggest_names, unknown_name
from minicnn.serialization import known_objects, parse_config


class Activation:
    """A function of the library and its parameters: ``y = f(x)``, ``dx = dy·f'(x)``.

    The arithmetic is ``ops.<name>_forward`` and ``ops.<name>_backward``.

    Parameters
    ----------
    name : str
    **parameters
        Parameters of the function, such as ``negative_slope=0.1``.

    Examples
    --------
    >>> relu6 = Activation("relu", max_value=6.0)
    >>> relu6(np.array([-1.0, 3.0, 9.0]))
    array([0., 3., 6.])
    """

    def __init__(self, name: str, **parameters: Any) -> None:
        self.name = self.__name__ = name  # Keras' activations are functions
        self.parameters = parameters
        self._forward, self._backward = f"{name}_forward", f"{name}_backward"

    def __call__(self, x: Any, **parameters: Any) -> ndarray:
        """Return f(x), with other parameters if passed; integers become float32."""
        if self.parameters:
            parameters = {**self.parameters, **parameters}
        if hasattr(x, "activated"):  # a symbolic tensor
            chosen = {name: value for name, value in parameters.items() if value is not False}
            return x.activated(Activation(self.name, **chosen) if chosen else self)
        return getattr(ops, self._forward)(x, **parameters)

    def backward(self, dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
        """Return dx, from dy and the input and output of the forward pass."""
        return getattr(ops, self._backward)(dy, x, y, **self.parameters)

    def is_relu(self) -> bool:
        """Whether it is ``max(x, 0)``, which an operation before it can compute as well."""
        options = {"max_value": None, "negative_slope": 0, "threshold": 0} | self.parameters
        plain = [*options.values()] == [None, 0, 0]
        return type(self) is Activation and self.name == "relu" and plain

    def __repr__(self) -> str:
        inside = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        return f"Activation({self.name!r}{inside})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Copy and unpickle the library's objects as themselves, so that `is` compares them."""
        if KNOWN.get(self.name) is self:
            return get, (self.name,)
        return super().__reduce_ex__(protocol)


class FunctionActivation(Activation):
    """A custom function, usually of every element separately.

    Parameters
    ----------
    function : callable
        Takes an array and returns one of the same shape.
    derivative : callable, optional
        Takes the same array and returns f'(x). Without it, f' is computed numerically, by central
        differences in float64: exact to about nine digits away from kinks, and slower, the more so if
        an element of the result depends on several elements.

    Examples
    --------
    >>> square = FunctionActivation(np.square, derivative=lambda x: 2 * x)
    >>> square.backward(np.ones(2), np.array([3.0, 4.0]), np.array([9.0, 16.0]))
    array([6., 8.])
    >>> FunctionActivation(np.square).backward(np.ones(1), np.array([3.0]), np.array([9.0])).round(6)
    array([6.])
    """

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
        x = np.asarray(x)
        x = x if x.dtype.kind == "f" else x.astype(np.float32)
        y = np.asarray(self.function(x, **parameters))
        if y.shape != x.shape:
            raise ValueError(
                f"the activation {self.name} must keep the shape {x.shape}, but returned {y.shape}."
            )
        return y.astype(x.dtype, copy=False)

    def backward(self, dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
        """Return dx = dy·f'(x); without `derivative`, by differences."""
        if self.derivative is not None:
            return (dy * self.derivative(x)).astype(dy.dtype, copy=False)
        (dx,) = numerical_gradients(self.function, [x], dy)
        return dx.astype(dy.dtype)


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
exponential = Activation("exponential")
hard_sigmoid = Activation("hard_sigmoid")
hard_silu = Activation("hard_silu")
log_softmax = Activation("log_softmax")
mish = Activation("mish")
relu6 = Activation("relu6")
selu = Activation("selu")
softsign = Activation("softsign")
swish, hard_swish = silu, hard_silu

KNOWN: dict[str, Activation] = {
    name: thing for name, thing in globals().items() if isinstance(thing, Activation)
}


def get(identifier: Any) -> Activation:
    """Return the activation for a name, config, object, function or activation layer.

    Parameters
    ----------
    identifier : str, dict, Activation, callable, layer or None
        A layer must be an activation only, such as ``LeakyReLU(0.1)``. None means linear.

    Raises
    ------
    UnknownNameError
        If there is no activation of that name.
    TypeError
        If it is another layer, or none of these.

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
    arguments: dict[str, Any] = {}
    if isinstance(identifier, Mapping):
        identifier, arguments = parse_config(identifier)
    is_class = isinstance(identifier, type)
    if getattr(identifier, "family", None) == "activation" and not is_class:
        identifier = identifier.activation  # of a layer such as LeakyReLU(0.1)
    if isinstance(identifier, Activation):
        return identifier
    if is_class or hasattr(identifier, "backward"):
        raise TypeError(
            "activation must be a name such as 'relu', a function or an activation layer such as "
            f"LeakyReLU(0.1), got {identifier!r}."
        )
    if callable(identifier):
        return FunctionActivation(identifier)
    if not isinstance(identifier, str) or identifier not in KNOWN:
        raise unknown_name("activation", identifier, KNOWN)
    known = KNOWN[identifier]
    return Activation(known.name, **arguments) if arguments else known


def serialize(activation: Activation) -> Any:
    """Return the name of an activation, or a config if it has parameters.

    Examples
    --------
    >>> serialize(relu)
    'relu'
    """
    if activation.parameters:
        return {"class_name": activation.name, "config": dict(activation.parameters)}
    return activation.name


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Activation:
    """Return the activation that a name or a config from `serialize` or Keras describes.

    Examples
    --------
    >>> deserialize("relu")
    Activation('relu')
    """
    name, _ = parse_config(config)
    own = known_objects(custom_objects).get(name) if isinstance(name, str) else None
    return get(config if own is None else own)


suggest_names(globals())
