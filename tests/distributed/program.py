"""Train a small network, as a user's program does; `test_mpi` starts it with mpiexec.

Usage: program.py FOLDER [what goes wrong on the last rank, in step 7]
"""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

import minicnn.distributed as hvd
from minicnn import Sequential
from minicnn.callbacks import BackupAndRestore, Callback, CSVLogger, ModelCheckpoint
from minicnn.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input
from minicnn.random import set_random_seed

folder, failure = Path(sys.argv[1]), (sys.argv[2:] or [""])[0]
hvd.init(timeout=8 if failure == "hang" else 200)
set_random_seed(4)


class Fail(Callback):
    steps = 0
    state_attributes = ("steps",)

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if failure and self.steps == 7 and hvd.rank() == hvd.size() - 1:
            if failure == "error":
                raise RuntimeError("the last rank has a problem")
            if failure == "exit":
                sys.exit(3)
            if failure == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if failure == "hang":
                time.sleep(3600)


rng = np.random.default_rng(0)
x, y = rng.integers(0, 255, (29, 8, 8, 1), np.uint8), rng.integers(0, 3, 29)
model = Sequential(
    [
        Input((8, 8, 1)),
        Conv2D(4, 3, activation="relu", use_bias=False, kernel_regularizer="l2"),
        BatchNormalization(synchronized=True),
        Flatten(),
        Dropout(0.2),
        Dense(3, activation="softmax"),
    ]
)
model.compile(
    hvd.DistributedOptimizer("adam"), "sparse_categorical_crossentropy", metrics=["accuracy"]
)
print("training")
history = model.fit(
    x / 255,
    y,
    batch_size=7,
    epochs=4,
    validation_split=0.2,
    callbacks=[
        Fail(),
        CSVLogger(folder / "log.csv"),
        ModelCheckpoint(folder / "best.keras", save_best_only=True),
        BackupAndRestore(folder / "backup", save_freq=3),
        hvd.BroadcastGlobalVariablesCallback(0),
        hvd.MetricAverageCallback(),
    ],
)
model.save(folder / "model.keras")
np.savez(
    folder / f"rank{hvd.rank()}.npz",
    *model.get_weights(),
    loss=history.history["loss"],
    val_loss=history.history["val_loss"],
    local=[hvd.local_rank(), hvd.local_size(), hvd.rank(), hvd.size()],
)
print("trained")
