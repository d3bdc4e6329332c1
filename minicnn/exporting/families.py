"""ONNX operators for each family of layers; a layer with a method `onnx` has its own."""

from typing import Any

import numpy as np

from minicnn.exporting.activations import add_activation
from minicnn.exporting.builder import OnnxBuilder, Value
from minicnn.layers import Layer


def add_layer(builder: OnnxBuilder, layer: Any, x: Any) -> Value:
    """Add the nodes that compute what a layer computes in a prediction, from a value or several."""
    builder.prefix = layer.name
    shape = layer.output_shape
    if "onnx" in vars(type(layer)) or (hasattr(layer, "onnx") and layer.family != "custom"):
        return layer.onnx(builder, x)._replace(shape=shape)
    if layer.family == "chain":
        for part in layer.chain():
            x = add_layer(builder, part, x)
        return x
    if layer.family == "custom":
        raise ValueError(
            f"export does not know {layer.describe()}, a custom layer. Give its class a method "
            "onnx(self, builder, x), or a family: see docs/add_a_layer.md."
        )
    return FAMILIES[layer.family](builder, layer, x)._replace(shape=shape)


def _convolution(builder: OnnxBuilder, layer: Any, x: Value) -> Value:
    filters = layer.convolution()
    kernel = builder.constant("kernel", filters.kernel.transpose(3, 2, 0, 1))
    bias = [] if filters.bias is None else [builder.constant("bias", filters.bias)]
    z = builder.sliding(
        "Conv", x, layer.output_shape, kernel, *bias, window=filters.kernel.shape[:2],
        strides=filters.strides, padding=filters.padding, dilations=filters.dilation_rate,
        group=filters.groups,
    )  # fmt: skip
    return add_activation(builder, layer, z)


def _dense(builder: OnnxBuilder, layer: Any, x: Value) -> Value:
    x = builder.channels_last(x)
    kernel = builder.constant("kernel", layer.kernel)
    bias = [builder.constant("bias", layer.bias)] if layer.use_bias else []
    if x.rank == 2:
        z = builder.add("Gemm", x, kernel, *bias)
    else:
        z = builder.add("MatMul", x, kernel)
        z = builder.add("Add", z, *bias) if bias else z
    return add_activation(builder, layer, z)


def _elementwise(builder: OnnxBuilder, layer: Layer, x: Value) -> Value:
    scale, offset, _ = layer.elementwise(layer.input_shape)
    return builder.scale_and_shift(x, scale, offset)


def _normalization(builder: OnnxBuilder, layer: Layer, x: Value) -> Value:
    """Use the operator if the axis is ONNX's channel axis; otherwise multiply and add."""
    described: Any = layer.normalization()
    axes, mean, variance, gamma, beta, epsilon = described
    if mean is None:
        return _normalization_of_examples(builder, layer, x)
    (axis,) = axes
    gamma = np.ones_like(mean) if gamma is None else gamma
    beta = np.zeros_like(mean) if beta is None else beta
    if x.axis(axis) == 1:
        named = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
        weights = [builder.constant(name, values) for name, values in named.items()]
        return builder.add("BatchNormalization", x, *weights, epsilon=epsilon)
    shape = [1] * x.rank
    shape[axis] = -1
    scale = gamma / np.sqrt(variance + epsilon)
    return builder.scale_and_shift(x, scale.reshape(shape), (beta - mean * scale).reshape(shape))


def _normalization_of_examples(builder: OnnxBuilder, layer: Layer, x: Value) -> Value:
    """Compute mean and variance of each example, then scale and offset."""
    described: Any = layer.normalization()
    x = builder.channels_last(x)
    numbers = [axis % x.rank for axis in described.axes]
    difference = builder.add("Sub", x, builder.add("ReduceMean", x, numbers))
    variance = builder.add("ReduceMean", builder.add("Mul", difference, difference), numbers)
    deviation = builder.add("Sqrt", builder.add("Add", variance, float(described.epsilon)))
    y = builder.add("Div", difference, deviation)
    shape = [x.shape[axis] if axis in numbers else 1 for axis in range(1, x.rank)]
    gamma = np.ones(1) if described.gamma is None else described.gamma.reshape(shape)
    beta = np.zeros(1) if described.beta is None else described.beta.reshape(shape)
    return builder.scale_and_shift(y, gamma, beta)


def _learnt_slopes(builder: OnnxBuilder, layer: Layer, x: Value) -> Value:
    weight, indices = layer.learnt_slopes(layer.input_shape)
    slopes = getattr(layer, weight).reshape(-1)[indices]
    return builder.add("PRelu", builder.channels_last(x), builder.constant(weight, slopes))


def _index_map(builder: OnnxBuilder, layer: Layer, x: Value) -> Value:
    """Gather the terms of each output, and sum them or take their maximum."""
    described = layer.index_map(layer.input_shape)
    (positions, terms), inner = described.sources.shape, described.inner
    y = builder.reshape(x, (None, -1, inner))
    if (described.sources < 0).any():  # -1 gathers the last row: one of padding is appended
        filler = [-np.inf] if layer.family == "maximum" else []
        y = builder.add("Pad", y, [0, 0, 0, 0, 1, 0], *filler)
    y = builder.add("Gather", y, described.sources, axis=1)
    if described.factors is not None:
        factors = described.factors.reshape(1, positions, terms, 1)
        y = builder.add("Mul", y, builder.constant("factors", factors))
    operator = "ReduceMax" if layer.family == "maximum" else "ReduceSum"
    y = builder.add(operator, y, [2], keepdims=0)
    if described.offset is not None:
        y = builder.add("Add", y, builder.constant("offset", described.offset.reshape(1, -1, 1)))
    return builder.reshape(y, layer.output_shape)


FAMILIES = {
    "activation": add_activation,
    "convolution": _convolution,
    "dense": _dense,
    "elementwise": _elementwise,
    "index_map": _index_map,
    "learnt_slopes": _learnt_slopes,
    "maximum": _index_map,
    "normalization": _normalization,
}
