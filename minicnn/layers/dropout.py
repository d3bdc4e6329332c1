"""Dropout and random noise in training."""

from math import prod
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.checks import data_format_name, finite_number, fraction
from minicnn.errors import ShapeError
from minicnn.layers.description import Elementwise
from minicnn.layers.layer import Gradients
from minicnn.layers.random_layer import RandomLayer
from minicnn.layers.shapes import Shape, example_shape, known_sizes
from minicnn.layers.shard import SHARD

__all__ = ["Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout2D"]


class RandomMask(RandomLayer):
    """Multiply by a random mask in training; base class."""

    family = "elementwise"

    scale_name = "keep/(1 − rate)"

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.rate = fraction(type(self).__name__, "rate", rate, below_one=True)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, ndarray | None]:
        if not training or self.rate == 0:
            return x, None
        seed, step = (int(number) for number in self.seed_state)
        noise_shape = self._noise_shape(x.shape)
        elements = prod((noise_shape or x.shape)[1:])
        start = 0 if self._same_for_all() else SHARD.get().start * elements
        return ops.dropout_forward(x, self.rate, seed, step, noise_shape, start)

    def backward(self, dy: ndarray, cache: ndarray | None) -> tuple[ndarray, Gradients]:
        return (dy if cache is None else ops.dropout_backward(dy, cache)), {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        """Return the mask as scale, 1 in inference."""
        ones = np.ones((1, *known_sizes(input_shape)))
        return Elementwise(self.forward(ones, training)[0][0], name=self.scale_name)

    def _noise_shape(self, shape: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return the shape of the mask, None for that of the input."""
        raise NotImplementedError

    def _same_for_all(self) -> bool:
        """Whether all examples have one mask."""
        return False


class Dropout(RandomMask):
    """Set a random fraction of the input to zero in training and scale up the rest.

    Inference passes the input unchanged. The arithmetic is `minicnn.ops.dropout.dropout_forward`. Which
    elements are dropped depends on the layer's seed and on its number of training steps: `seed_state`
    has both.

    Parameters
    ----------
    rate : float
        Fraction to drop, 0 ≤ rate < 1.
    noise_shape : tuple, optional
        Shape of the random mask: 1 on axes along which elements are dropped together, None for the
        size of the input.
    seed : int, optional
        For the same masks in every run; drawn from the library's generator by default.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Attributes
    ----------
    seed_state : (2,) uint32
        Seed and step.

    Examples
    --------
    >>> layer = Dropout(0.5, seed=1)
    >>> layer(np.ones((1, 4)))
    array([[1., 1., 1., 1.]], dtype=float32)
    >>> sorted(set(layer(np.ones((1, 100)), training=True).ravel().tolist()))
    [0.0, 2.0]
    """

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(rate, seed, **options)
        self.noise_shape = (
            None if noise_shape is None else example_shape("Dropout", "noise_shape", noise_shape)
        )

    def _same_for_all(self) -> bool:
        return self.noise_shape is not None and self.noise_shape[0] == 1

    def _noise_shape(self, shape: tuple[int, ...]) -> tuple[int, ...] | None:
        if self.noise_shape is None:
            return None
        pairs = [*zip(shape, self.noise_shape, strict=False)]
        fits = all(noise in (None, 1, size) for size, noise in pairs)
        if len(self.noise_shape) != len(shape) or not fits:
            raise ShapeError(
                f"{self.describe()} has noise_shape {self.noise_shape}, got an input of shape {shape}. "
                "Give one size for each axis: 1, or None for the size of the input."
            )
        return tuple(size if noise is None else noise for size, noise in pairs)


class SpatialDropout1D(RandomMask):
    """Drop whole channels of sequences in training.

    Source: Tompson et al. 2015, "Efficient object localization using convolutional networks", CVPR.

    Parameters
    ----------
    rate : float
        Fraction of the channels to drop, 0 ≤ rate < 1.
    seed, **options : as in `Dropout`

    Examples
    --------
    >>> y = SpatialDropout1D(0.5, seed=1)(np.ones((1, 5, 8)), training=True)
    >>> bool((y == y[:, :1]).all())
    True
    """

    not_in_config = (*RandomMask.not_in_config, "trainable")  # which Keras' class does not take
    _axes = 3

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != self._axes:
            raise ShapeError(
                f"{self.describe()} takes an input with {self._axes} axes, including the batch, got "
                f"one of shape {tuple(input_shape)}."
            )
        return tuple(input_shape)

    def _noise_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (shape[0], *[1] * (len(shape) - 2), shape[-1])


class SpatialDropout2D(SpatialDropout1D):
    """Drop whole channels of images in training.

    Parameters
    ----------
    data_format : "channels_last" or "channels_first", optional
    rate, seed, **options : as in `SpatialDropout1D`, with its source

    Examples
    --------
    >>> y = SpatialDropout2D(0.5, seed=1)(np.ones((1, 5, 5, 8)), training=True)
    >>> bool((y == y[:, :1, :1]).all())
    True
    """

    _axes = 4

    def __init__(
        self, rate: float, data_format: str | None = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(rate, seed, **options)
        self.data_format = data_format_name("SpatialDropout2D", data_format)


class GaussianNoise(RandomLayer):
    """Add normally distributed noise with mean 0 in training; inference passes the input unchanged.

    Parameters
    ----------
    stddev : float
        Standard deviation of the noise.
    seed, **options : as in `Dropout`

    Examples
    --------
    >>> layer = GaussianNoise(0.5, seed=1)
    >>> layer(np.zeros((1, 2)))
    array([[0., 0.]], dtype=float32)
    >>> bool(0.4 < layer(np.zeros((100, 100)), training=True).std() < 0.6)
    True
    """

    family = "elementwise"

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.stddev = finite_number("GaussianNoise", "stddev", stddev, ge=0)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        if not training or self.stddev == 0:
            return x, None
        return x + self._generator().normal(0, self.stddev, x.shape).astype(x.dtype), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        return dy, {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        zeros = np.zeros((1, *known_sizes(input_shape)))
        return Elementwise(offset=self.forward(zeros, training)[0][0])


class GaussianDropout(RandomMask):
    """Multiply by normally distributed noise with mean 1 in training.

    The variance is rate/(1 − rate), as that of the mask of `Dropout`. Source: Srivastava et al. 2014,
    "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15, section 10.

    Parameters
    ----------
    rate : float
        0 ≤ rate < 1.
    seed, **options : as in `Dropout`

    Examples
    --------
    >>> y = GaussianDropout(0.5, seed=1)(np.ones((100, 100)), training=True)
    >>> bool(0.9 < y.std() < 1.1)
    True
    """

    scale_name = "noise"

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, ndarray | None]:
        if not training or self.rate == 0:
            return x, None
        stddev = np.sqrt(self.rate / (1 - self.rate))
        noise = self._generator().normal(1, stddev, x.shape).astype(x.dtype)
        return x * noise, noise

    def backward(self, dy: ndarray, cache: ndarray | None) -> tuple[ndarray, Gradients]:
        return dy if cache is None else dy * cache, {}
