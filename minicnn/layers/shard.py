"""The part of a batch that this process computes, in a training of several processes.

`minicnn.distributed` sets it around every step; layers whose result depends on the whole batch, or on
the positions of the examples in it, ask for it.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import NamedTuple

from numpy import ndarray


class Shard(NamedTuple):
    """The whole batch by default."""

    start: int = 0
    """Position of the first example in the whole batch."""
    sum: Callable[[ndarray], ndarray] | None = None
    """Adds up the arrays of all processes; they all must call it."""


SHARD: ContextVar[Shard] = ContextVar("shard", default=Shard())  # noqa: B039 (never changed)
