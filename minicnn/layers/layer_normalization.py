"""Layer normalization."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from minicnn import ops
from minicnn.checks import boolean, finite_number
from minicnn.errors import ShapeError
from minicnn.layers.description import Normalization
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, axis_number, check_axis


class LayerNormalization(Layer):
    """Normalize every example to mean 0 and variance 1, then scale by `gamma` and add `beta`.

    Unlike `BatchNormalization` it treats each example by itself, in training and prediction alike. The
    arithmetic is `minicnn.ops.normalization.layer_normalization_forward`.

    Parameters
    ----------
    axis : int or sequence of int
        Axes to normalize; all others are treated one by one.
    epsilon : float
        Added to the variance to avoid division by zero.
    center, scale : bool
        Whether there is a learnt `beta` and a learnt `gamma`.
    beta_initializer, gamma_initializer : str, Initializer or callable
    beta_regularizer, gamma_regularizer : str or Regularizer, optional
    beta_constraint, gamma_constraint : str, Constraint or callable, optional
    **options : `name`, `dtype`, `trainable`, `input_shape` as in `Layer`

    Attributes
    ----------
    gamma, beta : (sizes of the axes,)

    Examples
    --------
    >>> layer = LayerNormalization()
    >>> layer(np.array([[1.0, 3.0], [20.0, 60.0]])).round(3)
    array([[-1.,  1.],
           [-1.,  1.]], dtype=float32)
    """

    family = "normalization"
    gamma: ndarray | None = None
    beta: ndarray | None = None

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        kind = "LayerNormalization"
        several = isinstance(axis, Sequence) and not isinstance(axis, str)
        self.axis = [axis_number(kind, one) for one in axis] if several else axis_number(kind, axis)
        self.epsilon = finite_number(kind, "epsilon", epsilon, gt=0)
        self.center = boolean(kind, "center", center)
        self.scale = boolean(kind, "scale", scale)
        self.set_weight_options(locals())

    def axes(self, rank: int) -> tuple[int, ...]:
        """Return the axes of an input with `rank` axes, from 1 and in increasing order."""
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        return tuple(sorted({axis % rank for axis in axes}))

    def build(self, input_shape: Shape) -> None:
        shape = tuple(input_shape[axis] for axis in self.axes(len(input_shape)))
        if self.scale:
            self.add_weight("gamma", shape)
        if self.center:
            self.add_weight("beta", shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        for axis in self.axis if isinstance(self.axis, list) else [self.axis]:
            check_axis(self.describe(), axis, input_shape)
        sizes = tuple(input_shape[axis] for axis in self.axes(len(input_shape)))
        if self.weights and None not in sizes and sizes != self.weights[0].shape:
            raise ShapeError(
                f"{self.describe()} normalizes axes of sizes {self.weights[0].shape}, got {sizes}."
            )
        return tuple(input_shape)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        return ops.layer_normalization_forward(
            x, self.gamma, self.beta, self.axes(x.ndim), self.epsilon
        )

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        dx, dgamma, dbeta = ops.layer_normalization_backward(dy, cache)
        gradients = {"gamma": dgamma} if self.scale else {}
        return dx, gradients | ({"beta": dbeta} if self.center else {})

    def normalization(self) -> Normalization:
        """Return axes and weights; the statistics are the example's own."""
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        return Normalization(tuple(axes), None, None, self.gamma, self.beta, self.epsilon)
