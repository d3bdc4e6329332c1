"""Building layers without memory for their weights, to learn the shapes.

The config in a file is compared with the arrays in the file before either is trusted: here a layer of
10¹² units costs nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import initializers

_is_abstract: ContextVar[bool] = ContextVar("abstract_build", default=False)


@contextmanager
def abstract_build() -> Iterator[None]:
    """Make every weight that is added in the block a single zero, repeated."""
    token = _is_abstract.set(True)
    try:
        yield
    finally:
        _is_abstract.reset(token)


def initialize(initializer: Any, shape: tuple[Any, ...], dtype: str) -> ndarray:
    """Return the initial values of a weight."""
    if _is_abstract.get():
        return np.lib.stride_tricks.as_strided(np.zeros(1, dtype), shape, (0,) * len(shape))
    return np.array(initializers.get(initializer)(shape, dtype), dtype)
