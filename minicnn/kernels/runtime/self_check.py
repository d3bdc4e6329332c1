"""Comparing a kernel with its definition on a small input, before its first use on this machine."""

from collections.abc import Callable
from typing import Any

import numpy as np

from minicnn.errors import KernelError
from minicnn.ops import reference

F32 = np.dtype(np.float32)
TOLERANCE = 1e-4  # of the largest value

Call = Callable[..., Any]

EXAMPLES: dict[str, tuple[Any, Any]] = {  # arrays' shapes, and the other arguments
    # Fits both algorithms
    "conv2d": (
        [(2, 7, 6, 8), (3, 3, 8, 16), (16,)],
        [(1, 1), "same", (1, 1), 1, "relu"],
    ),
    "dense": ([(5, 70), (70, 9), (9,)], []),
    "max_pool2d": ([(2, 7, 6, 5)], [(3, 2), (2, 2), "same"]),
    "average_pool2d": ([(2, 7, 6, 5)], [(3, 2), (2, 2), "same"]),
}


def check(name: str, kernel: Call, forward: Call) -> None:
    """Raise KernelError if a kernel fails or differs from its definition.

    `forward` is the kernel of the forward pass: for a backward kernel it makes the cache. Kernels are
    checked when they are first needed, so that nothing is compiled in vain.
    """
    if name.rsplit("_", 1)[0] not in EXAMPLES:
        return
    arguments = example(name.rsplit("_", 1)[0])
    expected, cache = getattr(reference, f"{name.rsplit('_', 1)[0]}_forward")(*arguments)
    try:
        found, kernel_cache = forward(*arguments)
        if name.endswith("_backward"):
            dy = _random(*expected.shape, seed=1)
            expected, found = getattr(reference, name)(dy, cache), kernel(dy, kernel_cache)
    except Exception as error:
        raise KernelError(f"the kernel {name} fails ({type(error).__name__}: {error})") from error
    pairs = zip(expected, found, strict=True) if type(found) is tuple else [(expected, found)]
    for wanted, got in pairs:
        if not np.abs(got - wanted).max() <= TOLERANCE * np.abs(wanted).max():
            raise KernelError(f"the kernel {name} gives wrong results on this machine")


def example(operation: str) -> tuple[Any, ...]:
    """Return a small input of an operation that is checked."""
    shapes, options = EXAMPLES[operation]
    return *(_random(*shape) for shape in shapes), *options


def _random(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype(F32)
