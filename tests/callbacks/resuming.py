"""A small training with everything that could be forgotten, as a module and as a program.

As a program: ``python resuming.py FOLDER SAVE_FREQ HOOK NUMBER`` kills itself with ``kill -9`` at the
call NUMBER of HOOK; with HOOK "none" it trains to the end.
"""

import os
import signal
import sys
from pathlib import Path

import numpy as np

from minicnn import Sequential
from minicnn.callbacks import (
    BackupAndRestore,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from minicnn.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten
from minicnn.naming import clear_session
from minicnn.optimizers import SGD, Adam
from minicnn.optimizers.schedules import ExponentialDecay
from minicnn.random import set_random_seed, stream_state

data = np.random.default_rng(5)
X = data.integers(0, 255, size=(23, 6, 6, 1), dtype=np.uint8)
Y = data.integers(3, size=23)
EPOCHS, STEPS = 4, 5


def network(seed=1, optimizer=None):
    """Return a model with random weights; `seed` decides those, and all streams."""
    clear_session()
    set_random_seed(seed)
    model = Sequential(
        [
            Conv2D(2, 3, input_shape=(6, 6, 1)),
            BatchNormalization(momentum=0.8),
            Flatten(),
            Dropout(0.5),
            Dense(3, activation="softmax"),
        ]
    )
    metrics = ["accuracy", "sparse_top_k_categorical_accuracy"]
    model.compile(optimizer or Adam(0.01), "sparse_categorical_crossentropy", metrics=metrics)
    return model


def scheduled_network(seed=1):
    """Return the same with a schedule and momentum."""
    return network(seed, SGD(ExponentialDecay(0.05, 3, 0.9), momentum=0.9))


def watching_callbacks(folder):
    """Return callbacks that remember something from epoch to epoch."""
    return [
        LearningRateScheduler(lambda epoch, rate: rate * 0.7),
        ReduceLROnPlateau("val_accuracy", patience=1, factor=0.3, cooldown=1),
        EarlyStopping("val_loss", patience=2, restore_best_weights=True),
        ModelCheckpoint(folder / "best.keras", "val_accuracy", save_best_only=True),
        ModelCheckpoint(folder / "batch.weights.h5", save_weights_only=True, save_freq=3),
        CSVLogger(folder / "log.csv"),
    ]


def train(folder, model, callbacks, backup_first=False, **options):
    """Train with a backup; return the history."""
    backup = BackupAndRestore(folder / "backup", **options)
    return model.fit(
        X,
        Y,
        batch_size=5,
        epochs=EPOCHS,
        validation_split=0.1,
        callbacks=[backup, *callbacks] if backup_first else [*callbacks, backup],
        verbose=0,
    )


def everything(folder, model, history):
    """Return all bits that a training ends with."""
    return {
        "weights": [weight.tobytes() for weight in model.get_weights()],
        "optimizer": [variable.tobytes() for variable in model.optimizer.variables],
        "learning rate": model.optimizer.learning_rate,
        "dropout": model.layers[3].seed_state.tolist(),
        "history": history.history,
        "epochs": history.epoch,
        "random": stream_state(),
        "files": {
            path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()
        },
        "backup": (folder / "backup").exists(),
    }


def interrupting(action, **when):
    """Return a callback that acts at the call number of a hook: ``on_epoch_end=2``."""
    [(hook, number)] = when.items()
    calls = []

    def act(*_):
        calls.append(None)
        if len(calls) == number:
            action()

    return LambdaCallback(**{hook: act})


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    save_freq = sys.argv[2] if sys.argv[2] == "epoch" else int(sys.argv[2])
    callbacks = watching_callbacks(folder)
    if sys.argv[3] != "none":
        kill = lambda: os.kill(os.getpid(), signal.SIGKILL)  # noqa: E731
        callbacks.append(interrupting(kill, **{sys.argv[3]: int(sys.argv[4])}))
    model = network(seed=int(sys.argv[5]))
    history = train(folder, model, callbacks, save_freq=save_freq)
    np.savez(folder / "end.npz", *model.get_weights(), *model.optimizer.variables)
    print(history.history)
