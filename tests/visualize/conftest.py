"""Models that pictures are drawn of."""

import pytest

from minicnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from minicnn.models import Sequential


@pytest.fixture
def lecture():
    return Sequential(
        [
            Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)),
            Conv2D(32, kernel_size=3, activation="relu"),
            Flatten(),
            Dense(10, activation="softmax"),
        ]
    )


@pytest.fixture
def convnet():
    return Sequential(
        [
            Conv2D(8, 3, padding="same", input_shape=(32, 32, 3)),
            MaxPooling2D(2),
            Conv2D(16, 3, padding="same"),
            MaxPooling2D(2),
            Dropout(0.5),
            Flatten(),
            Dense(10),
        ]
    )
