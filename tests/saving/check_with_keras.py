"""Exchange models with real Keras, both ways. For Keras' own environment; no pytest is needed.

    TF_CPP_MIN_LOG_LEVEL=3 PYTHONPATH=. python tests/saving/check_with_keras.py

What minicnn reads of Keras' files and writes again, Keras must load, predict the same with, and
train on as if nothing had happened.
"""

import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
from keras import layers, optimizers

from minicnn.saving import read_model, read_weights, write_model, write_weights

SHAPE, CLASSES = (12, 12, 2), 3


def lecture():
    return [
        layers.Conv2D(8, (3, 3), activation="relu", input_shape=SHAPE),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(8, (3, 3), activation="relu"),
        layers.Flatten(),
        layers.Dense(16, activation="relu"),
        layers.Dense(CLASSES, activation="softmax"),
    ]


def every_layer():
    return [
        layers.Input(SHAPE),
        layers.Rescaling(0.5, offset=0.1),
        layers.ZeroPadding2D(((1, 0), (0, 1))),
        layers.Conv2D(4, 3, padding="same", groups=2, kernel_regularizer="l2"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(),
        layers.Conv2D(4, 3, use_bias=False, dilation_rate=2, kernel_initializer="he_normal"),
        layers.BatchNormalization(scale=False),
        layers.LeakyReLU(),
        layers.AveragePooling2D(1),
        layers.Dropout(0.0),
        layers.Reshape((4, 1, 4)),
        layers.Activation("tanh"),
        layers.GlobalAveragePooling2D(),
        layers.Reshape((2, 2, 1)),
        layers.GlobalMaxPooling2D(),
        layers.Dense(CLASSES),
        layers.Softmax(),
    ]


def frozen():
    hidden = layers.Dense(5, activation="gelu")
    hidden.trainable = False
    return [layers.Input(SHAPE), layers.Flatten(), hidden, layers.Dense(CLASSES, "softmax")]


STACKS = [lecture, every_layer, frozen]
OPTIMIZERS = [
    lambda: optimizers.Adam(),
    lambda: optimizers.AdamW(1e-3, weight_decay=1e-2, amsgrad=True),
    lambda: optimizers.SGD(0.1),
    lambda: optimizers.SGD(0.1, momentum=0.9, clipnorm=1.0),
    lambda: optimizers.RMSprop(optimizers.schedules.ExponentialDecay(1e-3, 10, 0.9), momentum=0.5),
    lambda: optimizers.RMSprop(centered=True),
]


def check(stack, make_optimizer, folder, x, y):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(stack())
    model.compile(make_optimizer(), "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=1, verbose=0, shuffle=False)
    by_keras, by_us = folder / "keras.keras", folder / "minicnn.keras"
    model.save(by_keras)

    saved = read_model(by_keras)
    records = [one for one in saved.layers if one.class_name != "InputLayer"]
    assert [one.name for one in records] == [one.name for one in model.layers]
    for record, layer in zip(records, model.layers, strict=True):
        equal(record.weights, layer.get_weights())
    equal(saved.optimizer, [one.numpy() for one in model.optimizer.variables])

    write_model(by_us, *saved)
    loaded = keras.saving.load_model(by_us)
    equal([loaded.predict(x, verbose=0)], [model.predict(x, verbose=0)])
    equal([one.numpy() for one in loaded.optimizer.variables], saved.optimizer)
    model.train_on_batch(x, y)
    loaded.train_on_batch(x, y)
    equal(loaded.get_weights(), model.get_weights())

    weights = folder / "minicnn.weights.h5"
    write_weights(weights, records, saved.optimizer)
    model.load_weights(weights)
    equal(model.get_weights(), [weight for record in records for weight in record.weights])
    model.save_weights(weights)
    again = read_weights(weights, [(one.class_name, one.name) for one in records])
    equal([weight for record in again.layers for weight in record.weights], model.get_weights())


def equal(got, expected):
    assert len(got) == len(expected), (len(got), len(expected))
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_array_equal(one, other, strict=True)


def main():
    generator = np.random.default_rng(0)
    x = generator.random((8, *SHAPE), dtype="float32")
    y = np.eye(CLASSES, dtype="float32")[generator.integers(0, CLASSES, 8)]
    # Keras says so in a warning where it cannot load an optimizer's state.
    warnings.filterwarnings("error", message="Skipping variable loading")
    with tempfile.TemporaryDirectory() as folder:
        for stack in STACKS:
            for make_optimizer in OPTIMIZERS if stack is frozen else OPTIMIZERS[:1]:
                check(stack, make_optimizer, Path(folder), x, y)
                print("exchanged:", stack.__name__, make_optimizer().__class__.__name__)


if __name__ == "__main__":
    main()
