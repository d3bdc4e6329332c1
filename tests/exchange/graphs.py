"""Exchange a model that is a graph: two inputs and outputs, merging layers, shared layers and models."""

from pathlib import Path
from typing import Any

import numpy as np
from architectures import MERGING
from sides import KERAS_2, KERAS_3, OURS, Side

DRAW = np.random.default_rng(3)
X = [DRAW.random((6, 8, 8, 2), dtype="float32"), DRAW.random((6, 4), dtype="float32")]
Y = [np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2]], DRAW.random((6, 1), dtype="float32")]
NEAR = 1e-5


def make(side: Side, model_inside: str) -> Any:
    """Return the compiled graph, with a model of that class inside it or the layers themselves."""
    layers, models = side.library.layers, side.library.models
    image, vector = layers.Input((8, 8, 2), name="image"), layers.Input((4,), name="vector")
    shared = layers.Conv2D(3, 3, padding="same", activation="relu", name="shared")
    first = shared(image)
    second = shared(layers.Conv2D(2, 1, name="before")(image))
    merged = [
        getattr(layers, name)(name=f"merge_{name.lower()}")([first, second]) for name in MERGING
    ]
    maps = layers.Concatenate(name="maps")(merged)
    pooled = layers.GlobalAveragePooling2D(name="pooled")(maps)
    chain = [layers.Dense(5, activation="tanh", name="a"), layers.BatchNormalization(name="b")]
    if model_inside == "Sequential":
        inside = models.Sequential([layers.InputLayer((4,), name="start"), *chain], name="inside")
        hidden = inside(vector)
    elif model_inside:
        start = layers.Input((4,), name="start")
        hidden = models.Model(start, chain[1](chain[0](start)), name="inside")(vector)
    else:
        hidden = chain[1](chain[0](vector))
    joined = layers.Concatenate(name="joined")([pooled, hidden])
    outputs = [
        layers.Dense(3, activation="softmax", name="kind")(joined),
        layers.Dense(1, name="value")(hidden),
    ]
    model = models.Model([image, vector], outputs, name="graph")
    optimizer = side.library.optimizers.SGD(0.05, momentum=0.9)
    model.compile(optimizer, ["categorical_crossentropy", "mse"])
    return side.prepared(model)


def exchange(folder: Path) -> None:
    """Read the files of each library with the other."""
    for keras in (KERAS_3, KERAS_2):
        for model_inside in ("", "Sequential", "Functional"):
            names = ["graph.h5"] + ["graph.keras", "graph.weights.h5"] * (keras is KERAS_3)
            for name in names:
                for writer, reader in ((OURS, keras), (keras, OURS)):
                    _exchange(folder / name, writer, reader, model_inside)


def _exchange(path: Path, writer: Side, reader: Side, model_inside: str) -> None:
    writer.library.utils.set_random_seed(5)
    model = make(writer, model_inside)
    model.train_on_batch(X, Y)
    if path.name == "graph.weights.h5":
        model.save_weights(path)
        other = make(reader, model_inside)
        other.train_on_batch(X, Y)  # before that Keras' optimizer has no variables to load
        other.load_weights(path)
    else:
        model.save(path)
        other = reader.load(path)
    _same(model, other)
    # Keras 3 loads no .h5, its own neither, with an optimizer that can go on.
    if not (reader is KERAS_3 and path.name == "graph.h5"):
        for one in (model, other):
            one.train_on_batch(X, Y)
        if KERAS_2 not in (writer, reader):  # it has another moving variance
            _same(model, other)


def _same(model: Any, other: Any) -> None:
    for one, another in zip(model.predict_on_batch(X), other.predict_on_batch(X), strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(another), atol=NEAR)
