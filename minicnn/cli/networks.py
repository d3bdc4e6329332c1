"""The networks that can be trained by name, for pixels of 0 to 255."""

from collections.abc import Callable

from minicnn.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    Layer,
    MaxPooling2D,
    RandomFlip,
    RandomTranslation,
    RandomZoom,
    Rescaling,
)
from minicnn.models import Sequential

FULL_SIZE = 12
"""Rows and columns for LeNet-5 and the convnet as published.

The second convolution would use up smaller images, so it keeps their size instead.
"""


def make_network(name: str, shape: tuple[int, int, int], classes: int) -> Sequential:
    """Return a compiled network for images of a size."""
    # All but the lecture's learn better from 0 to 1.
    start = [Input(shape)] if name == "lecture" else [Input(shape), Rescaling(1 / 255)]
    hidden = NETWORKS[name]("valid" if min(shape[:2]) >= FULL_SIZE else "same")
    model = Sequential([*start, *hidden, Dense(classes, activation="softmax")], name=name)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _lecture(_: str) -> list[Layer]:
    return [
        Conv2D(64, kernel_size=3, activation="relu"),
        Conv2D(32, kernel_size=3, activation="relu"),
        Flatten(),
    ]


def _lenet5(padding: str) -> list[Layer]:
    """LeCun et al. 1998, "Gradient-based learning applied to document recognition", figure 2."""
    return [
        Conv2D(6, kernel_size=5, padding="same", activation="tanh"),
        AveragePooling2D(2),
        Conv2D(16, kernel_size=5, padding=padding, activation="tanh"),
        AveragePooling2D(2),
        Flatten(),
        Dense(120, activation="tanh"),
        Dense(84, activation="tanh"),
    ]


def _convnet(padding: str) -> list[Layer]:
    return [
        Conv2D(32, kernel_size=3, padding=padding, activation="relu"),
        MaxPooling2D(2),
        Conv2D(64, kernel_size=3, padding=padding, activation="relu"),
        MaxPooling2D(2),
        Flatten(),
        Dropout(0.5),
    ]


def _photos(_: str) -> list[Layer]:
    """Three convolutions with pooling, for photographs that vary at random in training."""
    layers: list[Layer] = [
        RandomFlip("horizontal"),
        RandomTranslation(0.1, 0.1),
        RandomZoom(0.1),
    ]
    for filters in (16, 32, 64):
        layers += [Conv2D(filters, 3, padding="same", activation="relu"), MaxPooling2D(2)]
    return [*layers, Flatten(), Dense(64, activation="relu"), Dropout(0.5)]


def _mlp(_: str) -> list[Layer]:
    return [Flatten(), Dense(128, activation="relu")]


NETWORKS: dict[str, Callable[[str], list[Layer]]] = {
    "lecture": _lecture,
    "lenet5": _lenet5,
    "convnet": _convnet,
    "mlp": _mlp,
    "photos": _photos,
}
"""Hidden layers of each network, made from the padding of its convolutions."""
