"""Batch normalization."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import constraints, initializers, ops, regularizers
from minicnn.checks import boolean, finite_number, fraction
from minicnn.errors import ShapeError
from minicnn.layers.description import Normalization
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, axis_number, check_axis


class BatchNormalization(Layer):
    """Normalize every channel to mean 0 and variance 1, then scale by `gamma` and add `beta`.

    Training uses mean and variance of the batch and updates their moving averages. Inference, and a
    layer with ``trainable = False``, uses the moving averages. The arithmetic is
    `minicnn.ops.normalization.batch_normalization_forward`.

    Parameters
    ----------
    axis : int
        Axis of the channels.
    momentum : float
        Weight of the old value when a moving average is updated.
    epsilon : float
        Added to the variance to avoid division by zero.
    center, scale : bool
        Whether there is a learnt `beta` and a learnt `gamma`.
    beta_initializer, gamma_initializer : str, Initializer or callable
    moving_mean_initializer, moving_variance_initializer : str, Initializer or callable
    beta_regularizer, gamma_regularizer : str or Regularizer, optional
    beta_constraint, gamma_constraint : str, Constraint or callable, optional
    **options : `name`, `dtype`, `trainable`, `input_shape` as in `Layer`

    Attributes
    ----------
    gamma, beta, moving_mean, moving_variance : (channels,)

    Examples
    --------
    >>> layer = BatchNormalization()
    >>> layer(np.array([[1.0], [3.0]]), training=True).round(3).ravel()
    array([-1.,  1.], dtype=float32)
    """

    family = "normalization"

    gamma: ndarray | None = None
    beta: ndarray | None = None
    moving_mean: ndarray
    moving_variance: ndarray

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if isinstance(axis, (list, tuple)) and len(axis) == 1:  # as Keras 2 wrote it
            axis = axis[0]
        self.axis = axis_number("BatchNormalization", axis)
        self.momentum = fraction("BatchNormalization", "momentum", momentum)
        self.epsilon = finite_number("BatchNormalization", "epsilon", epsilon, gt=0)
        self.center = boolean("BatchNormalization", "center", center)
        self.scale = boolean("BatchNormalization", "scale", scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape: Shape) -> None:
        """Create gamma, beta and the moving averages."""
        shape = (input_shape[self.axis],)
        if self.scale:
            self.add_weight("gamma", shape)
        if self.center:
            self.add_weight("beta", shape)
        self.add_weight("moving_mean", shape, trainable=False)
        self.add_weight("moving_variance", shape, trainable=False)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        check_axis(self.describe(), self.axis, input_shape)
        channels = input_shape[self.axis]
        if self.built and channels not in (None, len(self.moving_mean)):
            raise ShapeError(
                f"{self.describe()} takes {len(self.moving_mean)} channels, got {channels}."
            )
        return tuple(input_shape)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Normalize along the axis of the channels."""
        y, cache = ops.batch_normalization_forward(
            np.moveaxis(x, self.axis, -1),
            self.gamma,
            self.beta,
            self.moving_mean,
            self.moving_variance,
            self.epsilon,
            training and self.trainable,
        )
        return np.moveaxis(y, -1, self.axis), cache

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Return the gradients of input, gamma and beta."""
        dx, dgamma, dbeta = ops.batch_normalization_backward(np.moveaxis(dy, self.axis, -1), cache)
        gradients = {"gamma": dgamma} if self.scale else {}
        if self.center:
            gradients["beta"] = dbeta
        return np.moveaxis(dx, -1, self.axis), gradients

    def update_state(self, cache: Any) -> None:
        """Move the averages towards this batch: ``m ← momentum·m + (1 − momentum)·batch``."""
        if not cache.training:
            return
        for moving, batch in (
            (self.moving_mean, cache.mean),
            (self.moving_variance, cache.variance),
        ):
            moving *= self.momentum
            moving += (1 - self.momentum) * batch

    def normalization(self) -> Normalization:
        """Return the moving averages and weights."""
        return Normalization(
            self.axis, self.moving_mean, self.moving_variance,
            self.gamma if self.scale else None, self.beta if self.center else None, self.epsilon,
        )  # fmt: skip
