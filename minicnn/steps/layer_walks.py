"""Which walk shows which kind of layer."""

from collections.abc import Callable
from typing import Any

from numpy import ndarray

from minicnn import activations, layers
from minicnn.layers import Layer
from minicnn.steps.activation import ActivationWalk
from minicnn.steps.batch_normalization import batch_normalization
from minicnn.steps.conv2d import conv2d
from minicnn.steps.dense import dense
from minicnn.steps.global_pooling import global_average_pooling2d, global_max_pooling2d
from minicnn.steps.moves import dropout, flatten, rescaling, reshape, unchanged, zero_padding2d
from minicnn.steps.own_layer import OwnLayerWalk
from minicnn.steps.pooling import average_pooling2d, max_pooling2d
from minicnn.steps.softmax import SoftmaxWalk
from minicnn.steps.walk import Walk

Maker = Callable[[Any, ndarray, bool], Walk]


def operation_of(layer: Layer, x: ndarray, training: bool) -> Walk | None:
    """Return the walk of what a layer computes before its activation."""
    if _is_only_activation(layer, x):
        return None
    maker = _WALKS.get(type(layer))
    if maker is None or _axis_of_examples(layer, x):
        return OwnLayerWalk(layer, x, training)
    return maker(layer, x, training)


def activation_of(layer: Layer, z: ndarray) -> Walk | None:
    """Return the walk of a layer's activation."""
    only = _is_only_activation(layer, z)
    if not only and type(layer) not in (layers.Conv2D, layers.Dense):
        return None
    function = layer.activation  # type: ignore[attr-defined]
    if not only and function is activations.linear:
        return None
    if function.name == "softmax" and type(function) is activations.Activation:
        axis = function.parameters.get("axis", -1)
        return SoftmaxWalk(z, _without_batch(axis, z.ndim))
    return ActivationWalk(z, function)


def _is_only_activation(layer: Layer, x: ndarray) -> bool:
    kinds = (layers.Activation, layers.ReLU, layers.LeakyReLU, layers.Softmax)
    return type(layer) in kinds and not _axis_of_examples(layer, x)


def _conv2d(layer: Any, x: ndarray, training: bool) -> Walk:
    return conv2d(
        x, layer.kernel, layer.bias, layer.strides, layer.padding, layer.dilation_rate,
        layer.groups,
    )  # fmt: skip


def _dense(layer: Any, x: ndarray, training: bool) -> Walk:
    return dense(x, layer.kernel, layer.bias)


def _max_pooling2d(layer: Any, x: ndarray, training: bool) -> Walk:
    return max_pooling2d(x, layer.pool_size, layer.strides, layer.padding)


def _average_pooling2d(layer: Any, x: ndarray, training: bool) -> Walk:
    return average_pooling2d(x, layer.pool_size, layer.strides, layer.padding)


def _batch_normalization(layer: Any, x: ndarray, training: bool) -> Walk:
    own = training and layer.trainable
    return batch_normalization(
        x, layer.gamma if layer.scale else None, layer.beta if layer.center else None,
        None if own else layer.moving_mean, None if own else layer.moving_variance,
        layer.epsilon, _without_batch(layer.axis, x.ndim),
    )  # fmt: skip


def _dropout(layer: Any, x: ndarray, training: bool) -> Walk:
    if not training or not layer.rate:
        return unchanged(x, "dropout, which only trains" if layer.rate else "dropout of nothing")
    seed, step = (int(number) for number in layer.seed_state)
    noise_shape = layer.noise_shape and tuple(
        size if noise is None else noise
        for noise, size in zip(layer.noise_shape[1:], x.shape, strict=True)
    )
    return dropout(x, layer.rate, seed, step, noise_shape)


_WALKS: dict[type[Layer], Maker] = {
    layers.Conv2D: _conv2d,
    layers.Dense: _dense,
    layers.MaxPooling2D: _max_pooling2d,
    layers.AveragePooling2D: _average_pooling2d,
    layers.GlobalMaxPooling2D: lambda layer, x, _: global_max_pooling2d(x, layer.keepdims),
    layers.GlobalAveragePooling2D: lambda layer, x, _: global_average_pooling2d(x, layer.keepdims),
    layers.BatchNormalization: _batch_normalization,
    layers.Dropout: _dropout,
    layers.Flatten: lambda layer, x, _: flatten(x),
    layers.Reshape: lambda layer, x, _: reshape(x, layer.target_shape),
    layers.Rescaling: lambda layer, x, _: rescaling(x, layer.scale, layer.offset),
    layers.ZeroPadding2D: lambda layer, x, _: zero_padding2d(x, layer.padding),
}


def _axis_of_examples(layer: Layer, x: ndarray) -> bool:
    """Whether a layer works along the batch's axis, which one example does not have."""
    axis = getattr(layer, "axis", ())
    return any(one % (x.ndim + 1) == 0 for one in (axis if isinstance(axis, tuple) else (axis,)))


def _without_batch(axis: Any, axes: int) -> Any:
    """Return an axis, counted with the batch's, as that of one example, from its end."""
    if isinstance(axis, tuple):
        return tuple(_without_batch(one, axes) for one in axis)
    return axis % (axes + 1) - 1 - axes
