"""The networks that an estimator makes when it is given a name, or nothing."""

from typing import Any

from minicnn.errors import ShapeError, unknown_name
from minicnn.layers import Conv2D, Dense, Flatten, Layer, MaxPooling2D
from minicnn.models import Sequential


def make_network(
    network: Any, input_shape: tuple[int, ...], outputs: int, activation: str
) -> Sequential:
    """Return a new, built model."""
    if isinstance(network, str):
        if network not in NETWORKS:
            raise unknown_name("network", network, NETWORKS)
        model = Sequential(
            [*NETWORKS[network](input_shape), *_top(input_shape, outputs, activation)]
        )
    elif callable(network):
        model = network(input_shape, outputs)
    else:
        raise TypeError(
            "network takes 'auto', 'lecture' or a function of (input_shape, outputs) that returns a "
            f"Sequential, got {network!r}."
        )
    if not isinstance(model, Sequential):
        raise TypeError(f"the function for network must return a Sequential, got {model!r}.")
    model.build((None, *input_shape))
    if model.output_shape != (None, outputs):
        raise ShapeError(
            f"the data need a network that gives {outputs} numbers for every example, and this one's "
            f"output has shape {model.output_shape}. End it with Dense(outputs)."
        )
    return model


def _auto(input_shape: tuple[int, ...]) -> list[Layer]:
    """Return a small network: two convolutions for images, a hidden layer for rows of features."""
    if len(input_shape) == 1:
        # In float64, which costs little here: results do not depend on how rows are batched.
        return [Dense(64, activation="relu", dtype="float64")]
    return [
        Conv2D(16, 3, padding="same", activation="relu"),
        MaxPooling2D(2, padding="same"),
        Conv2D(32, 3, padding="same", activation="relu"),
        MaxPooling2D(2, padding="same"),
        Flatten(),
    ]


def _lecture(input_shape: tuple[int, ...]) -> list[Layer]:
    """Return the lecture's two convolutions."""
    return [Conv2D(64, 3, activation="relu"), Conv2D(32, 3, activation="relu"), Flatten()]


def _top(input_shape: tuple[int, ...], outputs: int, activation: str) -> list[Layer]:
    dtype = "float64" if len(input_shape) == 1 else "float32"
    return [Dense(outputs, activation=activation, dtype=dtype)]


NETWORKS = {"auto": _auto, "lecture": _lecture}
