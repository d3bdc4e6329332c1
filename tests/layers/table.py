"""Every kind of layer with its shapes, computed by hand, for `test_contract.py`.

Shapes are without the batch axis and were worked out by hand.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minicnn import layers
from minicnn.layers import Layer


class Row(NamedTuple):
    """How to make a layer, and its expected shapes and weights."""

    make: Callable[..., Layer]  # takes what every layer takes: name, dtype, trainable
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    trainable: dict[str, tuple[int, ...]] = {}  # noqa: RUF012 (never changed)
    non_trainable: dict[str, tuple[int, ...]] = {}  # noqa: RUF012

    @property
    def weights(self) -> dict[str, tuple[int, ...]]:
        """Return shapes by name, in Keras' order."""
        return {**self.trainable, **self.non_trainable}


class Scale(Layer):
    """A custom layer, as in the documentation."""

    def build(self, input_shape):
        self.add_weight("scale", shape=input_shape[-1:], initializer="ones")

    def forward(self, x, training=False):
        return x * self.scale, x

    def backward(self, dy, cache):
        x = cache
        axes = tuple(range(x.ndim - 1))
        return dy * self.scale, {"scale": (dy * x).sum(axis=axes)}


def row(
    kind: type[Layer], *arguments: Any, shapes: tuple, weights: tuple = (), **options: Any
) -> Row:
    """Return a row of the table: `shapes` of input and output, `weights` trainable and not."""
    return Row(lambda **more: kind(*arguments, **options, **more), *shapes, *weights)


def conv(*arguments: Any, shapes: tuple, kernel: tuple, **options: Any) -> Row:
    """Return a row for a convolution with a bias."""
    weights = ({"kernel": kernel, "bias": kernel[-1:]},)
    return row(layers.Conv2D, *arguments, shapes=shapes, weights=weights, **options)


AVERAGES = {"moving_mean": (3,), "moving_variance": (3,)}

TABLE = {
    "Conv2D": conv(4, 3, shapes=((6, 5, 2), (4, 3, 4)), kernel=(3, 3, 2, 4)),
    "Conv2D, relu": conv(4, 3, activation="relu", shapes=((6, 5, 2), (4, 3, 4)), kernel=(3, 3, 2, 4)),
    "Conv2D, softmax": conv(
        4, (1, 2), activation="softmax", shapes=((3, 3, 1), (3, 2, 4)), kernel=(1, 2, 1, 4)
    ),
    "Conv2D, same": conv(2, (2, 3), padding="same", shapes=((5, 4, 3), (5, 4, 2)), kernel=(2, 3, 3, 2)),
    "Conv2D, strides": conv(
        2, 3, strides=(2, 4), padding="same", shapes=((7, 6, 1), (4, 2, 2)), kernel=(3, 3, 1, 2)
    ),
    "Conv2D, stride larger than kernel": conv(
        2, 1, strides=3, shapes=((8, 7, 1), (3, 3, 2)), kernel=(1, 1, 1, 2)
    ),
    "Conv2D, dilated": conv(
        2, 3, dilation_rate=(2, 1), shapes=((7, 7, 1), (3, 5, 2)), kernel=(3, 3, 1, 2)
    ),
    "Conv2D, groups": conv(6, 3, groups=2, shapes=((5, 5, 4), (3, 3, 6)), kernel=(3, 3, 2, 6)),
    "Conv2D, no bias": row(
        layers.Conv2D, 4, 3, use_bias=False, shapes=((6, 5, 2), (4, 3, 4)),
        weights=({"kernel": (3, 3, 2, 4)},),
    ),
    "Conv2D, regularizers": conv(
        4, 3, kernel_regularizer="l2", bias_regularizer="l1",
        kernel_initializer="he_normal", bias_initializer="ones",
        shapes=((6, 5, 2), (4, 3, 4)), kernel=(3, 3, 2, 4),
    ),
    "Conv1D": row(
        layers.Conv1D, 4, 3, activation="relu", shapes=((6, 2), (4, 4)),
        weights=({"kernel": (3, 2, 4), "bias": (4,)},),
    ),
    "Conv1D, same, strides": row(
        layers.Conv1D, 4, 2, 2, "same", activation="softmax", shapes=((5, 2), (3, 4)),
        weights=({"kernel": (2, 2, 4), "bias": (4,)},),
    ),
    "Conv1D, causal, dilated, groups": row(
        layers.Conv1D, 4, 3, padding="causal", dilation_rate=2, groups=2, use_bias=False,
        shapes=((6, 2), (6, 4)), weights=({"kernel": (3, 1, 4)},),
    ),
    "DepthwiseConv2D": row(
        layers.DepthwiseConv2D, 3, activation="relu", shapes=((6, 5, 2), (4, 3, 2)),
        weights=({"kernel": (3, 3, 2, 1), "bias": (2,)},),
    ),
    "DepthwiseConv2D, two filters": row(
        layers.DepthwiseConv2D, (2, 3), 2, "same", 2, depthwise_regularizer="l2",
        shapes=((6, 5, 3), (3, 3, 6)), weights=({"kernel": (2, 3, 3, 2), "bias": (6,)},),
    ),
    "DepthwiseConv2D, dilated strides": row(
        layers.DepthwiseConv2D, 2, 2, dilation_rate=3, shapes=((7, 8, 2), (2, 3, 2)),
        weights=({"kernel": (2, 2, 2, 1), "bias": (2,)},),
    ),
    "SeparableConv2D": row(
        layers.SeparableConv2D, 4, 3, activation="relu", shapes=((6, 5, 2), (4, 3, 4)),
        weights=(
            {"depthwise_kernel": (3, 3, 2, 1), "pointwise_kernel": (1, 1, 2, 4), "bias": (4,)},
        ),
    ),
    "SeparableConv2D, two filters": row(
        layers.SeparableConv2D, 3, 2, 2, "same", depth_multiplier=2, use_bias=False,
        pointwise_regularizer="l1", activation="tanh", shapes=((5, 4, 2), (3, 2, 3)),
        weights=({"depthwise_kernel": (2, 2, 2, 2), "pointwise_kernel": (1, 1, 4, 3)},),
    ),
    "Conv2DTranspose": row(
        layers.Conv2DTranspose, 4, 3, activation="relu", shapes=((3, 2, 2), (5, 4, 4)),
        weights=({"kernel": (3, 3, 4, 2), "bias": (4,)},),
    ),
    "Conv2DTranspose, same, strides": row(
        layers.Conv2DTranspose, 3, (4, 3), (2, 3), "same", shapes=((3, 2, 2), (6, 6, 3)),
        weights=({"kernel": (4, 3, 3, 2), "bias": (3,)},),
    ),
    "Conv2DTranspose, strides larger than kernel": row(
        layers.Conv2DTranspose, 2, 2, 3, use_bias=False, shapes=((3, 2, 2), (9, 6, 2)),
        weights=({"kernel": (2, 2, 2, 2)},),
    ),
    "Conv2DTranspose, output padding": row(
        layers.Conv2DTranspose, 2, 3, 2, "same", 1, shapes=((3, 2, 2), (6, 4, 2)),
        weights=({"kernel": (3, 3, 2, 2), "bias": (2,)},),
    ),
    "Conv2DTranspose, dilated": row(
        layers.Conv2DTranspose, 2, 3, dilation_rate=2, shapes=((3, 2, 2), (7, 6, 2)),
        weights=({"kernel": (3, 3, 2, 2), "bias": (2,)},),
    ),
    "Dense": row(
        layers.Dense, 4, shapes=((3,), (4,)), weights=({"kernel": (3, 4), "bias": (4,)},)
    ),
    "Dense, softmax": row(
        layers.Dense, 4, activation="softmax", shapes=((3,), (4,)),
        weights=({"kernel": (3, 4), "bias": (4,)},),
    ),
    "Dense, no bias": row(
        layers.Dense, 4, use_bias=False, shapes=((3,), (4,)), weights=({"kernel": (3, 4)},)
    ),
    "Dense, images": row(
        layers.Dense, 4, activation="tanh", shapes=((2, 5, 3), (2, 5, 4)),
        weights=({"kernel": (3, 4), "bias": (4,)},),
    ),
    "MaxPooling2D": row(layers.MaxPooling2D, shapes=((5, 4, 3), (2, 2, 3))),
    "MaxPooling2D, same": row(
        layers.MaxPooling2D, (2, 3), (3, 1), padding="same", shapes=((5, 4, 3), (2, 4, 3))
    ),
    "AveragePooling2D": row(layers.AveragePooling2D, shapes=((5, 4, 3), (2, 2, 3))),
    "AveragePooling2D, same": row(
        layers.AveragePooling2D, 3, 2, padding="same", shapes=((5, 4, 3), (3, 2, 3))
    ),
    "GlobalAveragePooling2D": row(layers.GlobalAveragePooling2D, shapes=((5, 4, 3), (3,))),
    "GlobalAveragePooling2D, keepdims": row(
        layers.GlobalAveragePooling2D, keepdims=True, shapes=((5, 4, 3), (1, 1, 3))
    ),
    "GlobalMaxPooling2D": row(layers.GlobalMaxPooling2D, shapes=((5, 4, 3), (3,))),
    "GlobalMaxPooling2D, keepdims": row(
        layers.GlobalMaxPooling2D, keepdims=True, shapes=((5, 4, 3), (1, 1, 3))
    ),
    "MaxPooling1D": row(layers.MaxPooling1D, shapes=((5, 3), (2, 3))),
    "MaxPooling1D, same": row(
        layers.MaxPooling1D, 3, 2, padding="same", shapes=((5, 3), (3, 3))
    ),
    "AveragePooling1D": row(layers.AveragePooling1D, shapes=((5, 3), (2, 3))),
    "AveragePooling1D, same": row(
        layers.AveragePooling1D, (3,), 2, padding="same", shapes=((6, 3), (3, 3))
    ),
    "GlobalAveragePooling1D": row(layers.GlobalAveragePooling1D, shapes=((5, 3), (3,))),
    "GlobalMaxPooling1D, keepdims": row(
        layers.GlobalMaxPooling1D, keepdims=True, shapes=((5, 3), (1, 3))
    ),
    "ZeroPadding2D": row(layers.ZeroPadding2D, shapes=((5, 4, 3), (7, 6, 3))),
    "ZeroPadding2D, four sides": row(
        layers.ZeroPadding2D, ((1, 2), (0, 3)), shapes=((5, 4, 3), (8, 7, 3))
    ),
    "Cropping2D": row(layers.Cropping2D, 1, shapes=((5, 4, 3), (3, 2, 3))),
    "Cropping2D, four sides": row(
        layers.Cropping2D, ((1, 2), (0, 3)), shapes=((5, 4, 3), (2, 1, 3))
    ),
    "UpSampling2D": row(layers.UpSampling2D, shapes=((3, 2, 2), (6, 4, 2))),
    "UpSampling2D, bilinear": row(
        layers.UpSampling2D, (3, 2), interpolation="bilinear", shapes=((3, 4, 2), (9, 8, 2))
    ),
    "Permute": row(layers.Permute, (3, 1, 2), shapes=((5, 4, 3), (3, 5, 4))),
    "Flatten": row(layers.Flatten, shapes=((5, 4, 3), (60,))),
    "Reshape": row(layers.Reshape, (6, -1), shapes=((5, 4, 3), (6, 10))),
    "Dropout": row(layers.Dropout, 0.5, seed=3, shapes=((5, 4, 3), (5, 4, 3))),
    "Dropout, whole channels": row(
        layers.Dropout, 0.5, (None, 1, 1, None), seed=3, shapes=((5, 4, 3), (5, 4, 3))
    ),
    "BatchNormalization": row(
        layers.BatchNormalization, shapes=((5, 4, 3), (5, 4, 3)),
        weights=({"gamma": (3,), "beta": (3,)}, AVERAGES),
    ),
    "BatchNormalization, features": row(
        layers.BatchNormalization, momentum=0.5, epsilon=0.1, shapes=((3,), (3,)),
        weights=({"gamma": (3,), "beta": (3,)}, AVERAGES),
    ),
    "BatchNormalization, first axis": row(
        layers.BatchNormalization, axis=1, gamma_regularizer="l2", shapes=((3, 4, 5), (3, 4, 5)),
        weights=({"gamma": (3,), "beta": (3,)}, AVERAGES),
    ),
    "BatchNormalization, bare": row(
        layers.BatchNormalization, center=False, scale=False, shapes=((5, 3), (5, 3)),
        weights=({}, AVERAGES),
    ),
    "LayerNormalization": row(
        layers.LayerNormalization, shapes=((5, 4, 3), (5, 4, 3)),
        weights=({"gamma": (3,), "beta": (3,)},),
    ),
    "LayerNormalization, two axes": row(
        layers.LayerNormalization, axis=[1, -1], epsilon=0.1, gamma_regularizer="l2",
        shapes=((5, 4, 3), (5, 4, 3)), weights=({"gamma": (5, 3), "beta": (5, 3)},),
    ),
    "LayerNormalization, bare": row(
        layers.LayerNormalization, center=False, scale=False, shapes=((5,), (5,)),
    ),
    "Activation": row(layers.Activation, "gelu", shapes=((5, 4), (5, 4))),
    "ReLU": row(
        layers.ReLU, max_value=1, negative_slope=0.1, threshold=0.3, shapes=((5, 4), (5, 4))
    ),
    "LeakyReLU": row(layers.LeakyReLU, 0.2, shapes=((5, 4), (5, 4))),
    "Softmax": row(layers.Softmax, shapes=((5, 4), (5, 4))),
    "Softmax, first axis": row(layers.Softmax, axis=1, shapes=((5, 4), (5, 4))),
    "Rescaling": row(layers.Rescaling, 1 / 255, shapes=((5, 4, 3), (5, 4, 3))),
    "Rescaling, channels": row(
        layers.Rescaling, np.array([1.0, 2.0, 3.0]), [0.5, 0, -1], shapes=((5, 4, 3), (5, 4, 3))
    ),
    "ELU": row(layers.ELU, 0.5, shapes=((5, 4), (5, 4))),
    "PReLU": row(
        layers.PReLU, "ones", alpha_regularizer="l2", shapes=((5, 4), (5, 4)),
        weights=({"alpha": (5, 4)},),
    ),
    "PReLU, one slope for each channel": row(
        layers.PReLU, shared_axes=[1, 2], shapes=((5, 4, 3), (5, 4, 3)),
        weights=({"alpha": (1, 1, 3)},),
    ),
    "SpatialDropout1D": row(layers.SpatialDropout1D, 0.5, seed=3, shapes=((5, 4), (5, 4))),
    "SpatialDropout2D": row(layers.SpatialDropout2D, 0.5, seed=3, shapes=((5, 4, 3), (5, 4, 3))),
    "GaussianNoise": row(layers.GaussianNoise, 0.5, seed=3, shapes=((5, 4, 3), (5, 4, 3))),
    "GaussianDropout": row(layers.GaussianDropout, 0.5, seed=3, shapes=((5, 4, 3), (5, 4, 3))),
    "Normalization": row(
        layers.Normalization, shapes=((5, 4, 3), (5, 4, 3)),
        weights=({}, {"mean": (3,), "variance": (3,), "count": ()}),
    ),
    "Normalization, given": row(
        layers.Normalization, axis=None, mean=1.5, variance=4.0, shapes=((5, 4), (5, 4))
    ),
    "Normalization, inverse": row(
        layers.Normalization, mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0], invert=True,
        shapes=((5, 4, 3), (5, 4, 3)),
    ),
    "RandomFlip": row(layers.RandomFlip, seed=3, shapes=((5, 4, 3), (5, 4, 3))),
    "RandomRotation": row(layers.RandomRotation, 0.2, seed=3, shapes=((5, 4, 3), (5, 4, 3))),
    "RandomRotation, constant": row(
        layers.RandomRotation, (-0.1, 0.3), "constant", "nearest", 3, 0.5,
        shapes=((5, 4, 2), (5, 4, 2)),
    ),
    "RandomZoom": row(layers.RandomZoom, 0.3, (0.1, 0.2), seed=3, shapes=((5, 4, 2), (5, 4, 2))),
    "RandomTranslation": row(
        layers.RandomTranslation, 0.3, 0.2, "wrap", seed=3, shapes=((5, 4, 2), (5, 4, 2))
    ),
    "RandomContrast": row(
        layers.RandomContrast, 0.5, (-2.5, 2.5), seed=3, shapes=((5, 4, 2), (5, 4, 2))
    ),
    "Resizing": row(layers.Resizing, 3, 7, shapes=((5, 4, 2), (3, 7, 2))),
    "Resizing, nearest": row(layers.Resizing, 7, 3, "nearest", shapes=((5, 4, 2), (7, 3, 2))),
    "Resizing, cropped": row(
        layers.Resizing, 4, 4, crop_to_aspect_ratio=True, shapes=((7, 4, 2), (4, 4, 2))
    ),
    "Resizing, padded": row(
        layers.Resizing, 4, 4, pad_to_aspect_ratio=True, fill_value=0.5, shapes=((7, 4, 2), (4, 4, 2))
    ),
    "CenterCrop": row(layers.CenterCrop, 3, 2, shapes=((5, 4, 2), (3, 2, 2))),
    "CenterCrop, of small images": row(layers.CenterCrop, 6, 6, shapes=((5, 4, 2), (6, 6, 2))),
    "InputLayer": row(layers.InputLayer, (5, 4, 3), shapes=((5, 4, 3), (5, 4, 3))),
    "Layer of one's own": row(Scale, shapes=((5, 3), (5, 3)), weights=({"scale": (3,)},)),
}  # fmt: skip
