"""Checks of the arguments of operations on images: convolutions, pooling and upsampling."""

from functools import lru_cache
from typing import Any

from numpy import ndarray

from minicnn import checks
from minicnn.errors import ShapeError
from minicnn.ops.argument_checks import (
    Shape,
    as_contiguous,
    as_gradient,
    as_pair,
    check_cache,
    check_fit,
    check_images,
)
from minicnn.ops.convolution import Conv2DCache, Pair, output_shape
from minicnn.ops.pooling import AveragePoolCache, MaxPoolCache
from minicnn.ops.transposed_convolution import Conv2DTransposeCache
from minicnn.ops.upsampling import UpsampleCache
from minicnn.ops.windows import (
    CONVOLUTION_PADDINGS,
    INTERPOLATIONS,
    PADDINGS,
    output_size,
    transposed_size,
)

ACTIVATIONS = ("linear", "relu")

_conv2d_shape = lru_cache(1024)(output_shape)


def conv2d_forward(
    x: Any,
    kernel: Any,
    bias: Any = None,
    strides: Any = (1, 1),
    padding: str = "valid",
    dilation_rate: Any = (1, 1),
    groups: int = 1,
    activation: str = "linear",
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.conv2d_forward`."""
    owner = "conv2d_forward"
    x = as_contiguous(owner, "x", x)
    kernel = as_contiguous(owner, "kernel", kernel, x.dtype)
    bias = None if bias is None else as_contiguous(owner, "bias", bias, x.dtype)
    strides = as_pair(owner, "strides", strides)
    dilation_rate = as_pair(owner, "dilation_rate", dilation_rate)
    if type(groups) is not int or groups < 1:
        groups = checks.integer(owner, "groups", groups)
    if padding not in CONVOLUTION_PADDINGS:
        padding = checks.choice(owner, "padding", padding, CONVOLUTION_PADDINGS)
    if activation not in ACTIVATIONS:
        activation = checks.choice(owner, "activation", activation, ACTIVATIONS)
    bias_shape = None if bias is None else bias.shape
    _check_conv2d(x.shape, kernel.shape, bias_shape, strides, padding, dilation_rate, groups)
    return x, kernel, bias, strides, padding, dilation_rate, groups, activation


@lru_cache(1024)
def _check_conv2d(
    x: Shape,
    kernel: Shape,
    bias: Shape | None,
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
    groups: int,
) -> None:
    check_images("conv2d_forward", x)
    if len(kernel) != 4 or 0 in kernel:
        raise ShapeError(
            "conv2d_forward takes a kernel of shape (kernel_height, kernel_width, channels // groups, "
            f"filters), got {kernel}."
        )
    if x[3] != kernel[2] * groups:
        raise ShapeError(
            f"conv2d_forward takes images with {kernel[2] * groups} channels for a kernel of shape "
            f"{kernel} and groups={groups}, got x of shape {x}."
        )
    if kernel[3] % groups:
        raise ShapeError(
            f"conv2d_forward splits its filters into groups of equal size, got {kernel[3]} filters and "
            f"groups={groups}."
        )
    if bias not in (None, kernel[3:]):
        raise ShapeError(f"conv2d_forward takes a bias of shape {kernel[3:]}, got {bias}.")
    check_fit("conv2d_forward", "kernel", x, kernel[:2], padding, dilation_rate)


def conv2d_backward(dy: Any, cache: Conv2DCache, input_gradient: bool = True) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.conv2d_backward`."""
    check_cache("conv2d", cache, Conv2DCache)
    x = cache.x
    shape = _conv2d_shape(
        x.shape, cache.kernel.shape, cache.strides, cache.padding, cache.dilation_rate
    )
    return as_gradient("conv2d_backward", dy, shape, x.dtype), cache, bool(input_gradient)


def conv2d_transpose_forward(
    x: Any,
    kernel: Any,
    bias: Any = None,
    strides: Any = (1, 1),
    padding: str = "valid",
    output_padding: Any = None,
    dilation_rate: Any = (1, 1),
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.conv2d_transpose_forward`."""
    owner = "conv2d_transpose_forward"
    x = as_contiguous(owner, "x", x)
    kernel = as_contiguous(owner, "kernel", kernel, x.dtype)
    bias = None if bias is None else as_contiguous(owner, "bias", bias, x.dtype)
    strides = as_pair(owner, "strides", strides)
    dilation_rate = as_pair(owner, "dilation_rate", dilation_rate)
    padding = checks.choice(owner, "padding", padding, PADDINGS)
    if output_padding is not None:
        output_padding = checks.pair(owner, "output_padding", output_padding, minimum=0)
    check_images(owner, x.shape)
    if kernel.ndim != 4 or 0 in kernel.shape or kernel.shape[3] != x.shape[3]:
        raise ShapeError(
            f"{owner} takes a kernel of shape (kernel_height, kernel_width, filters, {x.shape[3]}) for "
            f"x of shape {x.shape}, got {kernel.shape}."
        )
    if bias is not None and bias.shape != kernel.shape[2:3]:
        raise ShapeError(f"{owner} takes a bias of shape {kernel.shape[2:3]}, got {bias.shape}.")
    amounts = output_padding or (None, None)
    for pixels, window, stride, amount, dilation in zip(
        x.shape[1:3], kernel.shape[:2], strides, amounts, dilation_rate, strict=True
    ):
        size = transposed_size(pixels, window, stride, padding, amount, dilation)
        if size < 1 or output_size(size, window, stride, padding, dilation) != pixels:
            raise ShapeError(
                f"{owner}: no convolution with kernel size {window}, stride {stride} and "
                f'padding="{padding}" makes {pixels} pixels of {size}, which output_padding={amount} '
                "asks for. Choose another output_padding, or None."
            )
    return x, kernel, bias, strides, padding, output_padding, dilation_rate


def conv2d_transpose_backward(
    dy: Any, cache: Conv2DTransposeCache, input_gradient: bool = True
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.conv2d_transpose_backward`."""
    check_cache("conv2d_transpose", cache, Conv2DTransposeCache)
    dy = as_gradient("conv2d_transpose_backward", dy, cache.y_shape, cache.x.dtype)
    return dy, cache, bool(input_gradient)


def max_pool2d_forward(
    x: Any, pool_size: Any, strides: Any, padding: str = "valid"
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.max_pool2d_forward`."""
    return _pool2d("max_pool2d_forward", x, pool_size, strides, padding)


def average_pool2d_forward(
    x: Any, pool_size: Any, strides: Any, padding: str = "valid"
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.average_pool2d_forward`."""
    return _pool2d("average_pool2d_forward", x, pool_size, strides, padding)


def _pool2d(owner: str, x: Any, pool_size: Any, strides: Any, padding: str) -> tuple[Any, ...]:
    x = as_contiguous(owner, "x", x)
    pool_size = as_pair(owner, "pool_size", pool_size)
    strides = as_pair(owner, "strides", strides)
    if padding not in PADDINGS:
        padding = checks.choice(owner, "padding", padding, PADDINGS)
    _check_pool2d(owner, x.shape, pool_size, padding)
    return x, pool_size, strides, padding


@lru_cache(1024)
def _check_pool2d(owner: str, x: Shape, pool_size: Pair, padding: str) -> None:
    check_images(owner, x)
    check_fit(owner, "pool", x, pool_size, padding)


def max_pool2d_backward(dy: Any, cache: MaxPoolCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.max_pool2d_backward`."""
    check_cache("max_pool2d", cache, MaxPoolCache)
    shape = _pool2d_shape(cache.x_shape, cache.pool_size, cache.strides, cache.padding)
    return as_gradient("max_pool2d_backward", dy, shape, cache.dtype), cache


def average_pool2d_backward(dy: Any, cache: AveragePoolCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.average_pool2d_backward`."""
    check_cache("average_pool2d", cache, AveragePoolCache)
    shape = _pool2d_shape(cache.x_shape, cache.pool_size, cache.strides, cache.padding)
    return as_gradient("average_pool2d_backward", dy, shape, cache.dtype), cache


@lru_cache(1024)
def _pool2d_shape(x_shape: Shape, pool_size: Pair, strides: Pair, padding: str) -> Shape:
    rows, columns = (
        output_size(size, pool, stride, padding)
        for size, pool, stride in zip(x_shape[1:3], pool_size, strides, strict=True)
    )
    return x_shape[0], rows, columns, x_shape[3]


def global_max_pool2d_forward(x: Any) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.global_max_pool2d_forward`."""
    x = as_contiguous("global_max_pool2d_forward", "x", x)
    check_images("global_max_pool2d_forward", x.shape)
    return (x,)


def global_max_pool2d_backward(dy: Any, cache: tuple[ndarray, ndarray]) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.global_max_pool2d_backward`."""
    _, y = cache
    return as_gradient("global_max_pool2d_backward", dy, y.shape, y.dtype), cache


def upsample2d_forward(x: Any, size: Any, interpolation: str = "nearest") -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.upsample2d_forward`."""
    x = as_contiguous("upsample2d_forward", "x", x)
    check_images("upsample2d_forward", x.shape)
    interpolation = checks.choice(
        "upsample2d_forward", "interpolation", interpolation, INTERPOLATIONS
    )
    return x, as_pair("upsample2d_forward", "size", size), interpolation


def upsample2d_backward(dy: Any, cache: UpsampleCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.upsample2d_backward`."""
    check_cache("upsample2d", cache, UpsampleCache)
    batch, height, width, channels = cache.shape
    shape = batch, height * cache.size[0], width * cache.size[1], channels
    return as_gradient("upsample2d_backward", dy, shape, cache.dtype), cache
