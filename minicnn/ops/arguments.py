"""Checks of the operations' arguments, before any arithmetic.

For each operation there is a function of the same name and signature. It returns the arguments, checked
and converted, or raises an error that says what to type. Three rules hold everywhere:

- Arrays may be anything that NumPy makes a real array of. Integers and booleans become float32.
- All arrays of an operation are computed in the dtype of the first one.
- A gradient has the shape and dtype of what it is the gradient of.

What depends on shapes and options alone is checked once and remembered.
"""

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.errors import ShapeError
from minicnn.ops import activations
from minicnn.ops.convolution import Conv2DCache, Pair, output_shape
from minicnn.ops.dense import DenseCache
from minicnn.ops.normalization import BatchNormalizationCache, LayerNormalizationCache
from minicnn.ops.pooling import AveragePoolCache, MaxPoolCache
from minicnn.ops.transposed_convolution import Conv2DTransposeCache
from minicnn.ops.upsampling import UpsampleCache
from minicnn.ops.windows import (
    CONVOLUTION_PADDINGS,
    INTERPOLATIONS,
    PADDINGS,
    effective_size,
    output_size,
    transposed_size,
)

F32 = np.dtype(np.float32)
ACTIVATIONS = ("linear", "relu")
IMAGES = "images of shape (batch, height, width, channels)"

Shape = tuple[int, ...]

_shape = attrgetter("shape")


def find(name: str) -> tuple[Callable[..., tuple[Any, ...]], bool]:
    """Return an operation's check, and whether its options are passed on beside what it returns."""
    if check := globals().get(name):
        return check, False
    if name in activations.__all__:
        return (activation_forward if name.endswith("_forward") else activation_backward), True
    return update, True


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
    x = _plain(owner, "x", x)
    kernel = _plain(owner, "kernel", kernel, x.dtype)
    bias = None if bias is None else _plain(owner, "bias", bias, x.dtype)
    strides = _pair(owner, "strides", strides)
    dilation_rate = _pair(owner, "dilation_rate", dilation_rate)
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
    _check_images("conv2d_forward", x)
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
    _check_fit("conv2d_forward", "kernel", x, kernel[:2], padding, dilation_rate)


def conv2d_backward(dy: Any, cache: Conv2DCache, input_gradient: bool = True) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.conv2d_backward`."""
    _check_cache("conv2d", cache, Conv2DCache)
    x = cache.x
    shape = _conv2d_shape(
        x.shape, cache.kernel.shape, cache.strides, cache.padding, cache.dilation_rate
    )
    return _gradient("conv2d_backward", dy, shape, x.dtype), cache, bool(input_gradient)


_conv2d_shape = lru_cache(1024)(output_shape)


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
    x = _plain(owner, "x", x)
    kernel = _plain(owner, "kernel", kernel, x.dtype)
    bias = None if bias is None else _plain(owner, "bias", bias, x.dtype)
    strides = _pair(owner, "strides", strides)
    dilation_rate = _pair(owner, "dilation_rate", dilation_rate)
    padding = checks.choice(owner, "padding", padding, PADDINGS)
    if output_padding is not None:
        output_padding = checks.pair(owner, "output_padding", output_padding, minimum=0)
    _check_images(owner, x.shape)
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
    _check_cache("conv2d_transpose", cache, Conv2DTransposeCache)
    dy = _gradient("conv2d_transpose_backward", dy, cache.y_shape, cache.x.dtype)
    return dy, cache, bool(input_gradient)


def dense_forward(x: Any, kernel: Any, bias: Any = None) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.dense_forward`."""
    x = _plain("dense_forward", "x", x)
    kernel = _plain("dense_forward", "kernel", kernel, x.dtype)
    if bias is not None:
        bias = _plain("dense_forward", "bias", bias, x.dtype)
        if bias.shape != kernel.shape[1:]:
            raise ShapeError(
                f"dense_forward takes a bias of shape {kernel.shape[1:]} for a kernel of shape "
                f"{kernel.shape}, got {bias.shape}."
            )
    if x.ndim < 2:
        raise ShapeError(
            f"dense_forward takes x of shape (batch, ..., features), got {x.shape}. "
            "x[np.newaxis] makes a batch of one example."
        )
    if kernel.ndim != 2 or x.shape[-1] != kernel.shape[0] or kernel.size == 0:
        raise ShapeError(
            f"dense_forward takes a kernel of shape (features, units) = ({x.shape[-1]}, ...) for x of "
            f"shape {x.shape}, got {kernel.shape}."
        )
    return x, kernel, bias


def dense_backward(dy: Any, cache: DenseCache, input_gradient: bool = True) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.dense_backward`."""
    _check_cache("dense", cache, DenseCache)
    x, kernel = cache
    shape = (*x.shape[:-1], kernel.shape[1])
    return _gradient("dense_backward", dy, shape, x.dtype), cache, bool(input_gradient)


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
    x = _plain(owner, "x", x)
    pool_size = _pair(owner, "pool_size", pool_size)
    strides = _pair(owner, "strides", strides)
    if padding not in PADDINGS:
        padding = checks.choice(owner, "padding", padding, PADDINGS)
    _check_pool2d(owner, x.shape, pool_size, padding)
    return x, pool_size, strides, padding


@lru_cache(1024)
def _check_pool2d(owner: str, x: Shape, pool_size: Pair, padding: str) -> None:
    _check_images(owner, x)
    _check_fit(owner, "pool", x, pool_size, padding)


def max_pool2d_backward(dy: Any, cache: MaxPoolCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.max_pool2d_backward`."""
    _check_cache("max_pool2d", cache, MaxPoolCache)
    shape = _pool2d_shape(cache.x_shape, cache.pool_size, cache.strides, cache.padding)
    return _gradient("max_pool2d_backward", dy, shape, cache.dtype), cache


def average_pool2d_backward(dy: Any, cache: AveragePoolCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.average_pool2d_backward`."""
    _check_cache("average_pool2d", cache, AveragePoolCache)
    shape = _pool2d_shape(cache.x_shape, cache.pool_size, cache.strides, cache.padding)
    return _gradient("average_pool2d_backward", dy, shape, cache.dtype), cache


@lru_cache(1024)
def _pool2d_shape(x_shape: Shape, pool_size: Pair, strides: Pair, padding: str) -> Shape:
    rows, columns = (
        output_size(size, pool, stride, padding)
        for size, pool, stride in zip(x_shape[1:3], pool_size, strides, strict=True)
    )
    return x_shape[0], rows, columns, x_shape[3]


def global_max_pool2d_forward(x: Any) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.global_max_pool2d_forward`."""
    x = _plain("global_max_pool2d_forward", "x", x)
    _check_images("global_max_pool2d_forward", x.shape)
    return (x,)


def global_max_pool2d_backward(dy: Any, cache: tuple[ndarray, ndarray]) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.global_max_pool2d_backward`."""
    _, y = cache
    return _gradient("global_max_pool2d_backward", dy, y.shape, y.dtype), cache


def upsample2d_forward(x: Any, size: Any, interpolation: str = "nearest") -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.upsample2d_forward`."""
    x = _plain("upsample2d_forward", "x", x)
    _check_images("upsample2d_forward", x.shape)
    interpolation = checks.choice(
        "upsample2d_forward", "interpolation", interpolation, INTERPOLATIONS
    )
    return x, _pair("upsample2d_forward", "size", size), interpolation


def upsample2d_backward(dy: Any, cache: UpsampleCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.upsample2d_backward`."""
    _check_cache("upsample2d", cache, UpsampleCache)
    batch, height, width, channels = cache.shape
    shape = batch, height * cache.size[0], width * cache.size[1], channels
    return _gradient("upsample2d_backward", dy, shape, cache.dtype), cache


def batch_normalization_forward(
    x: Any,
    gamma: Any,
    beta: Any,
    moving_mean: Any,
    moving_variance: Any,
    epsilon: float = 1e-3,
    training: bool = False,
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.batch_normalization_forward`."""
    owner = "batch_normalization_forward"
    x = _plain(owner, "x", x)
    if x.ndim < 2 or 0 in x.shape[1:] or (training and len(x) == 0):
        raise ShapeError(
            f"{owner} takes x of shape (batch, ..., channels), in training with at least one example, "
            f"got {x.shape}."
        )
    named = {
        "gamma": gamma, "beta": beta, "moving_mean": moving_mean, "moving_variance": moving_variance,
    }  # fmt: skip
    for name, value in named.items():
        if value is None and name in ("gamma", "beta"):
            continue
        named[name] = value = _plain(owner, name, value, x.dtype)
        if value.shape != x.shape[-1:]:
            raise ShapeError(
                f"{owner} takes {name} of shape {x.shape[-1:]} for x of shape {x.shape}, got "
                f"{value.shape}."
            )
    return x, *named.values(), float(epsilon), bool(training)


def batch_normalization_backward(dy: Any, cache: BatchNormalizationCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.batch_normalization_backward`."""
    _check_cache("batch_normalization", cache, BatchNormalizationCache)
    x = cache.x
    return _gradient("batch_normalization_backward", dy, x.shape, x.dtype), cache


def layer_normalization_forward(
    x: Any, gamma: Any = None, beta: Any = None, axes: Any = (-1,), epsilon: float = 1e-3
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.layer_normalization_forward`."""
    owner = "layer_normalization_forward"
    x, axes = _plain(owner, "x", x), tuple(axes)
    if not axes or any(not -x.ndim < axis < x.ndim or axis == 0 for axis in axes):
        raise ShapeError(
            f"{owner} takes axes of one example of x, of shape {x.shape}, got axes={axes}."
        )
    sizes = tuple(x.shape[axis] for axis in axes)
    if 0 in sizes:
        raise ShapeError(f"{owner} takes axes {axes} with at least one element, got {x.shape}.")
    arrays = []
    for name, value in (("gamma", gamma), ("beta", beta)):
        value = None if value is None else _plain(owner, name, value, x.dtype)
        if value is not None and value.shape != sizes:
            raise ShapeError(
                f"{owner} takes {name} of shape {sizes} for x of shape {x.shape}, got {value.shape}."
            )
        arrays.append(value)
    return x, *arrays, axes, float(epsilon)


def layer_normalization_backward(dy: Any, cache: LayerNormalizationCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.layer_normalization_backward`."""
    _check_cache("layer_normalization", cache, LayerNormalizationCache)
    normalized = cache.normalized
    owner = "layer_normalization_backward"
    return _gradient(owner, dy, normalized.shape, normalized.dtype), cache


def activation_forward(x: Any, *params: Any, **options: Any) -> tuple[Any, ...]:
    """Check the input of an activation."""
    return _array("an activation", "x", x), *params


def activation_backward(dy: Any, x: Any, y: Any, *params: Any, **options: Any) -> tuple[Any, ...]:
    """Check the gradient, input and output of an activation."""
    x = _array("an activation", "x", x)
    if x.shape != y.shape:
        raise ShapeError(
            f"the backward pass of an activation takes y with the shape of x, {x.shape}, got {y.shape}."
        )
    return _gradient("the backward pass of an activation", dy, x.shape, x.dtype), x, y, *params


def softmax_forward(x: Any, axis: int | tuple[int, ...] = -1) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.softmax_forward`."""
    x = _array("softmax_forward", "x", x)
    for number in axis if isinstance(axis, tuple) else (axis,):
        if not -x.ndim <= number < x.ndim or x.shape[number] == 0:
            raise ShapeError(
                f"softmax_forward takes x with classes on axis {axis}, got shape {x.shape}."
            )
    return x, axis


def softmax_backward(dy: Any, x: Any, y: Any, axis: int | tuple[int, ...] = -1) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.softmax_backward`."""
    return *activation_backward(dy, x, y), axis


def dense_targets_forward(predictions: Any, targets: Any) -> tuple[Any, ...]:
    """Check predictions (logits or probabilities) and targets of the same shape."""
    predictions = _array("a cross-entropy", "predictions", predictions)
    targets = _array("a cross-entropy", "targets", targets, predictions.dtype)
    if predictions.shape != targets.shape:
        raise ShapeError(
            f"a cross-entropy takes targets with the shape of the predictions, {predictions.shape}, "
            f"got {targets.shape}."
        )
    return predictions, targets


def categorical_forward(predictions: Any, targets: Any) -> tuple[Any, ...]:
    """Check predictions and targets whose last axis are the classes."""
    predictions, targets = dense_targets_forward(predictions, targets)
    _check_classes(predictions)
    return predictions, targets


def sparse_forward(predictions: Any, labels: Any) -> tuple[Any, ...]:
    """Check predictions and class ids."""
    predictions, labels = _array("a cross-entropy", "predictions", predictions), np.asarray(labels)
    _check_classes(predictions)
    if labels.shape != predictions.shape[:-1] or labels.dtype.kind not in "iu":
        raise ShapeError(
            f"a sparse cross-entropy takes integer labels of shape {predictions.shape[:-1]} for "
            f"predictions of shape {predictions.shape}, got {labels.dtype} of shape {labels.shape}."
        )
    classes = predictions.shape[-1]
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"a sparse cross-entropy takes labels from 0 to {classes - 1} for {classes} classes, got "
            f"{labels.min()} to {labels.max()}."
        )
    return predictions, labels


def losses_backward(dlosses: Any, cache: tuple[ndarray, ...]) -> tuple[Any, ...]:
    """Check the gradient of losses that have one value for each example."""
    first = cache[0]
    return _gradient("a cross-entropy", dlosses, first.shape[:-1], first.dtype), cache


def elementwise_losses_backward(dlosses: Any, cache: tuple[ndarray, ...]) -> tuple[Any, ...]:
    """Check the gradient of losses that have one value for each prediction."""
    first = cache[0]
    return _gradient("a cross-entropy", dlosses, first.shape, first.dtype), cache


softmax_cross_entropy_forward = categorical_forward
softmax_cross_entropy_backward = losses_backward
categorical_cross_entropy_forward = categorical_forward
categorical_cross_entropy_backward = losses_backward
sparse_softmax_cross_entropy_forward = sparse_forward
sparse_softmax_cross_entropy_backward = losses_backward
sparse_categorical_cross_entropy_forward = sparse_forward
sparse_categorical_cross_entropy_backward = losses_backward
sigmoid_cross_entropy_forward = dense_targets_forward
sigmoid_cross_entropy_backward = elementwise_losses_backward
binary_cross_entropy_forward = dense_targets_forward
binary_cross_entropy_backward = elementwise_losses_backward


def dropout_forward(
    x: Any, rate: float, seed: int, step: int, noise_shape: Any = None
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.dropout_forward`."""
    x = _array("dropout_forward", "x", x)
    rate = checks.fraction("dropout_forward", "rate", rate, below_one=True)
    if noise_shape is not None:
        noise_shape = tuple(noise_shape)
        fits = len(noise_shape) == x.ndim and all(
            size in (1, full) for size, full in zip(noise_shape, x.shape, strict=True)
        )
        if not fits:
            raise ShapeError(
                f"dropout_forward takes a noise_shape with the sizes of x, {x.shape}, or 1, got "
                f"{noise_shape}."
            )
    return x, rate, seed, step, noise_shape


def dropout_backward(dy: Any, mask: ndarray) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.dropout_backward`."""
    dy = _array("dropout_backward", "dy", dy, mask.dtype)
    if dy.ndim != mask.ndim or np.broadcast_shapes(dy.shape, mask.shape) != dy.shape:
        raise ShapeError(
            f"dropout_backward takes dy with the shape of y, that fits a mask of shape {mask.shape}, "
            f"got {dy.shape}."
        )
    return dy, mask


def update(*arguments: Any, **options: Any) -> tuple[Any, ...]:
    """Check that all lists of arrays have the same length, and their entries the same shapes."""
    shapes = None
    for group in (*arguments, *options.values()) if options else arguments:
        if type(group) is list or isinstance(group, tuple):
            found = [*map(_shape, group)]
            if shapes is None:
                shapes = found
            elif found != shapes:
                raise ShapeError(
                    "an update takes gradients and slots with the shapes of the weights, "
                    f"{shapes}, got {found}."
                )
        elif isinstance(group, ndarray):
            raise TypeError("an update takes lists of arrays, one for each weight. Type [weight].")
    return arguments


def _plain(owner: str, name: str, value: Any, dtype: np.dtype | None = None) -> ndarray:
    """Return an array of floats with C-contiguous, aligned, writeable memory: a copy if necessary.

    Both versions of an operation so hold the same array in their caches, and see the same changes.
    """
    array = _array(owner, name, value, dtype)
    return array if array.flags.carray else np.require(array, None, ("C", "A", "W"))


def _array(owner: str, name: str, value: Any, dtype: np.dtype | None = None) -> ndarray:
    """Return the value as an array of native floats, of this dtype if there is one."""
    if type(value) is not ndarray:
        if isinstance(value, np.ma.MaskedArray):
            raise TypeError(f"{owner} got {name} as a masked array. Type {name}.filled(0).")
        value = np.asarray(value)
    found = value.dtype
    if found == dtype or (dtype is None and found.kind == "f" and found.isnative):
        return value
    if found.kind not in "fiub":
        raise TypeError(
            f"{owner} takes {name} as an array of real numbers, got dtype {found} of shape "
            f"{value.shape}."
        )
    return value.astype(dtype or (found.newbyteorder("=") if found.kind == "f" else F32))


def _gradient(owner: str, dy: Any, shape: Shape, dtype: np.dtype) -> ndarray:
    """Return dy in the dtype and layout of y, whose shape it must have."""
    dy = _plain(owner, "dy", dy, dtype)
    if dy.shape != shape:
        raise ShapeError(
            f"{owner} takes dy with the shape of y, {shape}, got {dy.shape}. If it comes from the "
            "backward of a custom layer: that must return dx with the shape of its x."
        )
    return dy


def _check_cache(name: str, cache: Any, expected: type) -> None:
    if not isinstance(cache, expected):
        raise TypeError(
            f"{name}_backward takes the cache that {name}_forward returned, got "
            f"{type(cache).__name__}. Type: y, cache = {name}_forward(...)"
        )


def _check_images(owner: str, shape: Shape) -> None:
    if len(shape) == 3:
        raise ShapeError(
            f"{owner} takes {IMAGES}, got {shape}. x[np.newaxis] makes a batch of one image, "
            "x[..., np.newaxis] gives images one channel."
        )
    if len(shape) != 4 or 0 in shape[1:]:
        raise ShapeError(f"{owner} takes {IMAGES}, got {shape}.")


def _check_fit(
    owner: str, part: str, x: Shape, window: Pair, padding: str, dilation: Pair = (1, 1)
) -> None:
    """Check that a window fits on the images at least once."""
    spans = tuple(map(effective_size, window, dilation))
    if padding == "valid" and (spans[0] > x[1] or spans[1] > x[2]):
        raise ShapeError(
            f"the {part} of {owner} spans {spans[0]}×{spans[1]} pixels and does not fit on images of "
            f'{x[1]}×{x[2]}. Type padding="same", or use larger images.'
        )


def _check_classes(predictions: ndarray) -> None:
    if predictions.ndim == 0 or predictions.shape[-1] == 0:
        raise ShapeError(
            f"a cross-entropy takes predictions of shape (..., classes), got {predictions.shape}."
        )


def _pair(owner: str, name: str, value: Any) -> Pair:
    """Return two Python integers >= 1."""
    if type(value) is tuple and len(value) == 2:  # the usual case, in less than a microsecond
        first, second = value
        if type(first) is type(second) is int and first > 0 and second > 0:
            return value
    return checks.pair(owner, name, value)
