"""Batch normalization."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.checks import boolean, finite_number, fraction
from minicnn.errors import ShapeError
from minicnn.layers.activation import name_of_next
from minicnn.layers.description import Normalization
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, axis_number, check_axis
from minicnn.layers.shard import SHARD


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
    synchronized : bool
        In a training of several processes (`minicnn.distributed`), whether to use the statistics of the
        whole batch; otherwise each process uses those of its part.
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
    omitted_defaults: ClassVar[Mapping[str, Any]] = {"synchronized": False}  # new in Keras 3
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
        synchronized: bool = False,
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
        self.set_weight_options(locals())
        self.synchronized = boolean("BatchNormalization", "synchronized", synchronized)

    def build(self, input_shape: Shape) -> None:
        shape = (input_shape[self.axis],)
        if self.scale:
            self.add_weight("gamma", shape)
        if self.center:
            self.add_weight("beta", shape)
        self.add_weight("moving_mean", shape, trainable=False)
        self.add_weight("moving_variance", shape, trainable=False)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_axis(self.describe(), self.axis, input_shape)
        channels = input_shape[self.axis]
        if self.built and channels not in (None, len(self.moving_mean)):
            raise ShapeError(
                f"{self.describe()} takes {len(self.moving_mean)} channels, got {channels}."
            )
        return tuple(input_shape)

    def forward(
        self, x: ndarray, training: bool = False, activation: str = "linear"
    ) -> tuple[ndarray, Any]:
        """Normalize along the axis of the channels; then ReLU, if that is the `activation`."""
        x = x.swapaxes(self.axis, -1)
        mean, variance, learns = self.moving_mean, self.moving_variance, training and self.trainable
        shared = learns and self._is_shared()
        if shared:
            mean, variance = _statistics_of_all(x)
        of_batch = learns and not shared
        y, cache = ops.batch_normalization_forward(
            x, self.gamma, self.beta, mean, variance, self.epsilon, of_batch, activation
        )
        return y.swapaxes(-1, self.axis), cache._replace(training=learns)

    def forward_through(
        self, x: ndarray, following: Sequence[Layer], training: bool, caches: bool
    ) -> tuple[ndarray, Any, int]:
        """Normalize, also with a ReLU that follows."""
        activation = name_of_next(following)
        return *self.forward(x, training, activation), int(activation == "relu")

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        shared = cache.training and self._is_shared()
        dx, dgamma, dbeta = ops.batch_normalization_backward(
            dy.swapaxes(self.axis, -1), cache._replace(training=cache.training and not shared)
        )
        if shared:
            dx = dx - _gradient_of_statistics(cache, dgamma, dbeta)
        gradients = {"gamma": dgamma} if self.scale else {}
        if self.center:
            gradients["beta"] = dbeta
        return dx.swapaxes(-1, self.axis), gradients

    def _is_shared(self) -> bool:
        """Whether the statistics are those of several processes."""
        return self.synchronized and SHARD.get().sum is not None

    def update_state(self, cache: Any) -> None:
        """Move the averages towards this batch: ``m ← momentum·m + (1 − momentum)·batch``."""
        if not cache.training:
            return
        averages = (self.moving_mean, cache.mean), (self.moving_variance, cache.variance)
        for moving, batch in averages:
            moving *= self.momentum
            moving += (1 - self.momentum) * batch

    def normalization(self) -> Normalization:
        return Normalization(
            (self.axis,), self.moving_mean, self.moving_variance,
            self.gamma if self.scale else None, self.beta if self.center else None, self.epsilon,
        )  # fmt: skip


def _sums_of_all(*arrays: Any) -> list[ndarray]:
    """Return the sum of each array over all processes, in float64."""
    total: Any = SHARD.get().sum
    return list(total(np.array([np.asarray(one, np.float64) for one in arrays])))


def _statistics_of_all(x: ndarray) -> tuple[ndarray, ndarray]:
    """Return mean and variance of each channel over the parts of all processes."""
    axes = tuple(range(x.ndim - 1))
    exact = x.astype(np.float64)
    count = np.full(x.shape[-1], x.size // x.shape[-1])
    n, total, squares = _sums_of_all(count, exact.sum(axes), np.square(exact).sum(axes))
    mean = total / n
    variance = np.maximum(squares / n - mean * mean, 0)  # rounding may make it negative
    return mean.astype(x.dtype), variance.astype(x.dtype)


def _gradient_of_statistics(cache: Any, dgamma: ndarray, dbeta: ndarray) -> ndarray:
    """Return what the dependence of μ and σ² on x takes from dx: ``γ·scale·(Σdy + x̂·Σdy·x̂)/n``."""
    count = np.full(len(dbeta), cache.x.size // len(dbeta))
    n, dgamma, dbeta = _sums_of_all(count, dgamma, dbeta)
    factor = cache.scale if cache.gamma is None else cache.scale * cache.gamma
    slope, offset = factor * dgamma / n, factor * dbeta / n
    return offset.astype(cache.x.dtype) + cache.normalized * slope.astype(cache.x.dtype)
