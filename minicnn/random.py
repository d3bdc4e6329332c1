"""The one stream of random numbers: initial weights, dropout, shuffling.

`set_random_seed` makes a whole program reproducible, to the last bit.
"""

import numpy as np

_stream = np.random.default_rng()


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
    return _stream if seed is None else np.random.default_rng(seed)


def fresh_seed() -> int:
    """Draw a seed from the library's stream, for a layer that keeps a stream of its own.

    Examples
    --------
    >>> 0 <= fresh_seed() < 2**32
    True
    """
    return int(_stream.integers(2**32))
