"""2-D convolution: choose the algorithm for a shape.

Same names, signatures and results as `minicnn.ops.convolution`. `im2col` and `winograd` have the same
three functions: `make_plan` for what depends on shapes only, `forward` and `backward`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.errors import unknown_name
from minicnn.kernels.primitives.relu_mask import ReluMask
from minicnn.kernels.runtime import ahead, memory_pool, self_check
from minicnn.ops import reference
from minicnn.ops.convolution import Conv2DCache, Pair

MIN_CHANNELS, MIN_OF_EITHER = 8, 16  # below, Winograd's transforms cost more than they save
ALGORITHMS = ("winograd", "im2col", "reference")
F32, U16 = np.dtype(np.float32), np.dtype(np.uint16)

_forced: ContextVar[str | None] = ContextVar("forced algorithm", default=None)


@contextmanager
def forced(name: str) -> Iterator[None]:
    """Use one algorithm for all convolutions, to compare it with another."""
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
    """Convolve; see `minicnn.ops.convolution.conv2d_forward`."""
    name = algorithm(x.dtype, kernel.shape, strides, dilation_rate, groups)
    if name == "reference":
        return reference.conv2d_forward(
            x, kernel, bias, strides, padding, dilation_rate, groups, activation
        )
    return _forward_with(name)(x, kernel, bias, strides, padding, dilation_rate, groups, activation)


@cache
def _forward_with(name: str) -> Any:
    """Return the forward pass with one algorithm, checked when it is first used."""
    with ops.choosing:
        module = import_module(f"minicnn.kernels.{name}")
        ahead.begin(module, "convolution", name)
        forward = partial(_forward, module)
        self_check.check("conv2d_forward", forward, forward)
    return forward


def _forward(
    module: ModuleType,
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None,
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
    groups: int,
    activation: str,
) -> tuple[ndarray, Conv2DCache]:
    relu = activation == "relu"
    plan = module.make_plan(x.shape, kernel.shape, strides, padding, dilation_rate, groups, relu)
    bias = plan.no_bias if bias is None else bias
    y, mask = memory_pool.empty(plan.y_shape), memory_pool.empty(plan.mask, U16)
    module.forward(plan, x.reshape(plan.x), kernel, bias, relu, y.reshape(plan.y), mask)
    relu_mask, saved = ReluMask(mask, y.shape) if relu else None, (module, plan, mask)
    return y, Conv2DCache(x, kernel, relu_mask, strides, padding, dilation_rate, groups, saved)


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.convolution.conv2d_backward`."""
    if cache.saved is None:
        return reference.conv2d_backward(dy, cache, input_gradient)
    return _backward_with(cache.saved[0])(dy, cache, input_gradient)


@cache
def _backward_with(module: ModuleType) -> Any:
    """Return the backward pass, checked when the algorithm is first used for it."""
    with ops.choosing:
        ahead.finish("convolution", module.__name__.rsplit(".", 1)[1])
        self_check.check("conv2d_backward", _backward, partial(_forward, module))
    return _backward


def compile_backward(name: str) -> None:
    """Compile the backward pass with one algorithm, by computing an example without forward pass."""
    module = import_module(f"minicnn.kernels.{name}")
    x, kernel, _, strides, padding, dilation_rate, groups, _ = self_check.example("conv2d")
    options = strides, padding, dilation_rate, groups
    plan = module.make_plan(x.shape, kernel.shape, *options, True)
    dy, saved = np.zeros(plan.y_shape, F32), (module, plan, np.zeros(plan.mask, U16))
    _backward(dy, Conv2DCache(x, kernel, None, *options, saved))


def _backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    module, plan, mask = cache.saved
    dx = memory_pool.empty(plan.x) if input_gradient else plan.no_dx
    dkernel, dbias = module.backward(
        plan, dy.reshape(plan.y), cache.x.reshape(plan.x), cache.kernel, mask, dx
    )
    dx = dx.reshape(cache.x.shape) if input_gradient else None
    return dx, dkernel.reshape(cache.kernel.shape), dbias


def algorithm(
    dtype: np.dtype, kernel_shape: tuple[int, ...], strides: Pair, dilation_rate: Pair, groups: int
) -> str:
    """Return the name of the fastest algorithm for a shape, or the `forced` one."""
    possible = kernel_shape[:2] == (3, 3) and strides == dilation_rate == (1, 1) and groups == 1
    name = _forced.get()
    if name == "winograd" and not possible:
        raise ValueError(
            "Winograd's algorithm needs a 3×3 kernel with strides, dilation_rate and groups of 1, got "
            f"kernel {kernel_shape}, strides {strides}, dilation_rate {dilation_rate}, groups {groups}."
        )
    if dtype != np.float32:
        return "reference"
    if name is not None:
        return name
    channels, filters = kernel_shape[2:]
    pays = channels >= MIN_CHANNELS and max(channels, filters) >= MIN_OF_EITHER
    return "winograd" if possible and pays else "im2col"
