"""The layer that forgets a random share of its input while training."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.errors import ShapeError
from minicnn.layers.arguments import Shape, whole_number
from minicnn.layers.description import Elementwise
from minicnn.layers.layer import Gradients, Layer
from minicnn.random import fresh_seed


class Dropout(Layer):
    """In training sets a random share of the input to zero and scales the rest up; else does nothing.

    The arithmetic is `minicnn.ops.dropout.dropout_forward`. Which cells are dropped is a
    function of the layer's seed and of how many training steps it has seen: `seed_state` holds both.

    Parameters
    ----------
    rate : float
        The share to drop, 0 ≤ rate < 1.
    noise_shape : tuple, optional
        Shape of the random choice, with 1 on axes whose cells are dropped together, None for a
        size as in the input.
    seed : int, optional
        For the same choices in every run; else drawn from the library's stream.
    **options
        `name`, `dtype`, `input_shape` as in `Layer`.

    Attributes
    ----------
    seed_state : (2,) uint32
        Seed and step.

    Raises
    ------
    ValueError
        If `rate` is not from 0 up to, not including, 1.

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
        if not isinstance(rate, (int, float, np.number)) or not 0 <= rate < 1:
            raise ValueError(
                f"Dropout takes rate, the share to drop, from 0 up to 1, not including 1, got {rate!r}."
            )
        self.rate = float(rate)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = None if seed is None else whole_number("Dropout", "seed", seed, least=0)
        start = fresh_seed() if self.seed is None else self.seed % 2**32
        self.seed_state = np.array([start, 0], np.uint32)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, ndarray | None]:
        """Drop cells in training; pass everything else."""
        if not training or self.rate == 0:
            return x, None
        seed, step = (int(number) for number in self.seed_state)
        return ops.dropout_forward(x, self.rate, seed, step, self._noise_shape(x.shape))

    def backward(self, dy: ndarray, cache: ndarray | None) -> tuple[ndarray, Gradients]:
        """Pass the gradient where the cell was kept."""
        return (dy if cache is None else ops.dropout_backward(dy, cache)), {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        """Return what each number is multiplied by: 0 or 1/(1 − rate) in training, otherwise 1."""
        ones = np.ones((1, *input_shape[1:]))  # type: ignore[type-var]
        return Elementwise(self.forward(ones, training)[0][0], name="keep/(1 − rate)")

    def update_state(self, cache: ndarray | None) -> None:
        """Go on to the next random choice."""
        self.seed_state[1] += 1

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return super().get_config() | {
            "rate": self.rate,
            "noise_shape": self.noise_shape,
            "seed": self.seed,
        }

    def _noise_shape(self, shape: tuple[int, ...]) -> tuple[int, ...] | None:
        if self.noise_shape is None:
            return None
        fits = len(self.noise_shape) == len(shape) and all(
            noise in (None, 1, size) for noise, size in zip(self.noise_shape, shape, strict=True)
        )
        if not fits:
            raise ShapeError(
                f"{self.describe()} has noise_shape {self.noise_shape}, got an input of shape {shape}. "
                "Give one size an axis: None for a size as in the input, or 1."
            )
        return tuple(
            size if noise is None else noise
            for size, noise in zip(shape, self.noise_shape, strict=True)
        )
