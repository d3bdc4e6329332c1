"""A small network that learns a little, and the events that real Keras wrote of it."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorboard")

from minicnn import Sequential, layers
from minicnn.optimizers import Adam

collect_ignore = ["make_keras_events.py"]
EPOCHS, BATCH_SIZE, TRAINED = 3, 4, 16


@pytest.fixture(scope="session")
def keras_values():
    with np.load(Path(__file__).with_name("keras_events.npz")) as file:
        values = dict(file)
    values["events"] = json.loads(str(values["events"]))
    return values


@pytest.fixture
def model(keras_values):
    model = Sequential(
        [
            layers.Conv2D(3, 3, activation="relu", input_shape=(8, 8, 2)),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile(Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.set_weights([keras_values[f"weight{place}"] for place in range(4)])
    return model


@pytest.fixture
def train(model, keras_values):
    """Train as `make_keras_events.py` does, with a callback; return the history."""
    x, y = keras_values["x"], keras_values["y"]

    def training(callback, **options):
        return model.fit(
            x[:TRAINED],
            y[:TRAINED],
            callbacks=[callback],
            **{
                "batch_size": BATCH_SIZE,
                "epochs": EPOCHS,
                "validation_data": (x[TRAINED:], y[TRAINED:]),
                "shuffle": False,
                "verbose": 0,
            }
            | options,
        )

    return training


@pytest.fixture
def kept(keras_values):
    """Return the validation examples."""
    return keras_values["x"][TRAINED:], keras_values["y"][TRAINED:]
