"""The functions of `keras.random`, some of which are also in `tf.random`."""

from typing import Any

import numpy as np

from minicnn.keras.tensor import EagerTensor, as_tensor
from minicnn.random import fresh_seed, generator


class SeedGenerator:
    """A source of seeds, each different."""

    def __init__(self, seed: int | None = None, **_: Any) -> None:
        self._stream = np.random.default_rng(fresh_seed() if seed is None else seed)

    def next(self) -> int:
        """Return the next seed."""
        return int(self._stream.integers(2**32))


def _stream(seed: Any) -> np.random.Generator:
    # A seed generator's numbers come from the library's stream: a layer that is called again for
    # its gradient draws the same.
    return generator(None if isinstance(seed, SeedGenerator) else seed)


def normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> EagerTensor:
    """Draw from a normal distribution."""
    return as_tensor(_stream(seed).normal(mean, stddev, tuple(shape)), dtype or "float32")


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> EagerTensor:
    """Draw from a normal distribution, numbers beyond two standard deviations again."""
    stream = _stream(seed)
    values = stream.normal(size=tuple(shape))
    while (far := np.abs(values) > 2).any():
        values[far] = stream.normal(size=far.sum())
    return as_tensor(mean + stddev * values, dtype or "float32")


def uniform(
    shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = None, seed: Any = None
) -> EagerTensor:
    """Draw from a uniform distribution; integers with an integer dtype."""
    stream, dtype = _stream(seed), np.dtype(dtype or "float32")
    if dtype.kind in "iu":
        return as_tensor(stream.integers(minval, maxval, tuple(shape), dtype))
    return as_tensor(stream.uniform(minval, 1 if maxval is None else maxval, tuple(shape)), dtype)


def randint(
    shape: Any, minval: int, maxval: int, dtype: Any = None, seed: Any = None
) -> EagerTensor:
    """Draw integers, `maxval` excluded."""
    return uniform(shape, minval, maxval, dtype or "int32", seed)


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> EagerTensor:
    """Return the slices along an axis in random order."""
    return as_tensor(_stream(seed).permutation(x, axis))
