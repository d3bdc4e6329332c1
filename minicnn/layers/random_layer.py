"""Base class of layers that draw random numbers in training."""

from typing import Any

import numpy as np

from minicnn.checks import integer
from minicnn.layers.layer import Layer
from minicnn.layers.shard import SHARD
from minicnn.random import fresh_seed

NEW_IN_KERAS_3 = {
    "data_format": "channels_last",
    "value_range": (0, 255),
    "pad_to_aspect_ratio": False,
    "fill_value": 0.0,
}
"""Defaults of arguments that Keras 2 does not know."""


class RandomLayer(Layer):
    """A layer whose random numbers follow from `seed_state`, seed and training step; base class."""

    omitted_defaults = NEW_IN_KERAS_3

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        kind = type(self).__name__
        self.seed = None if seed is None else integer(kind, "seed", seed, minimum=0)
        start = fresh_seed() if self.seed is None else self.seed % 2**32
        self.seed_state = np.array([start, 0], np.uint32)

    def update_state(self, cache: Any) -> None:
        self.seed_state[1] += 1

    def _generator(self) -> np.random.Generator:
        """Return a generator for this step and part of a batch, so that a pass can be repeated."""
        start = SHARD.get().start
        return np.random.default_rng([*self.seed_state, start] if start else self.seed_state)
