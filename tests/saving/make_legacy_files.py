"""Write ``files/legacy.zip``, the files of real Keras 2 and 3 other than ``.keras``, for the tests.

Neither is a dependency of minicnn; run this where both are installed (`tests/exchange/run` makes such
a place), and only to add a case; Keras 3.15 and tf_keras 2.21 made what is here:

    TF_CPP_MIN_LOG_LEVEL=3 python tests/saving/make_legacy_files.py

Beside each file, as ``<its name>.npz``, stands what Keras says about it: the prediction ``y`` for the
images ``x``, the weights, and those after one more step with the ``labels``, ``after``.
"""

import io
import tempfile
import zipfile
from pathlib import Path

import keras
import numpy as np
import tf_keras

ARCHIVE = Path(__file__).parent / "files" / "legacy.zip"
SHAPE = (6, 6, 1)


def body(library):
    """Return layers of which Keras 2 and 3 write other configs."""
    layers = library.layers
    return [
        layers.InputLayer(SHAPE),
        layers.Conv2D(2, 3, activation="relu", kernel_regularizer=library.regularizers.L2(1e-3)),
        layers.BatchNormalization(),
        layers.LeakyReLU(0.2),
        layers.Conv2D(3, 2, activation=layers.LeakyReLU(0.1), use_bias=False),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(4, activation="softmax"),
    ]


def made(library, optimizer):
    model = library.Sequential(body(library))
    loss = library.losses.SparseCategoricalCrossentropy()
    top = library.metrics.SparseTopKCategoricalAccuracy(2)
    model.compile(optimizer, loss, metrics=["accuracy", top])
    return model


CASES = {
    "keras3_adam.h5": (keras, lambda: keras.optimizers.Adam(0.01)),
    "keras3.weights.h5": (keras, lambda: keras.optimizers.SGD(0.1, momentum=0.9)),
    "keras2_adam.h5": (tf_keras, lambda: tf_keras.optimizers.Adam(0.01, amsgrad=True)),
    "keras2_decaying_adam.h5": (
        tf_keras,
        lambda: tf_keras.optimizers.legacy.Adam(0.01, decay=0.1),
    ),
    "keras2_rmsprop.h5": (tf_keras, lambda: tf_keras.optimizers.RMSprop(momentum=0.5)),
    "keras2_sgd.keras": (tf_keras, lambda: tf_keras.optimizers.SGD(0.1)),
    "keras2_weights.h5": (tf_keras, lambda: tf_keras.optimizers.Adam()),
}


def main():
    draw = np.random.default_rng(0)
    x = draw.random((6, *SHAPE), dtype="float32")
    labels = draw.integers(0, 4, 6)
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, (library, make_optimizer) in CASES.items():
            library.utils.set_random_seed(1)
            library.backend.clear_session()
            model = made(library, make_optimizer())
            model.fit(x, labels, epochs=2, batch_size=4, verbose=0)
            path = Path(folder) / name
            write = model.save_weights if "weights" in name else model.save
            write(path)
            archive.write(path, name)
            archive.writestr(f"{name}.npz", said_by(model, x, labels))


def said_by(model, x, labels):
    said = {"x": x, "labels": labels, "y": model.predict(x, verbose=0)}
    said |= {f"weight{place}": one for place, one in enumerate(model.get_weights())}
    model.train_on_batch(x, labels)
    said |= {f"after{place}": one for place, one in enumerate(model.get_weights())}
    content = io.BytesIO()
    np.savez(content, **said)
    return content.getvalue()


if __name__ == "__main__":
    main()
