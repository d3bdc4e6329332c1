"""The one stream of random numbers: initial weights, dropout, shuffling.

`set_random_seed` makes a whole program reproducible, to the last bit.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

_stream = np.random.default_rng()
# Of this thread only: what others draw meanwhile does not change what is drawn here.
_private: ContextVar[np.random.Generator | None] = ContextVar("private stream", default=None)


def set_random_seed(seed: int) -> None:
    """Start every stream of random numbers anew, so that a program gives the same bits again.

    Sets the library's own stream, and, as Keras does, those of `random` and `numpy.random`.

    Parameters
    ----------
    seed : int
        From 0 to 2³² − 1.

    Raises
    ------
    ValueError
        If `seed` is not a whole number in that range.

    Examples
    --------
    >>> set_random_seed(1)
    >>> first = generator().random()
    >>> set_random_seed(1)
    >>> generator().random() == first
    True
    """
    import random

    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise ValueError(
            f"set_random_seed takes a whole number from 0 to 4294967295, got {seed!r}."
        )
    global _stream
    _stream = np.random.default_rng(int(seed))
    random.seed(int(seed))
    np.random.seed(int(seed))  # noqa: NPY002 (for programs that draw from it)


def generator(seed: int | None = None) -> np.random.Generator:
    """Return the stream to draw from: the library's own, or one of its own for a given seed.

    Parameters
    ----------
    seed : int, optional
        For a stream that does not depend on `set_random_seed`.

    Returns
    -------
    numpy.random.Generator

    Examples
    --------
    >>> int(generator(7).integers(10)) - int(generator(7).integers(10))
    0
    """
    if seed is not None:
        return np.random.default_rng(seed)
    return _private.get() or _stream


@contextmanager
def private_stream(seed: int) -> Iterator[None]:
    """Let everything in the block draw from a stream of its own; the library's stays untouched.

    Parameters
    ----------
    seed : int
        The same seed gives the same bits, whatever other threads draw meanwhile.

    Examples
    --------
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
    """Draw a seed from the library's stream, for a layer that keeps a stream of its own.

    Examples
    --------
    >>> 0 <= fresh_seed() < 2**32
    True
    """
    return int(generator().integers(2**32))


def stream_state() -> dict[str, Any]:
    """Return how far the stream to draw from has come, as plain numbers and names.

    Returns
    -------
    dict
        For `restore_stream`; JSON can hold it.

    Examples
    --------
    >>> state = stream_state()
    >>> first = generator().random()
    >>> restore_stream(state)
    >>> generator().random() == first
    True
    """
    return dict(generator().bit_generator.state)


def restore_stream(state: Mapping[str, Any]) -> None:
    """Draw again what came after `stream_state` gave this answer.

    Parameters
    ----------
    state : dict

    Raises
    ------
    ValueError, TypeError, KeyError
        If it is no such answer; then nothing is changed.
    """
    generator().bit_generator.state = dict(state)
