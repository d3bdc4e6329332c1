"""Activation functions as layers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import activations
from minicnn.checks import axes, finite_number
from minicnn.errors import ShapeError
from minicnn.layers.description import LearntSlopes
from minicnn.layers.layer import Backward, Gradients, Layer
from minicnn.layers.shapes import Shape, axis_number, check_axis, known_sizes
from minicnn.layers.symbolic import OPERATORS

__all__ = ["ELU", "Activation", "LeakyReLU", "PReLU", "ReLU", "Softmax"]


class ActivatedLayer(Layer):
    """A layer that ends in an activation, such as `Dense`; base class.

    A subclass computes what comes before the activation, in `logits` and `logits_backward`. A loss that
    is better computed together with the activation, such as cross-entropy after softmax, calls these
    two; `forward` and `backward` apply the activation as well.
    """

    def __init__(self, activation: Any = None, /, **options: Any) -> None:
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

    def logits_backward(self, dz: ndarray, cache: Any, input_gradient: bool = True) -> Backward:
        """Return ∂loss/∂x and ∂loss/∂weight by name, from ∂loss/∂logits."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method logits_backward(dz, cache)."
        )

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Compute the logits and apply the activation."""
        z, cache = self.logits(x, training)
        y = self._activation(z)
        return y, (cache, z, y)

    def backward(self, dy: ndarray, cache: Any, input_gradient: bool = True) -> Backward:
        """Multiply by the derivative of the activation, then continue as `logits_backward`."""
        cache, z, y = cache
        return self.logits_backward(self._activation.backward(dy, z, y), cache, input_gradient)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if "activation" in config:
            config["activation"] = activations.serialize(self.activation)
        return config


class ActivationLayer(ActivatedLayer):
    """A layer that is only an activation: ``y = activation(x)``; base class."""

    family = "activation"

    def logits(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        return x, None

    def logits_backward(self, dz: ndarray, cache: None, input_gradient: bool = True) -> Backward:
        return dz, {}


def name_of_next(following: Sequence[Layer]) -> str:
    """Return "relu" if the next layer is a ReLU without options, else "linear"."""
    first = following[0] if following else None
    is_relu = isinstance(first, ActivationLayer) and first.activation.is_relu()
    return "relu" if is_relu else "linear"


class Activation(ActivationLayer):
    """Apply an activation, passed as a name, an object or a function.

    Parameters
    ----------
    activation : str, Activation or callable
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> Activation("relu")(np.array([[-1.0, 2.0]]))
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(activations.get(activation), **options)


class ReLU(ActivationLayer):
    """Rectified linear unit: ``max(x, 0)``, with the options of Keras.

    Parameters
    ----------
    max_value : float, optional
        Largest output.
    negative_slope : float
        Slope below the threshold.
    threshold : float
        Inputs below it are set to 0, or scaled by the slope.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

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
            None if max_value is None else finite_number("ReLU", "max_value", max_value, ge=0)
        )
        self.negative_slope = finite_number("ReLU", "negative_slope", negative_slope, ge=0)
        self.threshold = finite_number("ReLU", "threshold", threshold, ge=0)
        function = activations.Activation(
            "relu",
            negative_slope=self.negative_slope,
            max_value=self.max_value,
            threshold=self.threshold,
        )
        super().__init__(function, **options)


class LeakyReLU(ActivationLayer):
    """Leaky ReLU: ``x`` if positive, else ``negative_slope · x``.

    Parameters
    ----------
    negative_slope : float
        Slope below zero.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`; `alpha` is the older name of `negative_slope`.

    Examples
    --------
    >>> LeakyReLU(0.5)(np.array([[-1.0, 2.0]]))
    array([[-0.5,  2. ]], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, **options: Any) -> None:
        self.negative_slope = finite_number("LeakyReLU", "negative_slope", negative_slope, ge=0)
        super().__init__(
            activations.Activation("leaky_relu", negative_slope=self.negative_slope), **options
        )


class Softmax(ActivationLayer):
    """Turn scores along an axis into probabilities.

    Parameters
    ----------
    axis : int or tuple of int
        Axes along which the probabilities sum to 1.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> Softmax()(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: Any = -1, **options: Any) -> None:
        several = isinstance(axis, (list, tuple))
        axes = tuple(axis_number("Softmax", one) for one in (axis if several else [axis]))
        self.axis: Any = axes if several else axes[0]
        along_axis = activations.Activation("softmax", axis=self.axis)
        super().__init__(activations.softmax if self.axis == -1 else along_axis, **options)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        for axis in np.atleast_1d(self.axis):
            check_axis(self.describe(), axis, input_shape)
        return tuple(input_shape)


class ELU(ActivationLayer):
    """Exponential linear unit: ``x`` if positive, else ``alpha·(eˣ − 1)``.

    Source: Clevert, Unterthiner & Hochreiter 2016, arXiv:1511.07289.

    Parameters
    ----------
    alpha : float
        Limit below zero, without its sign.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Raises
    ------
    ValueError
        If `alpha` is negative.

    Examples
    --------
    >>> ELU(2.0)(np.array([[-1.0, 3.0]])).round(3)
    array([[-1.264,  3.   ]], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        self.alpha = finite_number("ELU", "alpha", alpha, ge=0)
        super().__init__(activations.Activation("elu", alpha=self.alpha), **options)


class PReLU(Layer):
    """Leaky ReLU whose slopes are learnt: ``x`` if positive, else ``alpha·x``.

    Source: He et al. 2015, "Delving deep into rectifiers", ICCV.

    Parameters
    ----------
    alpha_initializer : str, Initializer or callable
        Initial slopes.
    alpha_regularizer : str or Regularizer, optional
        Penalty on the slopes.
    alpha_constraint : str, Constraint or callable, optional
    shared_axes : int or list of int, optional
        Axes along which there is only one slope; [1, 2] for one slope per channel of images.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> PReLU("ones")(np.array([[-1.0, 2.0]]))
    array([[-1.,  2.]], dtype=float32)
    """

    family = "learnt_slopes"
    alpha: ndarray

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.set_weight_options(locals())
        self.shared_axes = (
            None if shared_axes is None else axes("PReLU", "shared_axes", shared_axes, minimum=1)
        )

    def build(self, input_shape: Shape) -> None:
        """Create one slope for each element that does not share it."""
        shared = self.shared_axes or ()
        shape = [1 if axis in shared else n for axis, n in enumerate(input_shape) if axis]
        self.add_weight("alpha", shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        for axis in self.shared_axes or ():
            check_axis(self.describe(), axis, input_shape)
        if self.built and self._separate(input_shape) != self._separate(self.input_shape):
            raise ShapeError(
                f"{self.describe()} has slopes for examples of shape {self.input_shape[1:]}, got "
                f"{tuple(input_shape[1:])}. shared_axes=[1, 2] makes one slope per channel."
            )
        return tuple(input_shape)

    def _separate(self, shape: Shape) -> list[int | None]:
        """Return the number of axes and the sizes of those that do not share slopes."""
        shared = self.shared_axes or ()
        return [len(shape), *(n for axis, n in enumerate(shape) if axis and axis not in shared)]

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, ndarray]:
        self.compute_output_shape(x.shape)
        return np.where(x > 0, x, self.alpha * x), x

    def backward(self, dy: ndarray, cache: ndarray) -> tuple[ndarray, Gradients]:
        """Return dx and the gradient of the slopes, summed over all that share one."""
        x = cache
        dalpha = np.where(x > 0, 0, dy * x).sum(axis=0).astype(x.dtype, copy=False)
        shared = tuple(axis - 1 for axis in self.shared_axes or ())
        return np.where(x > 0, dy, self.alpha * dy), {"alpha": dalpha.sum(shared, keepdims=True)}

    def learnt_slopes(self, input_shape: Shape) -> LearntSlopes:
        indices = np.arange(self.alpha.size).reshape(self.alpha.shape)
        return LearntSlopes("alpha", np.broadcast_to(indices, known_sizes(input_shape)))


OPERATORS["activation"] = Activation
