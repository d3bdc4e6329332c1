"""Compares callbacks with those of an installed Keras 3, line by line, over random trainings.

Not part of the test suite, which needs no Keras: ``python check_with_keras.py [TRAININGS]`` in an
environment that has Keras and minicnn. Both get the same logs; compared are what they print, save and
do to the learning rate, the weights and the logs. The numbers are eighths: exact in float32 too.
"""

import io
import os
import random
import sys
import tempfile
import warnings
from contextlib import redirect_stdout
from pathlib import Path

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}

import keras
import numpy as np
from keras import callbacks as keras_callbacks

import minicnn
from minicnn import callbacks as own_callbacks
from minicnn.layers import Dense

X, Y = np.zeros((4, 1)), np.zeros((4, 1))
NAMES = ("accuracy", "loss", "mae", "val_accuracy", "val_loss")


def models():
    """Return a model of each library, with one weight."""
    pair = (
        keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False)]),
        minicnn.Sequential([Dense(1, use_bias=False, input_shape=(1,))]),
    )
    for model in pair:
        model.compile("sgd", "mse", metrics=["accuracy", "mae"])
        model.evaluate(X, Y, verbose=0)  # Keras learns only here what its metrics are
    return pair


def early_stopping(draw):
    return (
        "EarlyStopping",
        (),
        {
            "patience": draw.randint(0, 3),
            "min_delta": draw.choice([0, 0.125, 0.25]),
            "baseline": draw.choice([None, None, 0.5, 0.25]),
            "restore_best_weights": draw.random() < 0.5,
            "start_from_epoch": draw.randint(0, 2),
        }
        | watched(draw),
    )


def reduce_lr_on_plateau(draw):
    return (
        "ReduceLROnPlateau",
        (),
        {
            "factor": draw.choice([0.5, 0.25]),
            "patience": draw.randint(0, 3),
            "min_delta": draw.choice([0, 0.125]),
            "cooldown": draw.randint(0, 2),
            "min_lr": draw.choice([0, 0.125, 0.03125]),
        }
        | watched(draw),
    )


def model_checkpoint(draw):
    weights = draw.random() < 0.5
    best = draw.random() < 0.6
    # Keras cannot tell the best before the end of the first epoch.
    save_freq = "epoch" if best else draw.choice(["epoch", 1, 2, 5])
    name = draw.choice(
        ["b", "e{epoch:02d}-{val_loss:.3f}", "b" if save_freq == "epoch" else "{batch}"]
    )
    return (
        "ModelCheckpoint",
        (name + (".weights.h5" if weights else ".keras"),),
        {
            "save_weights_only": weights,
            "save_best_only": best,
            "save_freq": save_freq,
            "initial_value_threshold": draw.choice([None, 0.5]),
        }
        | watched(draw),
    )


def learning_rate_scheduler(draw):
    rate = draw.choice([0.5, 0.25])
    schedule = draw.choice([lambda epoch, old: old * rate, lambda epoch: rate / 2**epoch])
    return "LearningRateScheduler", (schedule,), {"verbose": draw.randint(0, 1)}


def csv_logger(draw):
    return (
        "CSVLogger",
        ("log.csv",),
        {"separator": draw.choice(",;\t"), "append": draw.random() < 0.5},
    )


def watched(draw):
    return {
        "monitor": draw.choice(NAMES),
        "mode": draw.choice(["auto", "auto", "min", "max"]),
        "verbose": draw.randint(0, 1),
    }


KINDS = (
    early_stopping,
    reduce_lr_on_plateau,
    model_checkpoint,
    learning_rate_scheduler,
    csv_logger,
)


def trained(model, callback, epochs, batches):
    """Return everything that a callback does in a training with these logs."""
    saved, seen, text = [], [], io.StringIO()
    model.save = model.save_weights = lambda path, **options: saved.append(path)
    model.optimizer.learning_rate = 0.5
    model.stop_training = False
    callback.set_model(model)
    with redirect_stdout(text):
        callback.on_train_begin()
        for epoch, logs in enumerate(map(dict, epochs)):
            model.set_weights([np.full((1, 1), epoch, np.float32)])
            callback.on_epoch_begin(epoch)
            for batch in range(batches):
                callback.on_train_batch_end(batch, dict(logs))
            callback.on_epoch_end(epoch, logs)
            seen.append((logs, float(model.optimizer.learning_rate)))
            if model.stop_training:
                break
        callback.on_train_end()
    lines = [
        line for line in text.getvalue().splitlines() if line
    ]  # Keras begins with an empty one
    table = Path("log.csv").read_bytes() if Path("log.csv").exists() else None
    return lines, saved, seen, float(model.get_weights()[0][0, 0]), table


def main(trainings):
    draw = random.Random(trainings)
    pair, folders = models(), [tempfile.mkdtemp() for _ in range(2)]
    for number in range(trainings):
        name, arguments, options = draw.choice(KINDS)(draw)
        epochs = [{one: draw.randint(0, 8) / 8 for one in NAMES} for _ in range(draw.randint(1, 9))]
        batches = draw.randint(1, 4)
        done = []
        for library, model, folder in zip(
            (keras_callbacks, own_callbacks), pair, folders, strict=True
        ):
            os.chdir(folder)
            callback = getattr(library, name)(*arguments, **options)
            done.append(trained(model, callback, epochs, batches))
        if done[0] != done[1]:
            sys.exit(
                f"training {number}: {name}{arguments} {options}\n{epochs}\n{done[0]}\n{done[1]}"
            )
    print(
        f"{trainings} trainings: callbacks do and say the same as those of Keras {keras.__version__}"
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
