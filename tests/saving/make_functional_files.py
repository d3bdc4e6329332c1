"""Write `files/functional.zip`: models that are graphs, saved by real Keras 3 and Keras 2 (tf_keras).

Run where both are installed: ``python make_functional_files.py``. Beside each file of a model is an
``.npz`` with inputs, outputs, weights, and the weights after one more step of training.
"""

import tempfile
import zipfile
from pathlib import Path

import numpy as np

GOAL = Path(__file__).parent / "files" / "functional.zip"
DRAW = np.random.default_rng(0)
IMAGES = DRAW.random((8, 6, 6, 1), dtype="float32")
VECTORS = DRAW.random((8, 3), dtype="float32")
ONE_HOT = np.eye(2, dtype="float32")[DRAW.integers(0, 2, 8)]
VALUES = DRAW.random((8, 1), dtype="float32")


def chain(keras):
    """A chain of layers, made by calling them."""
    layers = keras.layers
    x = layers.Input((6, 6, 1), name="image")
    y = layers.Conv2D(2, 3, activation="relu", name="conv")(x)
    y = layers.Flatten(name="flat")(layers.MaxPooling2D(2, name="pool")(y))
    model = keras.Model(x, layers.Dense(2, activation="softmax", name="out")(y), name="chain")
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model, IMAGES, ONE_HOT


def graph(keras):
    """Two inputs and two outputs, layers that are called twice, a model inside the model."""
    layers = keras.layers
    a, b = layers.Input((6, 6, 1), name="a"), layers.Input((3,), name="b")
    inner = keras.Sequential(
        [
            layers.Input((3,)) if keras.__name__ == "keras" else layers.InputLayer((3,)),
            layers.Dense(4, activation="relu", name="inner_dense"),
            layers.BatchNormalization(name="inner_norm"),
        ],
        name="inner",
    )
    z = layers.Flatten(name="flat")(layers.Conv2D(2, 3, activation="relu", name="conv")(a))
    u, v = inner(b), inner(layers.Dense(3, name="before")(b))
    w = layers.Add(name="add")([u, v])
    joined = layers.Concatenate(name="joined")([z, w])
    outputs = [
        layers.Dense(2, activation="softmax", name="kind")(joined),
        layers.Dense(1, name="value")(w),
    ]
    model = keras.Model([a, b], outputs, name="graph")
    model.compile("sgd", ["categorical_crossentropy", "mse"])
    return model, [IMAGES, VECTORS], [ONE_HOT, VALUES]


def write(folder, library, keras):
    """Train, save and describe both models."""
    for make in (chain, graph):
        keras.utils.set_random_seed(1)
        model, x, y = make(keras)
        model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0)
        # Keras 3.15 forgets the optimizer when it has saved an .h5 file: that comes last.
        endings = (["keras", "weights.h5"] if library == "keras3" else []) + ["h5"]
        outputs = model.predict(x, verbose=0)
        said = {f"weight{n}": weight for n, weight in enumerate(model.get_weights())}
        for number, output in enumerate(outputs if isinstance(outputs, list) else [outputs]):
            said[f"output{number}"] = output
        for ending in endings:
            save = model.save_weights if ending == "weights.h5" else model.save
            save(folder / f"{library}_{make.__name__}.{ending}")
        model.train_on_batch(x, y)
        said |= {f"after{n}": weight for n, weight in enumerate(model.get_weights())}
        np.savez(folder / f"{library}_{make.__name__}.npz", **said)


if __name__ == "__main__":
    import keras
    import tf_keras

    with tempfile.TemporaryDirectory() as name:
        for library, module in (("keras3", keras), ("keras2", tf_keras)):
            write(Path(name), library, module)
        with zipfile.ZipFile(GOAL, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(name).iterdir()):
                archive.write(path, path.name)
