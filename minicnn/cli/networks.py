"""The networks that can be trained by name, for pixels of 0 to 255.

Those that learn better from 0 to 1 have `Rescaling` as their first layer.
"""

from collections.abc import Callable

from minicnn.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    RandomFlip,
    RandomTranslation,
    RandomZoom,
    Rescaling,
)
from minicnn.models import Sequential

ImageShape = tuple[int, int, int]

FULL_SIZE = 12
"""Rows and columns for LeNet-5 and the convnet as published.

The second convolution would use up smaller images, so it keeps their size instead.
"""


def make_network(name: str, shape: ImageShape, classes: int) -> Sequential:
    """Return a compiled network for images of a size."""
    layers = [*NETWORKS[name](shape), Dense(classes, activation="softmax")]
    model = Sequential(layers, name=name)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _lecture(shape: ImageShape) -> list[Layer]:
    return [
        Conv2D(64, kernel_size=3, activation="relu", input_shape=shape),
        Conv2D(32, kernel_size=3, activation="relu"),
        Flatten(),
    ]


def _lenet5(shape: ImageShape) -> list[Layer]:
    """LeCun et al. 1998, "Gradient-based learning applied to document recognition", figure 2."""
    return [
        Rescaling(1 / 255, input_shape=shape),
        Conv2D(6, kernel_size=5, padding="same", activation="tanh"),
        AveragePooling2D(2),
        Conv2D(16, kernel_size=5, padding=_padding(shape), activation="tanh"),
        AveragePooling2D(2),
        Flatten(),
        Dense(120, activation="tanh"),
        Dense(84, activation="tanh"),
    ]


def _convnet(shape: ImageShape) -> list[Layer]:
    return [
        Rescaling(1 / 255, input_shape=shape),
        Conv2D(32, kernel_size=3, padding=_padding(shape), activation="relu"),
        MaxPooling2D(2),
        Conv2D(64, kernel_size=3, padding=_padding(shape), activation="relu"),
        MaxPooling2D(2),
        Flatten(),
        Dropout(0.5),
    ]


def _photos(shape: ImageShape) -> list[Layer]:
    """Three convolutions with pooling, for photographs that vary at random in training."""
    layers: list[Layer] = [
        Rescaling(1 / 255, input_shape=shape),
        RandomFlip("horizontal"),
        RandomTranslation(0.1, 0.1),
        RandomZoom(0.1),
    ]
    for filters in (16, 32, 64):
        layers += [Conv2D(filters, 3, padding="same", activation="relu"), MaxPooling2D(2)]
    return [*layers, Flatten(), Dense(64, activation="relu"), Dropout(0.5)]


def _mlp(shape: ImageShape) -> list[Layer]:
    return [Rescaling(1 / 255, input_shape=shape), Flatten(), Dense(128, activation="relu")]


def _padding(shape: ImageShape) -> str:
    return "valid" if min(shape[:2]) >= FULL_SIZE else "same"


NETWORKS: dict[str, Callable[[ImageShape], list[Layer]]] = {
    "lecture": _lecture,
    "lenet5": _lenet5,
    "convnet": _convnet,
    "mlp": _mlp,
    "photos": _photos,
}
"""All but their last layer, by name."""
