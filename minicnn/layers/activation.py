"""Activation functions as layers of their own."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import activations
from minicnn.layers.arguments import Shape, axis_number, check_axis
from minicnn.layers.layer import Gradients, Layer


class ActivatedLayer(Layer):
    """A layer that ends in an activation, such as `Dense`; base class.

    A subclass computes what comes before the activation, in `logits` and `logits_backward`. A loss that
    is better computed together with the activation, such as cross-entropy after softmax, calls these
    two; `forward` and `backward` apply the activation as well.

    Parameters
    ----------
    activation : str, Activation or callable, optional
        None for none.
    **options
        `name`, `dtype`, `trainable`, `input_shape` as in `Layer`.
    """

    def __init__(self, activation: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activation

    @property
    def activation(self) -> activations.Activation:
        """The activation; it may be set to whatever the constructor takes."""
        return self._activation

    @activation.setter
    def activation(self, value: Any) -> None:
        self._activation = activations.get(value)

    def logits(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Return what comes before the activation, and the cache for `logits_backward`."""
        raise NotImplementedError(f"{type(self).__name__} needs a method logits(x, training).")

    def logits_backward(
        self, dz: ndarray, cache: Any, input_gradient: bool = True
    ) -> tuple[ndarray | None, Gradients]:
        """Return ∂loss/∂x and ∂loss/∂weight by name, from ∂loss/∂logits."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method logits_backward(dz, cache)."
        )

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Compute the logits and apply the activation."""
        z, cache = self.logits(x, training)
        y = self.activation(z)
        return y, (cache, z, y)

    def backward(
        self, dy: ndarray, cache: Any, input_gradient: bool = True
    ) -> tuple[ndarray | None, Gradients]:
        """Multiply by the derivative of the activation, then continue as `logits_backward`."""
        cache, z, y = cache
        return self.logits_backward(self.activation.backward(dy, z, y), cache, input_gradient)


class ActivationLayer(ActivatedLayer):
    """A layer that is only an activation: ``y = activation(x)``; base class."""

    family = "activation"

    def logits(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        """Return x."""
        return x, None

    def logits_backward(
        self, dz: ndarray, cache: None, input_gradient: bool = True
    ) -> tuple[ndarray, Gradients]:
        """Return dz."""
        return dz, {}


class Activation(ActivationLayer):
    """Applies an activation given by name, object or function.

    Parameters
    ----------
    activation : str, Activation or callable
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Examples
    --------
    >>> Activation("relu")(np.array([[-1.0, 2.0]]))
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(activations.get(activation), **options)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return super().get_config() | {"activation": activations.serialize(self.activation)}


class ReLU(ActivationLayer):
    """Rectifies: ``max(x, 0)``, with Keras' variations.

    Parameters
    ----------
    max_value : float, optional
        Where the output is cut.
    negative_slope : float
        Slope below the threshold.
    threshold : float
        Where the function starts to let x through.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If one of them is negative.

    Examples
    --------
    >>> ReLU(max_value=6)(np.array([[-1.0, 2.0, 8.0]]))
    array([[0., 2., 6.]], dtype=float32)
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **options: Any,
    ) -> None:
        self.max_value = (
            None if max_value is None else _not_negative("ReLU", "max_value", max_value)
        )
        self.negative_slope = _not_negative("ReLU", "negative_slope", negative_slope)
        self.threshold = _not_negative("ReLU", "threshold", threshold)
        function = activations.Activation(
            "relu",
            negative_slope=self.negative_slope,
            max_value=self.max_value,
            threshold=self.threshold,
        )
        super().__init__(function, **options)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return super().get_config() | {
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


class LeakyReLU(ActivationLayer):
    """Lets a little of the negative side through.

    Parameters
    ----------
    negative_slope : float
        Slope below zero.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`; or `alpha`, Keras 2's name of the slope.

    Raises
    ------
    ValueError
        If the slope is negative.

    Examples
    --------
    >>> LeakyReLU(0.5)(np.array([[-1.0, 2.0]]))
    array([[-0.5,  2. ]], dtype=float32)
    """

    def __init__(
        self, negative_slope: float = 0.3, alpha: float | None = None, **options: Any
    ) -> None:
        slope = negative_slope if alpha is None else alpha
        self.negative_slope = _not_negative("LeakyReLU", "negative_slope", slope)
        super().__init__(
            activations.Activation("leaky_relu", negative_slope=self.negative_slope), **options
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return super().get_config() | {"negative_slope": self.negative_slope}


class Softmax(ActivationLayer):
    """Turns scores along an axis into probabilities.

    Parameters
    ----------
    axis : int or tuple of int
        Over whose cells the probabilities add up to 1.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Examples
    --------
    >>> Softmax()(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: Any = -1, **options: Any) -> None:
        self.axis = (
            tuple(axis_number("Softmax", one) for one in axis)
            if isinstance(axis, (list, tuple))
            else axis_number("Softmax", axis)
        )
        last = self.axis == -1
        super().__init__(
            activations.softmax if last else activations.Activation("softmax", axis=self.axis),
            **options,
        )

    family = "activation"

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        for axis in self.axis if isinstance(self.axis, tuple) else (self.axis,):
            check_axis(self.describe(), axis, input_shape)
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return super().get_config() | {"axis": self.axis}


def _not_negative(layer: str, name: str, value: Any) -> float:
    if not isinstance(value, (int, float, np.number)) or not value >= 0:
        raise ValueError(f"{layer} takes {name} as a number from 0 on, got {value!r}.")
    return float(value)
