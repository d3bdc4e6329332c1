"""Write `keras_events.npz`, the events that real Keras writes. Runs in an environment with Keras.

    TF_CPP_MIN_LOG_LEVEL=3 python tests/callbacks/tensorboard/make_keras_events.py

Needs the packages keras, tensorflow and tensorboard.
"""

import json
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util.tensor_util import make_ndarray

EPOCHS, BATCH_SIZE, TRAINED = 3, 4, 16
RUNS = {
    "epoch": {"update_freq": "epoch", "histogram_freq": 2, "write_steps_per_second": True},
    "batch": {"update_freq": "batch", "write_steps_per_second": True},
    "every 3 batches": {"update_freq": 3},
}


def trained(x, y, weights, folder, options):
    keras.backend.clear_session()
    model = keras.Sequential(
        [
            layers.Input((8, 8, 2)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.set_weights(weights)
    watch = keras.callbacks.TensorBoard(folder, **options)
    kept = x[TRAINED:], y[TRAINED:]
    model.fit(
        x[:TRAINED], y[:TRAINED], batch_size=BATCH_SIZE, epochs=EPOCHS, validation_data=kept,
        shuffle=False, callbacks=[watch], verbose=0,
    )  # fmt: skip
    model.evaluate(*kept, callbacks=[watch], verbose=0)


def events(folder):
    """Return (run, tag, step, value) of every number and histogram."""
    found = []
    for file in sorted(Path(folder).rglob("events*")):
        for event in EventFileLoader(str(file)).Load():
            for one in event.summary.value:
                plugin = one.metadata.plugin_data.plugin_name
                value = make_ndarray(one.tensor)
                numbers = value.tolist() if plugin in ("scalars", "histograms") else plugin
                found.append((file.parent.name, one.tag, event.step, numbers))
    return found


if __name__ == "__main__":
    random = np.random.default_rng(0)
    x = random.random((20, 8, 8, 2), np.float32)
    y = random.integers(0, 4, 20)
    shapes = [(3, 3, 2, 3), (3,), (27, 4), (4,)]
    weights = [random.normal(size=shape).astype(np.float32) * 0.3 for shape in shapes]
    written = {}
    for name, options in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            trained(x, y, weights, folder, options)
            written[name] = {"options": options, "events": events(folder)}
    parts = {f"weight{place}": weight for place, weight in enumerate(weights)}
    np.savez_compressed(
        Path(__file__).with_name("keras_events.npz"),
        x=x, y=y, events=json.dumps(written), keras=keras.__version__, **parts,
    )  # fmt: skip
