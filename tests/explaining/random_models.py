"""Random small models of all kinds of layers, in float64 with weights that float32 can hold."""

from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

from minicnn import Sequential, layers, regularizers
from minicnn.activations import Activation
from minicnn.errors import ShapeError
from minicnn.explaining.model_data import ACTIVATIONS
from minicnn.losses import BinaryCrossentropy, CategoricalCrossentropy

sizes = st.tuples(st.integers(1, 3), st.integers(1, 3))
paddings = st.sampled_from(["valid", "same"])
penalties = st.sampled_from([None, "l1", "l2", regularizers.L1L2(0.1, 0.2)])
activations = st.sampled_from(
    [
        *ACTIVATIONS,
        Activation("elu", alpha=0.5),
        Activation("gelu", approximate=True),
        Activation("leaky_relu", negative_slope=0.1),
        Activation("relu", negative_slope=0.1, max_value=0.8, threshold=0.2),
    ]
)
ENDS = {  # activation of the last layer, loss, outputs
    "softmax": ("softmax", "categorical_crossentropy", 4),
    "class numbers": ("softmax", "sparse_categorical_crossentropy", 4),
    "smoothed": ("softmax", CategoricalCrossentropy(label_smoothing=0.2), 3),
    "logits": ("linear", CategoricalCrossentropy(from_logits=True), 3),
    "two steps": (Activation("softmax", axis=-1), "categorical_crossentropy", 4),
    "no probabilities": ("sigmoid", "categorical_crossentropy", 3),
    "class numbers, no probabilities": ("sigmoid", "sparse_categorical_crossentropy", 3),
    "yes or no": ("sigmoid", "binary_crossentropy", 1),
    "several answers": ("sigmoid", BinaryCrossentropy(label_smoothing=0.2), 3),
    "a logit": ("linear", BinaryCrossentropy(from_logits=True), 1),
    "clipped": (Activation("relu", max_value=0.9), "binary_crossentropy", 1),
    "numbers": ("tanh", "mse", 2),
    "a number": ("linear", "mae", 1),
}


@st.composite
def models(draw: Any, kind: str = "Conv2D", end: str = "softmax") -> Sequential:
    """A compiled model: a layer of one kind, up to two others, and an end that suits its loss."""
    model = Sequential([layers.Input(draw(shapes(kind)), dtype="float64")])
    others = st.sampled_from(list(LAYERS))
    for wanted in [kind, *draw(st.lists(others, max_size=2))]:
        shape = model.output_shape[1:]
        if wanted in OF_IMAGES and len(shape) != 3:
            continue
        try:
            model.add(draw(LAYERS[wanted](shape)))
        except ShapeError:  # a window too large for what is left of the image
            continue
    activation, loss, outputs = ENDS[end]
    model.add(layers.Flatten(dtype="float64"))
    model.add(
        layers.Dense(outputs, activation, kernel_regularizer=draw(penalties), dtype="float64")
    )
    model.compile("sgd", loss)
    randomize(model, np.random.default_rng(draw(st.integers(0, 2**32 - 1))))
    return model


def shapes(kind: str) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes of an input that a kind of layer takes."""
    images = st.tuples(st.integers(3, 7), st.integers(3, 7), st.integers(1, 4))
    return images if kind in OF_IMAGES else images | st.tuples(st.integers(2, 9))


def randomize(model: Sequential, random: np.random.Generator) -> None:
    """Give all weights random numbers, variances positive ones."""
    for layer in model.layers:
        for name, weight in zip(layer.weight_names, layer.weights, strict=True):
            numbers = random.normal(0, 0.7, weight.shape).astype(np.float32)
            weight[...] = np.abs(numbers) + 0.5 if name == "moving_variance" else numbers


def made(layer: type[layers.Layer], **arguments: Any) -> st.SearchStrategy[layers.Layer]:
    """Layers in float64 with arguments drawn from strategies."""
    return st.builds(partial(layer, dtype="float64"), **arguments)


@st.composite
def convolutions(draw: Any, shape: tuple[int, ...]) -> layers.Layer:
    groups = draw(st.sampled_from([one for one in (1, 2, 3) if shape[-1] % one == 0]))
    strided = draw(st.booleans())
    return layers.Conv2D(
        groups * draw(st.integers(1, 3)),
        draw(sizes),
        strides=draw(sizes) if strided else 1,
        padding=draw(paddings),
        dilation_rate=1 if strided else draw(sizes),
        groups=groups,
        activation=draw(activations),
        use_bias=draw(st.booleans()),
        kernel_regularizer=draw(penalties),
        bias_regularizer=draw(penalties),
        trainable=draw(st.sampled_from([True, True, True, False])),
        dtype="float64",
    )


def poolings(layer: type[layers.Layer]) -> Any:
    return lambda shape: made(layer, pool_size=sizes, strides=st.none() | sizes, padding=paddings)


def global_poolings(layer: type[layers.Layer]) -> Any:
    return lambda shape: made(layer, keepdims=st.booleans())


def axes(shape: tuple[int, ...]) -> st.SearchStrategy[int]:
    return st.integers(1, len(shape)) | st.integers(-len(shape), -1)


# Of every kind that is there, by the shape of what comes in
LAYERS: dict[str, Any] = {
    "Activation": lambda shape: made(layers.Activation, activation=activations),
    "AveragePooling2D": poolings(layers.AveragePooling2D),
    "BatchNormalization": lambda shape: made(
        layers.BatchNormalization,
        axis=axes(shape),
        center=st.booleans(),
        scale=st.booleans(),
        epsilon=st.just(0.01),
    ),
    "Conv2D": convolutions,
    "Cropping2D": lambda shape: made(
        layers.Cropping2D,
        cropping=st.sampled_from([0, 1, (0, 1), ((1, 0), (0, 2)), ((0, 1), (0, 0))]),
    ),
    "Dense": lambda shape: made(
        layers.Dense,
        units=st.integers(1, 4),
        activation=activations,
        use_bias=st.booleans(),
        kernel_regularizer=penalties,
    ),
    "Dropout": lambda shape: made(layers.Dropout, rate=st.just(0.5)),
    "Flatten": lambda shape: made(layers.Flatten),
    "GlobalAveragePooling2D": global_poolings(layers.GlobalAveragePooling2D),
    "GlobalMaxPooling2D": global_poolings(layers.GlobalMaxPooling2D),
    "LayerNormalization": lambda shape: made(
        layers.LayerNormalization,
        axis=axes(shape) | st.permutations(range(1, len(shape) + 1)).map(list),
        center=st.booleans(),
        scale=st.booleans(),
        epsilon=st.just(0.01),
        gamma_regularizer=penalties,
    ),
    "LeakyReLU": lambda shape: made(layers.LeakyReLU, negative_slope=st.just(0.2)),
    "MaxPooling2D": poolings(layers.MaxPooling2D),
    "PReLU": lambda shape: made(
        layers.PReLU,
        shared_axes=st.none() | st.sets(st.integers(1, len(shape)), min_size=1).map(list),
        alpha_regularizer=penalties,
    ),
    "Permute": lambda shape: made(
        layers.Permute, dims=st.permutations(range(1, len(shape) + 1)).map(tuple)
    ),
    "ReLU": lambda shape: made(
        layers.ReLU,
        max_value=st.sampled_from([None, 1.5]),
        negative_slope=st.sampled_from([0.0, 0.1]),
        threshold=st.sampled_from([0.0, 0.2]),
    ),
    "RandomContrast": lambda shape: made(layers.RandomContrast, factor=st.just(0.5)),
    "Rescaling": lambda shape: made(
        layers.Rescaling,
        scale=st.sampled_from([0.5, [0.25 * (one + 2) for one in range(shape[-1])]]),
        offset=st.sampled_from([0.0, -1.0, [0.5 * one for one in range(shape[-1])]]),
    ),
    "Reshape": lambda shape: made(layers.Reshape, target_shape=st.just((*shape[:-2], -1))),
    "Resizing": lambda shape: made(
        layers.Resizing,
        height=st.integers(2, 6),
        width=st.integers(2, 6),
        interpolation=st.sampled_from(["nearest", "bilinear"]),
        pad_to_aspect_ratio=st.just(True),
        fill_value=st.sampled_from([0.0, 1.5]),
    ),
    "Softmax": lambda shape: made(
        layers.Softmax, axis=axes(shape) | st.just(tuple(range(1, len(shape) + 1)))
    ),
    "UpSampling2D": lambda shape: made(
        layers.UpSampling2D, size=sizes, interpolation=st.sampled_from(["nearest", "bilinear"])
    ),
    "ZeroPadding2D": lambda shape: made(
        layers.ZeroPadding2D, padding=st.sampled_from([1, (0, 2), ((1, 0), (2, 1))])
    ),
}
OF_IMAGES = [name for name in LAYERS if name.endswith("2D")] + ["RandomContrast", "Resizing"]
