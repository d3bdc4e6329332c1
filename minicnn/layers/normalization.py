"""Normalization by the mean and variance of a data set."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.checks import axes, boolean
from minicnn.errors import ShapeError
from minicnn.layers.description import Elementwise
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, shape_text

EPSILON = 1e-7  # Keras' smallest standard deviation


class Normalization(Layer):
    """Shift and scale the input to mean 0 and variance 1: ``y = (x − mean)/√variance``.

    Call `adapt` with the training data, or pass `mean` and `variance`.

    Parameters
    ----------
    axis : int, tuple of int or None
        Axes with separate statistics; by default one mean and variance for each feature or channel.
        None for a single mean and variance.
    mean, variance : float or array, optional
    invert : bool
        Whether to compute ``x·√variance + mean`` instead.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Raises
    ------
    ValueError
        If only one of `mean` and `variance` is passed.

    Examples
    --------
    >>> layer = Normalization()
    >>> layer.adapt(np.array([[1.0, 10.0], [3.0, 30.0]]))
    >>> layer(np.array([[3.0, 10.0]]))
    array([[ 1., -1.]], dtype=float32)
    """

    family = "elementwise"
    mean: ndarray
    variance: ndarray

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if (mean is None) != (variance is None):
            raise ValueError("Normalization: pass both mean and variance, or neither of them.")
        if axis is not None:
            checked = axes("Normalization", "axis", axis)
            axis = checked[0] if np.ndim(axis) == 0 else checked
        self.axis = axis
        self._given = None if mean is None else (np.asarray(mean), np.asarray(variance))
        self.invert = boolean("Normalization", "invert", invert)

    def build(self, input_shape: Shape) -> None:
        """Create the statistics as weights that are not trained, unless they were passed."""
        if self._given is None:
            shape = tuple(input_shape[axis] for axis in self._kept(len(input_shape)))
            self.add_weight("mean", shape, "zeros", trainable=False)
            self.add_weight("variance", shape, "ones", trainable=False)
            self.add_weight("count", (), "zeros", trainable=False)  # as in Keras; not used

    def adapt(self, data: Any) -> None:
        """Set mean and variance to those of the data.

        Parameters
        ----------
        data : array (examples, ...), or an iterable of batches
        """
        is_list_of_numbers = isinstance(data, (list, tuple)) and data and np.ndim(data[0]) < 2
        batches = [data] if hasattr(data, "shape") or is_list_of_numbers else data
        total = squares = np.float64(0)
        count = 0
        for batch in batches:
            x = np.asarray(batch[0] if isinstance(batch, tuple) else batch, np.float64)
            self.build((None, *x.shape[1:]))
            reduced = tuple(set(range(x.ndim)) - set(self._kept(x.ndim)))
            total = total + x.sum(axis=reduced)
            squares = squares + np.square(x).sum(axis=reduced)
            count += int(np.prod([x.shape[axis] for axis in reduced]))
        if not count:
            raise ValueError("adapt of Normalization needs at least one example, got none.")
        mean = total / count
        self.mean[...] = mean
        self.variance[...] = np.maximum(squares / count - mean**2, 0)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        scale, offset = self._scale_and_offset(x.shape)
        return x * scale.astype(x.dtype) + offset.astype(x.dtype), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        return dy * self._scale_and_offset(dy.shape)[0].astype(dy.dtype), {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        scale, offset = self._scale_and_offset(input_shape)
        return Elementwise(scale[0], offset[0])

    def get_config(self) -> dict[str, Any]:
        given = self._given or (None, None)
        self_config = {"axis": self.axis, "invert": self.invert}
        statistics = [None if item is None else item.tolist() for item in given]
        base = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}
        return {**base, **self_config, "mean": statistics[0], "variance": statistics[1]}

    def _kept(self, rank: int) -> tuple[int, ...]:
        axes = () if self.axis is None else np.atleast_1d(self.axis)
        kept = tuple(sorted(int(axis) % rank for axis in axes if -rank <= axis < rank))
        if len(kept) != len(axes):
            raise ShapeError(
                f"{self.describe()} has axis={self.axis!r}, but its input has {rank} axes."
            )
        return kept

    def _scale_and_offset(self, input_shape: Shape) -> tuple[ndarray, ndarray]:
        mean, variance = self._given or (self.mean, self.variance)
        shape = [1] * len(input_shape)
        kept = self._kept(len(input_shape))
        if self._given is None and mean.shape != tuple(input_shape[axis] for axis in kept):
            raise ShapeError(
                f"{self.describe()} has statistics of shape {mean.shape}, got an input of shape "
                f"{shape_text(input_shape)}. Call adapt with data like this input."
            )
        for axis, size in zip(kept[::-1], mean.shape[::-1], strict=False):
            shape[axis] = size
        mean = np.reshape(mean, shape).astype(np.float64)
        deviation = np.maximum(np.sqrt(np.reshape(variance, shape).astype(np.float64)), EPSILON)
        return (deviation, mean) if self.invert else (1 / deviation, -mean / deviation)
