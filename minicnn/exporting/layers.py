"""Every kind of layer as ONNX operators."""

from collections.abc import Callable
from typing import Any

import numpy as np

from minicnn.activations import Activation
from minicnn.errors import unknown_name
from minicnn.exporting.activations import ACTIVATIONS, add_activation
from minicnn.exporting.graph import Graph
from minicnn.layers import (
    Activation as ActivationLayer,
)
from minicnn.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    LeakyReLU,
    MaxPooling2D,
    ReLU,
    Rescaling,
    Reshape,
    Softmax,
    ZeroPadding2D,
)
from minicnn.ops.windows import padding_amounts


def add_layer(graph: Graph, layer: Layer) -> None:
    """Add the nodes that compute what a layer computes when it predicts."""
    graph.layer = layer.name
    add = LAYERS.get(type(layer))
    if add is None:
        raise ValueError(
            f"ONNX has no operator for {layer.describe()}, a layer of your own. Export knows: "
            f"{', '.join(sorted(kind.__name__ for kind in LAYERS))}."
        )
    add(graph, layer)
    graph.rank = len(layer.output_shape)


def _activation(graph: Graph, layer: Any) -> None:
    """Add the layer's activation."""
    activation: Activation = layer.activation
    try:
        add_activation(graph, activation)
    except KeyError:
        error = unknown_name("activation", activation.name, ACTIVATIONS)
        raise ValueError(
            f"ONNX has no operator for the activation of {layer.describe()}, a function of your own: "
            f"{error}"
        ) from None


def _convolution(graph: Graph, layer: Conv2D) -> None:
    graph.to_channels_first()
    kernel = graph.constant("kernel", layer.kernel.transpose(3, 2, 0, 1))
    inputs = [graph.value, kernel]
    if layer.use_bias:
        inputs.append(graph.constant("bias", layer.bias))
    graph.add(
        "Conv",
        *inputs,
        kernel_shape=layer.kernel_size,
        dilations=layer.dilation_rate,
        group=layer.groups,
        **_window(layer, layer.kernel_size, layer.dilation_rate),
    )
    _activation(graph, layer)


def _dense(graph: Graph, layer: Dense) -> None:
    graph.to_channels_last()
    inputs = [graph.value, graph.constant("kernel", layer.kernel)]
    bias = [graph.constant("bias", layer.bias)] if layer.use_bias else []
    if graph.rank == 2:
        graph.add("Gemm", *inputs, *bias)
    else:
        product = graph.add("MatMul", *inputs)
        if bias:
            graph.add("Add", product, *bias)
    _activation(graph, layer)


def _max_pooling(graph: Graph, layer: MaxPooling2D) -> None:
    graph.to_channels_first()
    graph.add("MaxPool", kernel_shape=layer.pool_size, **_window(layer, layer.pool_size))


def _average_pooling(graph: Graph, layer: AveragePooling2D) -> None:
    """Padding is not counted: each window's sum is divided by its cells inside the image."""
    graph.to_channels_first()
    graph.add(
        "AveragePool",
        kernel_shape=layer.pool_size,
        count_include_pad=0,
        **_window(layer, layer.pool_size),
    )


def _global_pooling(kind: str) -> Callable[[Graph, Any], None]:
    """Return the function that adds a mean or maximum over each feature map."""

    def add(graph: Graph, layer: GlobalAveragePooling2D | GlobalMaxPooling2D) -> None:
        axes = graph.constant("axes", sorted(graph.axis(axis) for axis in (1, 2)), np.int64)
        graph.add(kind, graph.value, axes, keepdims=int(layer.keepdims))
        graph.channels_first = graph.channels_first and layer.keepdims

    return add


def _window(
    layer: Conv2D | MaxPooling2D | AveragePooling2D,
    window: tuple[int, int],
    dilation_rate: tuple[int, int] = (1, 1),
) -> dict[str, Any]:
    """Return strides and padding as ONNX' attributes."""
    attributes: dict[str, Any] = {"strides": layer.strides}
    if layer.padding == "valid":
        return attributes
    sizes = layer.input_shape[1:3]
    if None in sizes and max(layer.strides) > 1:  # how much to pad is seen when it runs
        return attributes | {"auto_pad": "SAME_UPPER"}
    # With stride 1 the padding does not depend on the image's size: any will do where it is open.
    (top, bottom), (left, right) = (
        padding_amounts(size or cells, cells, stride, "same", dilation)
        for size, cells, stride, dilation in zip(
            sizes, window, layer.strides, dilation_rate, strict=True
        )
    )
    return attributes | {"pads": (top, left, bottom, right)}


def _batch_normalization(graph: Graph, layer: BatchNormalization) -> None:
    """Add the operator where its axis is ONNX' own, else a multiplication and an addition."""
    mean, variance = layer.moving_mean, layer.moving_variance
    gamma = layer.gamma if layer.scale else np.ones_like(mean)
    beta = layer.beta if layer.center else np.zeros_like(mean)
    if graph.axis(layer.axis) == 1:
        named = {"gamma": gamma, "beta": beta, "moving_mean": mean, "moving_variance": variance}
        weights = [graph.constant(name, values) for name, values in named.items()]
        graph.add("BatchNormalization", graph.value, *weights, epsilon=layer.epsilon)
        return
    scale = gamma / np.sqrt(variance + layer.epsilon)
    _multiply_and_add(
        graph,
        graph.per_channel(scale, layer.axis),
        graph.per_channel(beta - mean * scale, layer.axis),
    )


def _rescaling(graph: Graph, layer: Rescaling) -> None:
    scale, offset = np.asarray(layer.scale), np.asarray(layer.offset)
    _multiply_and_add(
        graph,
        graph.per_channel(scale) if scale.ndim else scale,
        graph.per_channel(offset) if offset.ndim else offset,
    )


def _multiply_and_add(graph: Graph, scale: np.ndarray, offset: np.ndarray) -> None:
    if np.any(scale != 1):
        graph.add("Mul", graph.value, graph.constant("scale", scale))
    if np.any(offset != 0):
        graph.add("Add", graph.value, graph.constant("offset", offset))


def _zero_padding(graph: Graph, layer: ZeroPadding2D) -> None:
    margins = np.zeros((2, 4), np.int64)  # (before and after, axes)
    for axis, margin in enumerate(layer.padding, start=1):
        margins[:, graph.axis(axis)] = margin
    graph.add("Pad", graph.value, graph.constant("margins", margins.ravel(), np.int64))


def _flatten(graph: Graph, layer: Flatten) -> None:
    graph.to_channels_last()
    graph.add("Flatten", axis=1)


def _reshape(graph: Graph, layer: Reshape) -> None:
    graph.to_channels_last()
    sizes = [-1 if size is None else size for size in layer.output_shape[1:]]
    if sizes.count(-1) > 1:
        sizes = list(layer.target_shape)
    # 0 keeps the batch's size; where all others are known, −1 leaves it open even for an empty one.
    batch = 0 if -1 in sizes else -1
    graph.add("Reshape", graph.value, graph.constant("shape", [batch, *sizes], np.int64))


def _nothing(graph: Graph, layer: Dropout) -> None:
    """What only training does is left out."""


LAYERS: dict[type[Layer], Callable[[Graph, Any], None]] = {
    ActivationLayer: _activation,
    AveragePooling2D: _average_pooling,
    BatchNormalization: _batch_normalization,
    Conv2D: _convolution,
    Dense: _dense,
    Dropout: _nothing,
    Flatten: _flatten,
    GlobalAveragePooling2D: _global_pooling("ReduceMean"),
    GlobalMaxPooling2D: _global_pooling("ReduceMax"),
    LeakyReLU: _activation,
    MaxPooling2D: _max_pooling,
    ReLU: _activation,
    Rescaling: _rescaling,
    Reshape: _reshape,
    Softmax: _activation,
    ZeroPadding2D: _zero_padding,
}
