"""Comparing a kernel with its definition on a small input, before its first use on this machine."""

from collections.abc import Callable
from typing import Any

import numpy as np

from minicnn.errors import KernelError
from minicnn.ops import reference

F32 = np.dtype(np.float32)
TOLERANCE = 1e-4  # of the largest value

Call = Callable[..., Any]


def check(name: str, kernel: Call, forward: Call) -> None:
    """Raise KernelError if a kernel fails or differs from its definition.

    `forward` is the kernel of the forward pass: for a backward kernel it makes the cache. Kernels are
    checked when they are first needed, so that nothing is compiled in vain.
    """
    arguments = _arguments(name.rsplit("_", 1)[0])
    if arguments is None:
        return
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


def _arguments(operation: str) -> tuple[Any, ...] | None:
    """Return a small input of an operation; None if its kernels are not checked."""
    if operation == "conv2d":  # fits both algorithms
        x, kernel, bias = _random(2, 7, 6, 8), _random(3, 3, 8, 16), _random(16)
        return x, kernel, bias, (1, 1), "same", (1, 1), 1, "relu"
    if operation == "dense":
        return _random(5, 70), _random(70, 9), _random(9)
    if operation in ("max_pool2d", "average_pool2d"):
        return _random(2, 7, 6, 5), (3, 2), (2, 2), "same"
    return None


def _random(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype(F32)
