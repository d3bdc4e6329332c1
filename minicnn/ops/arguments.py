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
from minicnn.ops import activations, image_arguments, more_activations
from minicnn.ops.argument_checks import (
    Shape,
    as_contiguous,
    as_floats,
    as_gradient,
    check_cache,
)
from minicnn.ops.dense import DenseCache
from minicnn.ops.image_arguments import ACTIVATIONS
from minicnn.ops.normalization import BatchNormalizationCache, LayerNormalizationCache

_shape = attrgetter("shape")


def find(name: str) -> tuple[Callable[..., tuple[Any, ...]], bool]:
    """Return an operation's check, and whether its options are passed on beside what it returns."""
    if check := globals().get(name) or getattr(image_arguments, name, None):
        return check, False
    if name in activations.__all__ or name in more_activations.__all__:
        return (activation_forward if name.endswith("_forward") else activation_backward), True
    return update, True


def dense_forward(
    x: Any, kernel: Any, bias: Any = None, activation: str = "linear"
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.dense_forward`."""
    x = as_contiguous("dense_forward", "x", x)
    kernel = as_contiguous("dense_forward", "kernel", kernel, x.dtype)
    bias = None if bias is None else as_contiguous("dense_forward", "bias", bias, x.dtype)
    _check_dense(x.shape, kernel.shape, None if bias is None else bias.shape)
    if activation not in image_arguments.ACTIVATIONS:
        checks.choice("dense_forward", "activation", activation, image_arguments.ACTIVATIONS)
    return x, kernel, bias, activation


@lru_cache(1024)
def _check_dense(x: Shape, kernel: Shape, bias: Shape | None) -> None:
    if bias not in (None, kernel[1:]):
        raise ShapeError(
            f"dense_forward takes a bias of shape {kernel[1:]} for a kernel of shape {kernel}, got "
            f"{bias}."
        )
    if len(x) < 2:
        raise ShapeError(
            f"dense_forward takes x of shape (batch, ..., features), got {x}. "
            "x[np.newaxis] makes a batch of one example."
        )
    if len(kernel) != 2 or x[-1] != kernel[0] or 0 in kernel:
        raise ShapeError(
            f"dense_forward takes a kernel of shape (features, units) = ({x[-1]}, ...) for x of "
            f"shape {x}, got {kernel}."
        )


def dense_backward(dy: Any, cache: DenseCache, input_gradient: bool = True) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.dense_backward`."""
    check_cache("dense", cache, DenseCache)
    x, kernel, _ = cache
    shape = (*x.shape[:-1], kernel.shape[1])
    return as_gradient("dense_backward", dy, shape, x.dtype), cache, bool(input_gradient)


def batch_normalization_forward(
    x: Any,
    gamma: Any,
    beta: Any,
    moving_mean: Any,
    moving_variance: Any,
    epsilon: float = 1e-3,
    training: bool = False,
    activation: str = "linear",
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.batch_normalization_forward`."""
    owner = "batch_normalization_forward"
    x = as_contiguous(owner, "x", x)
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
        named[name] = value = as_contiguous(owner, name, value, x.dtype)
        if value.shape != x.shape[-1:]:
            raise ShapeError(
                f"{owner} takes {name} of shape {x.shape[-1:]} for x of shape {x.shape}, got "
                f"{value.shape}."
            )
    activation = checks.choice(owner, "activation", activation, ACTIVATIONS)
    return x, *named.values(), float(epsilon), bool(training), activation


def batch_normalization_backward(dy: Any, cache: BatchNormalizationCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.batch_normalization_backward`."""
    check_cache("batch_normalization", cache, BatchNormalizationCache)
    x = cache.x
    return as_gradient("batch_normalization_backward", dy, x.shape, x.dtype), cache


def add_forward(x: Any, other: Any, activation: str = "linear") -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.add_forward`."""
    x = as_contiguous("add_forward", "x", x)
    other = as_contiguous("add_forward", "other", other, x.dtype)
    if x.shape != other.shape:
        try:
            np.broadcast_shapes(x.shape, other.shape)
        except ValueError:
            raise ShapeError(
                f"add_forward takes arrays of one shape, or that broadcast, got {x.shape} and "
                f"{other.shape}."
            ) from None
    return x, other, checks.choice("add_forward", "activation", activation, ACTIVATIONS)


def add_backward(dy: Any, y: Any, activation: str = "linear") -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.add_backward`."""
    y = as_contiguous("add_backward", "y", y)
    return as_gradient("add_backward", dy, y.shape, y.dtype), y, activation


def layer_normalization_forward(
    x: Any, gamma: Any = None, beta: Any = None, axes: Any = (-1,), epsilon: float = 1e-3
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.layer_normalization_forward`."""
    owner = "layer_normalization_forward"
    x, axes = as_contiguous(owner, "x", x), tuple(axes)
    if not axes or any(not -x.ndim < axis < x.ndim or axis == 0 for axis in axes):
        raise ShapeError(
            f"{owner} takes axes of one example of x, of shape {x.shape}, got axes={axes}."
        )
    sizes = tuple(x.shape[axis] for axis in axes)
    if 0 in sizes:
        raise ShapeError(f"{owner} takes axes {axes} with at least one element, got {x.shape}.")
    arrays = []
    for name, value in (("gamma", gamma), ("beta", beta)):
        value = None if value is None else as_contiguous(owner, name, value, x.dtype)
        if value is not None and value.shape != sizes:
            raise ShapeError(
                f"{owner} takes {name} of shape {sizes} for x of shape {x.shape}, got {value.shape}."
            )
        arrays.append(value)
    return x, *arrays, axes, float(epsilon)


def layer_normalization_backward(dy: Any, cache: LayerNormalizationCache) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.layer_normalization_backward`."""
    check_cache("layer_normalization", cache, LayerNormalizationCache)
    normalized = cache.normalized
    owner = "layer_normalization_backward"
    return as_gradient(owner, dy, normalized.shape, normalized.dtype), cache


def activation_forward(x: Any, *params: Any, **options: Any) -> tuple[Any, ...]:
    """Check the input of an activation."""
    return as_contiguous("an activation", "x", x), *params


def activation_backward(dy: Any, x: Any, y: Any, *params: Any, **options: Any) -> tuple[Any, ...]:
    """Check the gradient, input and output of an activation."""
    x, y = as_contiguous("an activation", "x", x), as_contiguous("an activation", "y", y)
    if x.shape != y.shape:
        raise ShapeError(
            f"the backward pass of an activation takes y with the shape of x, {x.shape}, got {y.shape}."
        )
    return as_gradient("the backward pass of an activation", dy, x.shape, x.dtype), x, y, *params


def softmax_forward(x: Any, axis: int | tuple[int, ...] = -1) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.softmax_forward`."""
    x = as_contiguous("softmax_forward", "x", x)
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
    predictions = as_contiguous("a cross-entropy", "predictions", predictions)
    targets = as_contiguous("a cross-entropy", "targets", targets, predictions.dtype)
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
    predictions, labels = (
        as_floats("a cross-entropy", "predictions", predictions),
        np.asarray(labels),
    )
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
    return as_gradient("a cross-entropy", dlosses, first.shape[:-1], first.dtype), cache


def elementwise_losses_backward(dlosses: Any, cache: tuple[ndarray, ...]) -> tuple[Any, ...]:
    """Check the gradient of losses that have one value for each prediction."""
    first = cache[0]
    return as_gradient("a cross-entropy", dlosses, first.shape, first.dtype), cache


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
    x: Any, rate: float, seed: int, step: int, noise_shape: Any = None, start: int = 0
) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.dropout_forward`."""
    x = as_contiguous("dropout_forward", "x", x)
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
    return x, rate, seed, step, noise_shape, checks.integer("dropout_forward", "start", start, 0)


def dropout_backward(dy: Any, mask: ndarray) -> tuple[Any, ...]:
    """Check the arguments of `minicnn.ops.dropout_backward`."""
    dy = as_floats("dropout_backward", "dy", dy, mask.dtype)
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
        if type(group) in (float, int):  # most arguments
            continue
        if isinstance(group, (list, tuple)):
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


def _check_classes(predictions: ndarray) -> None:
    if predictions.ndim == 0 or predictions.shape[-1] == 0:
        raise ShapeError(
            f"a cross-entropy takes predictions of shape (..., classes), got {predictions.shape}."
        )
