"""The networks that can be trained by name.

Those that learn better from pixels of 0 to 1 have `Rescaling` as their first layer, so that all of
them take pictures as they are.
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
    Rescaling,
)
from minicnn.models import Sequential

ImageShape = tuple[int, int, int]

FULL_SIZE = 12
"""Rows and columns from which LeNet-5 and the convnet can be as they were published.

Smaller images would be used up by the second convolution, so it keeps their size instead.
"""


def make_network(name: str, shape: ImageShape, classes: int) -> Sequential:
    """Make a network for images of a size, and compile it."""
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


def _mlp(shape: ImageShape) -> list[Layer]:
    return [
        Rescaling(1 / 255, input_shape=shape),
        Flatten(),
        Dense(128, activation="relu"),
    ]


def _padding(shape: ImageShape) -> str:
    return "valid" if min(shape[:2]) >= FULL_SIZE else "same"


NETWORKS: dict[str, Callable[[ImageShape], list[Layer]]] = {
    "lecture": _lecture,
    "lenet5": _lenet5,
    "convnet": _convnet,
    "mlp": _mlp,
}
"""All but their last layer, by name."""
