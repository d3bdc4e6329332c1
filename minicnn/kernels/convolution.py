"""2-D convolution, fast: picks the algorithm for the shape.

Same names, signatures and results as `minicnn.ops.convolution`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import unknown_name
from minicnn.ops import reference
from minicnn.ops.convolution import Conv2DCache, Pair

FEWEST_CHANNELS, FEWEST_OF_EITHER = 8, 16  # below, Winograd's transforms cost more than they save
ALGORITHMS = ("winograd", "im2col", "reference")

_forced: ContextVar[str | None] = ContextVar("forced algorithm", default=None)


@contextmanager
def forced(name: str) -> Iterator[None]:
    """Let all convolutions take one algorithm, to compare it with another."""
    if name not in ALGORITHMS:
        raise unknown_name("algorithm of convolution", name, ALGORITHMS)
    token = _forced.set(name)
    try:
        yield
    finally:
        _forced.reset(token)


def conv2d_forward(
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None = None,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation_rate: Pair = (1, 1),
    groups: int = 1,
    activation: str = "linear",
) -> tuple[ndarray, Conv2DCache]:
    """Slide every filter over the images; see `minicnn.ops.convolution.conv2d_forward`."""
    name = algorithm(x.dtype, kernel.shape, strides, dilation_rate, groups)
    return _module(name).conv2d_forward(
        x, kernel, bias, strides, padding, dilation_rate, groups, activation
    )


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.convolution.conv2d_backward`."""
    return _module(cache.algorithm).conv2d_backward(dy, cache, input_gradient)


def algorithm(
    dtype: np.dtype, kernel_shape: tuple[int, ...], strides: Pair, dilation_rate: Pair, groups: int
) -> str:
    """Return the name of the fastest algorithm for a shape, or the one that is `forced`."""
    possible = kernel_shape[:2] == (3, 3) and strides == dilation_rate == (1, 1) and groups == 1
    name = _forced.get()
    if name == "winograd" and not possible:
        raise ValueError(
            "Winograd's algorithm is for 3×3 kernels with strides, dilation_rate and groups of 1, got "
            f"kernel {kernel_shape}, strides {strides}, dilation_rate {dilation_rate}, groups {groups}."
        )
    if dtype != np.float32:
        return "reference"
    if name is not None:
        return name
    channels, filters = kernel_shape[2:]
    enough = channels >= FEWEST_CHANNELS and max(channels, filters) >= FEWEST_OF_EITHER
    return "winograd" if possible and enough else "im2col"


@cache  # `import_module` looks for it, at every call, longer than a small convolution takes
def _module(name: str) -> ModuleType:
    """Return the module of an algorithm; what is compiled is imported only where it is used."""
    return reference if name == "reference" else import_module(f"minicnn.kernels.{name}")
