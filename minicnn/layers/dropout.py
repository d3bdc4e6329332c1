"""Dropout."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.checks import fraction, integer
from minicnn.errors import ShapeError
from minicnn.layers.description import Elementwise
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, example_shape
from minicnn.random import fresh_seed


class Dropout(Layer):
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
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Attributes
    ----------
    seed_state : (2,) uint32
        Seed and step.

    Raises
    ------
    ValueError
        If `rate` is not in this range.

    Examples
    --------
    >>> layer = Dropout(0.5, seed=1)
    >>> layer(np.ones((1, 4)))
    array([[1., 1., 1., 1.]], dtype=float32)
    >>> sorted(set(layer(np.ones((1, 100)), training=True).ravel().tolist()))
    [0.0, 2.0]
    """

    family = "elementwise"

    def __init__(
        self,
        rate: float,
        noise_shape: Any = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.rate = fraction("Dropout", "rate", rate, below_one=True)
        self.noise_shape = (
            None if noise_shape is None else example_shape("Dropout", "noise_shape", noise_shape)
        )
        self.seed = None if seed is None else integer("Dropout", "seed", seed, minimum=0)
        start = fresh_seed() if self.seed is None else self.seed % 2**32
        self.seed_state = np.array([start, 0], np.uint32)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, ndarray | None]:
        """Drop elements in training."""
        if not training or self.rate == 0:
            return x, None
        seed, step = (int(number) for number in self.seed_state)
        return ops.dropout_forward(x, self.rate, seed, step, self._noise_shape(x.shape))

    def backward(self, dy: ndarray, cache: ndarray | None) -> tuple[ndarray, Gradients]:
        """Pass the gradient of the elements that were kept."""
        return (dy if cache is None else ops.dropout_backward(dy, cache)), {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        """Return what each number is multiplied by: 0 or 1/(1 − rate) in training, otherwise 1."""
        ones = np.ones((1, *input_shape[1:]))  # type: ignore[type-var]
        return Elementwise(self.forward(ones, training)[0][0], name="keep/(1 − rate)")

    def update_state(self, cache: ndarray | None) -> None:
        """Advance to the next random mask."""
        self.seed_state[1] += 1

    def _noise_shape(self, shape: tuple[int, ...]) -> tuple[int, ...] | None:
        if self.noise_shape is None:
            return None
        fits = len(self.noise_shape) == len(shape) and all(
            noise in (None, 1, size) for noise, size in zip(self.noise_shape, shape, strict=True)
        )
        if not fits:
            raise ShapeError(
                f"{self.describe()} has noise_shape {self.noise_shape}, got an input of shape {shape}. "
                "Give one size for each axis: 1, or None for the size of the input."
            )
        return tuple(
            size if noise is None else noise
            for size, noise in zip(shape, self.noise_shape, strict=True)
        )
