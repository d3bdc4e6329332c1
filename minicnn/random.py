"""The random number generator for initial weights, dropout and shuffling.

`set_random_seed` makes a whole program reproducible, to the last bit.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from minicnn import checks

_stream = np.random.default_rng()
# One per thread, so that draws in other threads do not change the results here
_private: ContextVar[np.random.Generator | None] = ContextVar("private stream", default=None)


def set_random_seed(seed: int) -> None:
    """Seed all random number generators, which makes a program reproducible.

    Seeds the generator of the library and, as Keras does, `random` and `numpy.random`.

    Parameters
    ----------
    seed : int
        From 0 to 2³² − 1.

    Raises
    ------
    ValueError
        If `seed` is not an integer in this range.

    Examples
    --------
    >>> set_random_seed(1)
    >>> first = generator().random()
    >>> set_random_seed(1)
    >>> generator().random() == first
    True
    """
    import random

    seed = checks.integer("set_random_seed", "seed", seed, 0, 2**32 - 1)
    global _stream
    _stream = np.random.default_rng(seed)
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (for programs that draw from it)


def generator(seed: int | None = None) -> np.random.Generator:
    """Return the library's random number generator, or a new one with a seed.

    >>> int(generator(7).integers(10)) - int(generator(7).integers(10))
    0
    """
    if seed is not None:
        return np.random.default_rng(seed % 2**64)  # negative seeds, too
    return _private.get() or _stream


@contextmanager
def private_stream(seed: int) -> Iterator[None]:
    """Use a separate random number generator in the block, in this thread only.

    >>> with private_stream(3):
    ...     first = generator().random()
    >>> with private_stream(3):
    ...     generator().random() == first
    True
    """
    token = _private.set(np.random.default_rng(seed))
    try:
        yield
    finally:
        _private.reset(token)


def fresh_seed() -> int:
    """Draw a seed for a layer that has its own generator, from 0 to 2³² − 1."""
    return int(generator().integers(2**32))


def stream_state() -> dict[str, Any]:
    """Return the state of the random number generator, for `restore_stream`; ready for JSON.

    >>> state = stream_state()
    >>> first = generator().random()
    >>> restore_stream(state)
    >>> generator().random() == first
    True
    """
    return dict(generator().bit_generator.state)


def restore_stream(state: Mapping[str, Any]) -> None:
    """Set the state of the random number generator; what is not one raises, and changes nothing."""
    generator().bit_generator.state = dict(state)
