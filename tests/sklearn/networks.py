"""A network that other processes can import."""

from minicnn import Sequential
from minicnn.layers import Conv2D, Dense, Dropout, Flatten


def small(input_shape, outputs):
    return Sequential(
        [
            Conv2D(4, 3, activation="relu", input_shape=input_shape),
            Flatten(),
            Dropout(0.2),
            Dense(outputs, activation="softmax"),
        ]
    )
