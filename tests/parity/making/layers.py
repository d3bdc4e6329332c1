"""Every layer: output, declared shape, number of parameters, gradients."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .recording import Case, distinct, random

ACTIVATIONS = [
    "linear",
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "sigmoid",
    "tanh",
    "softplus",
    "softmax",
]

# name, class, arguments, shape of the input
TABLE: list[tuple[str, str, dict[str, Any], tuple[int, ...]]] = [
    ("conv2d", "Conv2D", {"filters": 4, "kernel_size": 3}, (2, 7, 6, 3)),
    ("conv2d same", "Conv2D", {"filters": 4, "kernel_size": 3, "padding": "same"}, (2, 7, 6, 3)),
    ("conv2d one image", "Conv2D", {"filters": 2, "kernel_size": 3}, (1, 5, 5, 1)),
    ("conv2d 1x1", "Conv2D", {"filters": 5, "kernel_size": 1}, (2, 4, 5, 3)),
    ("conv2d 1x1 stride 2", "Conv2D", {"filters": 3, "kernel_size": 1, "strides": 2}, (2, 5, 6, 2)),
    ("conv2d no bias", "Conv2D", {"filters": 3, "kernel_size": 3, "use_bias": False}, (2, 6, 6, 2)),
    ("conv2d kernel 2x3", "Conv2D", {"filters": 3, "kernel_size": [2, 3]}, (2, 6, 7, 2)),
    (
        "conv2d even kernel same",
        "Conv2D",
        {"filters": 3, "kernel_size": [4, 2], "padding": "same"},
        (2, 6, 7, 2),
    ),
    ("conv2d kernel as image", "Conv2D", {"filters": 3, "kernel_size": [5, 4]}, (2, 5, 4, 2)),
    (
        "conv2d kernel larger than the image, same",
        "Conv2D",
        {"filters": 2, "kernel_size": 5, "padding": "same"},
        (2, 3, 4, 2),
    ),
    ("conv2d stride 2", "Conv2D", {"filters": 3, "kernel_size": 3, "strides": 2}, (2, 7, 8, 2)),
    (
        "conv2d stride 2 same",
        "Conv2D",
        {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"},
        (2, 7, 8, 2),
    ),
    (
        "conv2d strides 2x3 same",
        "Conv2D",
        {"filters": 3, "kernel_size": 3, "strides": [2, 3], "padding": "same"},
        (2, 8, 7, 2),
    ),
    (
        "conv2d strides larger than the kernel",
        "Conv2D",
        {"filters": 3, "kernel_size": 2, "strides": 3},
        (2, 9, 8, 2),
    ),
    (
        "conv2d strides larger than the kernel, same",
        "Conv2D",
        {"filters": 3, "kernel_size": 2, "strides": [3, 4], "padding": "same"},
        (2, 8, 9, 2),
    ),
    (
        "conv2d dilation 2",
        "Conv2D",
        {"filters": 3, "kernel_size": 3, "dilation_rate": 2},
        (2, 8, 7, 2),
    ),
    (
        "conv2d dilation 2x3 same",
        "Conv2D",
        {"filters": 3, "kernel_size": 3, "dilation_rate": [2, 3], "padding": "same"},
        (2, 8, 7, 2),
    ),
    (
        "conv2d even kernel dilation same",
        "Conv2D",
        {"filters": 2, "kernel_size": 2, "dilation_rate": 3, "padding": "same"},
        (2, 5, 6, 2),
    ),
    ("conv2d groups 2", "Conv2D", {"filters": 6, "kernel_size": 3, "groups": 2}, (2, 6, 5, 4)),
    (
        "conv2d groups one channel each, same, stride 2",
        "Conv2D",
        {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same", "groups": 3},
        (2, 6, 7, 3),
    ),
    ("max pooling", "MaxPooling2D", {}, (2, 6, 4, 3)),
    ("max pooling odd", "MaxPooling2D", {}, (2, 7, 5, 3)),
    ("max pooling odd same", "MaxPooling2D", {"padding": "same"}, (2, 7, 5, 3)),
    ("max pooling 3 stride 2", "MaxPooling2D", {"pool_size": 3, "strides": 2}, (2, 8, 7, 2)),
    (
        "max pooling 3 stride 2 same",
        "MaxPooling2D",
        {"pool_size": 3, "strides": 2, "padding": "same"},
        (2, 8, 7, 2),
    ),
    (
        "max pooling stride 1 same",
        "MaxPooling2D",
        {"pool_size": 3, "strides": 1, "padding": "same"},
        (2, 5, 4, 2),
    ),
    (
        "max pooling 2x3 strides 3x2",
        "MaxPooling2D",
        {"pool_size": [2, 3], "strides": [3, 2]},
        (2, 8, 9, 2),
    ),
    (
        "max pooling strides larger than the pool, same",
        "MaxPooling2D",
        {"pool_size": 2, "strides": 3, "padding": "same"},
        (2, 8, 7, 2),
    ),
    ("average pooling", "AveragePooling2D", {"pool_size": 2}, (2, 6, 4, 3)),
    ("average pooling odd", "AveragePooling2D", {"pool_size": 2}, (2, 7, 5, 3)),
    (
        "average pooling odd same",
        "AveragePooling2D",
        {"pool_size": 2, "padding": "same"},
        (2, 7, 5, 3),
    ),
    (
        "average pooling 3 stride 2 same",
        "AveragePooling2D",
        {"pool_size": 3, "strides": 2, "padding": "same"},
        (2, 8, 7, 2),
    ),
    (
        "average pooling stride 1 same",
        "AveragePooling2D",
        {"pool_size": 3, "strides": 1, "padding": "same"},
        (2, 5, 4, 2),
    ),
    (
        "average pooling 2x3 strides 3x2",
        "AveragePooling2D",
        {"pool_size": [2, 3], "strides": [3, 2]},
        (2, 8, 9, 2),
    ),
    ("global average pooling", "GlobalAveragePooling2D", {}, (2, 5, 4, 3)),
    ("global average pooling keepdims", "GlobalAveragePooling2D", {"keepdims": True}, (2, 5, 4, 3)),
    ("global max pooling", "GlobalMaxPooling2D", {}, (2, 5, 4, 3)),
    ("global max pooling keepdims", "GlobalMaxPooling2D", {"keepdims": True}, (2, 5, 4, 3)),
    ("zero padding default", "ZeroPadding2D", {}, (2, 3, 4, 2)),
    ("zero padding number", "ZeroPadding2D", {"padding": 2}, (2, 3, 4, 2)),
    ("zero padding pair", "ZeroPadding2D", {"padding": [1, 2]}, (2, 3, 4, 2)),
    ("zero padding pairs", "ZeroPadding2D", {"padding": [[1, 0], [2, 3]]}, (2, 3, 4, 2)),
    ("cropping default", "Cropping2D", {}, (2, 3, 4, 2)),
    ("cropping number", "Cropping2D", {"cropping": 1}, (2, 5, 4, 2)),
    ("cropping pair", "Cropping2D", {"cropping": [1, 0]}, (2, 3, 4, 2)),
    ("cropping pairs", "Cropping2D", {"cropping": [[1, 0], [2, 1]]}, (2, 3, 4, 2)),
    ("upsampling default", "UpSampling2D", {}, (2, 3, 4, 2)),
    ("upsampling pair", "UpSampling2D", {"size": [3, 2]}, (2, 3, 4, 2)),
    (
        "upsampling bilinear",
        "UpSampling2D",
        {"size": [3, 2], "interpolation": "bilinear"},
        (2, 3, 4, 2),
    ),
    ("permute", "Permute", {"dims": [2, 1]}, (2, 3, 4)),
    ("permute images", "Permute", {"dims": [3, 1, 2]}, (2, 3, 4, 2)),
    ("flatten images", "Flatten", {}, (2, 3, 4, 2)),
    ("flatten vectors", "Flatten", {}, (2, 5)),
    ("reshape", "Reshape", {"target_shape": [2, 6]}, (2, 3, 4)),
    ("reshape free axis", "Reshape", {"target_shape": [4, -1]}, (2, 6, 2)),
    ("reshape all free", "Reshape", {"target_shape": [-1]}, (2, 3, 2)),
    ("dense", "Dense", {"units": 4}, (3, 5)),
    ("dense no bias", "Dense", {"units": 4, "use_bias": False}, (3, 5)),
    ("dense one unit", "Dense", {"units": 1}, (3, 5)),
    ("dense on sequences", "Dense", {"units": 4}, (2, 5, 3)),
    ("dense on images", "Dense", {"units": 4, "activation": "relu"}, (2, 3, 4, 3)),
    ("dropout at inference", "Dropout", {"rate": 0.4}, (2, 3, 4)),
    ("dropout rate 0", "Dropout", {"rate": 0.0}, (2, 3, 4)),
    ("relu", "ReLU", {}, (2, 4, 3)),
    ("relu max value", "ReLU", {"max_value": 1.0}, (2, 4, 3)),
    ("relu negative slope", "ReLU", {"negative_slope": 0.1}, (2, 4, 3)),
    ("relu threshold", "ReLU", {"threshold": 0.5}, (2, 4, 3)),
    (
        "relu all three",
        "ReLU",
        {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.5},
        (2, 4, 3),
    ),
    ("leaky relu", "LeakyReLU", {}, (2, 4, 3)),
    ("leaky relu slope", "LeakyReLU", {"negative_slope": 0.05}, (2, 4, 3)),
    ("softmax", "Softmax", {}, (2, 4, 3)),
    ("softmax axis 1", "Softmax", {"axis": 1}, (2, 4, 3)),
    ("softmax two axes", "Softmax", {"axis": [1, 2]}, (2, 4, 3, 2)),
    ("rescaling", "Rescaling", {"scale": 1 / 255}, (2, 3, 4, 1)),
    ("rescaling offset", "Rescaling", {"scale": 1 / 127.5, "offset": -1.0}, (2, 3, 4, 1)),
    ("batch normalization", "BatchNormalization", {}, (3, 4, 3, 2)),
    ("batch normalization of vectors", "BatchNormalization", {}, (6, 4)),
    (
        "batch normalization axis 1",
        "BatchNormalization",
        {"axis": 1},
        (3, 4, 3, 2),
    ),
    ("batch normalization epsilon", "BatchNormalization", {"epsilon": 0.5}, (3, 4, 3, 2)),
    ("batch normalization no center", "BatchNormalization", {"center": False}, (3, 4, 3, 2)),
    ("batch normalization no scale", "BatchNormalization", {"scale": False}, (3, 4, 3, 2)),
    (
        "batch normalization neither",
        "BatchNormalization",
        {"center": False, "scale": False},
        (3, 4, 3, 2),
    ),
]
TABLE += [
    (
        f"conv2d {activation}",
        "Conv2D",
        {"filters": 3, "kernel_size": 2, "activation": activation},
        (2, 4, 4, 1),
    )
    for activation in ACTIVATIONS
]
TABLE += [
    (f"dense {activation}", "Dense", {"units": 3, "activation": activation}, (3, 4))
    for activation in ACTIVATIONS
]
TABLE += [
    (f"activation {activation}", "Activation", {"activation": activation}, (2, 4, 3))
    for activation in ACTIVATIONS
]

TABLE += [
    ("conv1d", "Conv1D", {"filters": 4, "kernel_size": 3, "activation": "relu"}, (2, 7, 3)),
    (
        "conv1d same, strides",
        "Conv1D",
        {"filters": 3, "kernel_size": 4, "strides": 2, "padding": "same"},
        (2, 7, 2),
    ),
    ("conv1d causal", "Conv1D", {"filters": 3, "kernel_size": 3, "padding": "causal"}, (2, 6, 2)),
    (
        "conv1d causal, dilated",
        "Conv1D",
        {"filters": 3, "kernel_size": [2], "padding": "causal", "dilation_rate": 3},
        (2, 8, 2),
    ),
    (
        "conv1d causal, strides",
        "Conv1D",
        {"filters": 2, "kernel_size": 3, "padding": "causal", "strides": 2},
        (2, 8, 2),
    ),
    (
        "conv1d groups",
        "Conv1D",
        {"filters": 4, "kernel_size": 2, "groups": 2, "use_bias": False},
        (2, 6, 4),
    ),
    ("max pooling 1d", "MaxPooling1D", {}, (2, 7, 3)),
    (
        "max pooling 1d same",
        "MaxPooling1D",
        {"pool_size": 3, "strides": 2, "padding": "same"},
        (2, 8, 2),
    ),
    ("average pooling 1d", "AveragePooling1D", {"pool_size": 2}, (2, 7, 3)),
    (
        "average pooling 1d same",
        "AveragePooling1D",
        {"pool_size": 3, "strides": 2, "padding": "same"},
        (2, 8, 2),
    ),
    ("global average pooling 1d", "GlobalAveragePooling1D", {}, (2, 5, 3)),
    ("global average pooling 1d keepdims", "GlobalAveragePooling1D", {"keepdims": True}, (2, 5, 3)),
    ("global max pooling 1d", "GlobalMaxPooling1D", {}, (2, 5, 3)),
    ("global max pooling 1d keepdims", "GlobalMaxPooling1D", {"keepdims": True}, (2, 5, 3)),
    ("depthwise", "DepthwiseConv2D", {"kernel_size": 3}, (2, 6, 5, 3)),
    (
        "depthwise two filters",
        "DepthwiseConv2D",
        {"kernel_size": [3, 2], "depth_multiplier": 2, "activation": "relu"},
        (2, 6, 5, 3),
    ),
    (
        "depthwise strides same",
        "DepthwiseConv2D",
        {"kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False},
        (2, 7, 6, 2),
    ),
    ("depthwise dilated", "DepthwiseConv2D", {"kernel_size": 3, "dilation_rate": 2}, (2, 7, 8, 2)),
    (
        "depthwise dilated, strides",
        "DepthwiseConv2D",
        {"kernel_size": 3, "dilation_rate": 2, "strides": 2, "padding": "same"},
        (2, 7, 8, 2),
    ),
    ("separable", "SeparableConv2D", {"filters": 4, "kernel_size": 3}, (2, 6, 5, 3)),
    (
        "separable two filters",
        "SeparableConv2D",
        {
            "filters": 3,
            "kernel_size": 3,
            "strides": 2,
            "padding": "same",
            "depth_multiplier": 2,
            "activation": "tanh",
        },
        (2, 7, 6, 2),
    ),
    (
        "separable no bias",
        "SeparableConv2D",
        {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "use_bias": False},
        (2, 6, 6, 3),
    ),
    ("transposed", "Conv2DTranspose", {"filters": 3, "kernel_size": 3}, (2, 4, 3, 2)),
    (
        "transposed same",
        "Conv2DTranspose",
        {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"},
        (2, 4, 3, 2),
    ),
    (
        "transposed even kernel same",
        "Conv2DTranspose",
        {"filters": 2, "kernel_size": [4, 2], "strides": 2, "padding": "same"},
        (2, 4, 3, 2),
    ),
    (
        "transposed strides 2x3",
        "Conv2DTranspose",
        {"filters": 2, "kernel_size": [2, 4], "strides": [2, 3]},
        (2, 4, 3, 2),
    ),
    (
        "transposed strides larger than the kernel",
        "Conv2DTranspose",
        {"filters": 2, "kernel_size": 2, "strides": 3},
        (2, 3, 4, 2),
    ),
    (
        "transposed output padding",
        "Conv2DTranspose",
        {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1},
        (2, 3, 4, 2),
    ),
    (
        "transposed output padding same",
        "Conv2DTranspose",
        {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": [0, 1]},
        (2, 3, 4, 2),
    ),
    ("layer normalization", "LayerNormalization", {}, (3, 4, 5)),
    (
        "layer normalization of images",
        "LayerNormalization",
        {"axis": [1, 2, 3], "epsilon": 0.1},
        (2, 3, 4, 2),
    ),
    ("layer normalization axis 1", "LayerNormalization", {"axis": 1}, (3, 4, 5)),
    ("layer normalization no scale", "LayerNormalization", {"scale": False}, (3, 6)),
    (
        "layer normalization neither",
        "LayerNormalization",
        {"center": False, "scale": False},
        (3, 6),
    ),
]

# Inputs where it matters which rule Keras takes at a tie or a kink.
KINKS: list[tuple[str, str, dict[str, Any], np.ndarray]] = [
    ("max pooling ties", "MaxPooling2D", {}, np.ones((1, 4, 4, 1))),
    (
        "max pooling ties overlapping same",
        "MaxPooling2D",
        {"pool_size": 3, "strides": 2, "padding": "same"},
        np.zeros((1, 4, 5, 1)),
    ),
    (
        "max pooling negative same",
        "MaxPooling2D",
        {"pool_size": 3, "strides": 2, "padding": "same"},
        -1 - distinct(1, (1, 4, 5, 1)) ** 2,
    ),
    (
        "global max pooling ties",
        "GlobalMaxPooling2D",
        {},
        np.array([[1.0, 3, 3], [3, 2, 0]]).reshape(1, 2, 3, 1),
    ),
    ("relu at zero", "ReLU", {}, np.array([[-1.0, 0, 1]])),
    (
        # Not at 1 and 6: TensorFlow's gradient there depends on how Keras writes the function.
        "relu about its corners",
        "ReLU",
        {"max_value": 6.0, "negative_slope": 0.1, "threshold": 1.0},
        np.array([[-1.0, 0, 0.99, 1.01, 5.99, 6.01]]),
    ),
    ("relu at its maximum", "ReLU", {"max_value": 6.0}, np.array([[-1.0, 0, 1, 6, 7]])),
    ("leaky relu at zero", "LeakyReLU", {}, np.array([[-1.0, 0, 1]])),
]


# Random changes with equal limits are not random.
SMALL: list[tuple[str, str, dict[str, Any], tuple[int, ...]]] = [
    ("spatial dropout 1d at inference", "SpatialDropout1D", {"rate": 0.4}, (2, 3, 4)),
    ("spatial dropout 2d at inference", "SpatialDropout2D", {"rate": 0.4}, (2, 3, 2, 4)),
    ("gaussian noise at inference", "GaussianNoise", {"stddev": 0.4}, (2, 3, 4)),
    ("gaussian dropout at inference", "GaussianDropout", {"rate": 0.4}, (2, 3, 4)),
    ("elu", "ELU", {}, (2, 4, 3)),
    ("elu alpha", "ELU", {"alpha": 0.5}, (2, 4, 3)),
    ("prelu", "PReLU", {}, (2, 4, 3)),
    ("prelu shared axes", "PReLU", {"shared_axes": [1, 2]}, (2, 4, 3, 2)),
    ("normalization", "Normalization", {}, (2, 4, 3)),
    ("normalization axis 1", "Normalization", {"axis": 1}, (2, 4, 3)),
    ("normalization two axes", "Normalization", {"axis": [1, -1]}, (2, 4, 3, 2)),
    (
        "normalization no axis",
        "Normalization",
        {"axis": None, "mean": 1.5, "variance": 4.0},
        (2, 4),
    ),
    (
        "normalization given",
        "Normalization",
        {"mean": [1.0, -1.0], "variance": [4.0, 0.25], "invert": True},
        (2, 3, 2),
    ),
    ("resizing larger", "Resizing", {"height": 7, "width": 9}, (2, 4, 3, 2)),
    ("resizing smaller", "Resizing", {"height": 3, "width": 2}, (2, 7, 8, 2)),
    (
        "resizing nearest",
        "Resizing",
        {"height": 5, "width": 3, "interpolation": "nearest"},
        (2, 4, 7, 2),
    ),
    (
        "resizing cropped",
        "Resizing",
        {"height": 5, "width": 5, "crop_to_aspect_ratio": True},
        (2, 4, 7, 2),
    ),
    (
        "resizing padded",
        "Resizing",
        {"height": 6, "width": 6, "pad_to_aspect_ratio": True, "fill_value": 0.5},
        (2, 4, 8, 2),
    ),
    ("center crop", "CenterCrop", {"height": 3, "width": 4}, (2, 6, 7, 2)),
    ("center crop of small images", "CenterCrop", {"height": 6, "width": 5}, (2, 3, 7, 2)),
]
FIXED: list[tuple[str, str, dict[str, Any], tuple[int, ...]]] = [
    ("rotation", "RandomRotation", {"factor": [0.1, 0.1]}, (2, 6, 5, 2)),
    ("rotation by a quarter", "RandomRotation", {"factor": [0.25, 0.25]}, (2, 5, 5, 1)),
    *(
        (
            f"rotation {fill_mode} {interpolation}",
            "RandomRotation",
            {
                "factor": [-0.07, -0.07],
                "fill_mode": fill_mode,
                "interpolation": interpolation,
                "fill_value": 0.5,
            },
            (2, 6, 5, 2),
        )
        for fill_mode in ("reflect", "wrap", "constant", "nearest")
        for interpolation in ("bilinear", "nearest")
    ),
    ("zoom in", "RandomZoom", {"height_factor": [-0.3, -0.3]}, (2, 6, 5, 2)),
    (
        "zoom out",
        "RandomZoom",
        {"height_factor": [0.4, 0.4], "width_factor": [0.2, 0.2], "fill_mode": "constant"},
        (2, 6, 5, 2),
    ),
    *(
        (
            f"translation {fill_mode}",
            "RandomTranslation",
            {
                "height_factor": [0.3, 0.3],
                "width_factor": [-0.45, -0.45],
                "fill_mode": fill_mode,
                "fill_value": 0.5,
            },
            (2, 6, 5, 2),
        )
        for fill_mode in ("reflect", "wrap", "constant", "nearest")
    ),
    ("contrast", "RandomContrast", {"factor": [0.0, 0.0], "value_range": [-1, 1]}, (2, 4, 5, 2)),
]


def small_cases() -> Iterator[Case]:
    """Yield the layers for noise, learnt slopes, and sizes and positions of images."""
    for seed, (name, class_name, config, shape) in enumerate(SMALL):
        yield record(name, class_name, config, distinct(seed, shape), seed)
    for seed, (name, class_name, config, shape) in enumerate(FIXED):
        yield record(name, class_name, config, distinct(seed, shape), seed, training=True)


def cases() -> Iterator[Case]:
    """Yield every layer of the tables, and batch normalization as it behaves in training too."""
    for seed, (name, class_name, config, shape) in enumerate(TABLE):
        yield record(name, class_name, config, distinct(seed, shape), seed)
        if class_name == "BatchNormalization":
            training_name = name.replace("batch normalization", "batch normalization in training,")
            x = distinct(seed, shape)
            yield record(training_name.strip(" ,"), class_name, config, x, seed, training=True)
    for seed, (name, class_name, config, x) in enumerate(KINKS):
        yield record(name, class_name, config, x.astype("float32"), seed)


def record(
    name: str,
    class_name: str,
    config: dict[str, Any],
    x: np.ndarray,
    seed: int,
    training: bool = False,
) -> Case:
    """Run one layer forward and, with a random upstream gradient, backward."""
    layer = getattr(keras.layers, class_name)(**config)
    layer.build(x.shape)
    weights = [random(1000 + seed + k, weight.shape) for k, weight in enumerate(layer.weights)]
    for k, variable in enumerate(layer.weights):
        if variable.name in ("moving_variance", "variance"):
            weights[k] = np.abs(weights[k]) + 0.5
    layer.set_weights(weights)
    if hasattr(layer, "finalize_state"):  # of Normalization, as after adapt
        layer.finalize_state()

    y, dy, gradients = forward_and_gradients(layer, x, seed, training)
    variables = layer.trainable_variables
    settings = {
        "name": name,
        "layer": class_name,
        "config": config,
        "training": training,
        "weight_names": [variable.name for variable in layer.weights],
        "output_shape": layer.compute_output_shape((None, *x.shape[1:])),
        "parameters": layer.count_params(),
    }
    arrays = {"x": x, "y": y, "dy": dy, "dx": gradients[0]}
    arrays |= {variable.name: array for variable, array in zip(layer.weights, weights, strict=True)}
    arrays |= {
        f"d{variable.name}": gradient
        for variable, gradient in zip(variables, gradients[1:], strict=True)
    }
    return settings, arrays


def forward_and_gradients(
    layer: keras.Layer, x: np.ndarray, seed: int, training: bool
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Return y, the upstream gradient dy, and the gradients of the input and each weight."""
    values = [variable.value for variable in layer.trainable_variables]

    def both(x: tf.Tensor, dy: tf.Tensor | None) -> tuple[tf.Tensor, list[tf.Tensor]]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=training) if training else layer(x)
        return y, [] if dy is None else tape.gradient(y, [x, *values], output_gradients=dy)

    # TensorFlow has the gradient of a grouped convolution on the CPU only through its compiler.
    run = tf.function(both, jit_compile=True) if getattr(layer, "groups", 1) > 1 else both
    x = tf.constant(x)
    y, _ = run(x, None)
    dy = random(2000 + seed, tuple(y.shape))
    _, gradients = run(x, tf.constant(dy))
    return y.numpy(), dy, [gradient.numpy() for gradient in gradients]
