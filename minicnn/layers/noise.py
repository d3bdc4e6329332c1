"""Random noise in training."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.checks import finite_number, fraction
from minicnn.layers.description import Elementwise
from minicnn.layers.layer import Gradients
from minicnn.layers.random_layer import RandomLayer
from minicnn.layers.shapes import Shape, known_sizes


class GaussianNoise(RandomLayer):
    """Add normally distributed noise with mean 0 in training; inference passes the input unchanged.

    Parameters
    ----------
    stddev : float
        Standard deviation of the noise.
    seed : int, optional
        For the same noise in every run.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If `stddev` is negative.

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
        """Add noise in training."""
        if not training or self.stddev == 0:
            return x, None
        return x + self._generator().normal(0, self.stddev, x.shape).astype(x.dtype), None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        """Return dy."""
        return dy, {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        """Return the noise as offset."""
        zeros = np.zeros((1, *known_sizes(input_shape)))
        return Elementwise(offset=self.forward(zeros, training)[0][0])


class GaussianDropout(RandomLayer):
    """Multiply by normally distributed noise with mean 1 in training.

    The noise has the variance rate/(1 − rate), as that of `Dropout`. Source: Srivastava et al. 2014,
    "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15, section 10.

    Parameters
    ----------
    rate : float
        0 ≤ rate < 1.
    seed : int, optional
        For the same noise in every run.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Raises
    ------
    ValueError
        If `rate` is not in this range.

    Examples
    --------
    >>> y = GaussianDropout(0.5, seed=1)(np.ones((100, 100)), training=True)
    >>> bool(0.9 < y.std() < 1.1)
    True
    """

    family = "elementwise"

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.rate = fraction("GaussianDropout", "rate", rate, below_one=True)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, ndarray | None]:
        """Multiply by noise in training."""
        if not training or self.rate == 0:
            return x, None
        stddev = np.sqrt(self.rate / (1 - self.rate))
        noise = self._generator().normal(1, stddev, x.shape).astype(x.dtype)
        return x * noise, noise

    def backward(self, dy: ndarray, cache: ndarray | None) -> tuple[ndarray, Gradients]:
        """Multiply the gradient by the same noise."""
        return dy if cache is None else dy * cache, {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        """Return the noise as scale."""
        ones = np.ones((1, *known_sizes(input_shape)))
        return Elementwise(self.forward(ones, training)[0][0], name="noise")
