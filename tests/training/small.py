"""The small network and the data of the tests of `fit`."""

import numpy as np

from minicnn import Input, Sequential
from minicnn.layers import Conv2D, Dense, Flatten

X = np.random.default_rng(0).integers(0, 2, size=(10, 6, 6, 1))
NUMBERS = np.random.default_rng(1).integers(0, 3, size=10)
ONE_HOT = np.eye(3)[NUMBERS]


def network(loss="sparse_categorical_crossentropy", optimizer="sgd", **options):
    """Return the same untrained network each time, in float64, so that any order of sums agrees."""
    model = Sequential(
        [
            Input((6, 6, 1)),
            Conv2D(2, 3, activation="relu", dtype="float64"),
            Flatten(dtype="float64"),
            Dense(3, activation="softmax", dtype="float64"),
        ]
    )
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(scale=0.3, size=weight.shape) for weight in model.weights])
    model.compile(optimizer, loss, **{"metrics": ["accuracy"], **options})
    return model


def assert_same_weights(one, other):
    for got, expected in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-14)


def trained(*arguments, model=None, **options):
    model = model or network()
    model.fit(*arguments, **{"verbose": 0, "shuffle": False, "epochs": 2, **options})
    return model


def cut(size=4):
    """Return the data as a list of batches."""
    return [(X[low : low + size], NUMBERS[low : low + size]) for low in range(0, 10, size)]


def endless():
    """Yield the batches again and again."""
    while True:
        yield from cut()
