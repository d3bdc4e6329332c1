"""Automatic names of layers and models, as Keras gives them."""

import re
from collections import Counter

from minicnn import ops

_used: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """Return a class's name in Keras' spelling with underscores."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def unique_name(prefix: str) -> str:
    """Return `prefix` the first time, then ``prefix_1``, ``prefix_2``, … as Keras counts layers."""
    number = _used[prefix]
    _used[prefix] += 1
    return f"{prefix}_{number}" if number else prefix


def clear_session(free_memory: bool = True) -> None:
    """Reset the automatic names of layers and models, and release unused memory.

    Parameters
    ----------
    free_memory : bool
        Whether to release the memory that is kept for the next results.
    """
    _used.clear()
    if free_memory:
        ops.release_memory()
