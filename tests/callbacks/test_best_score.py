"""The best score is remembered where the training is continued, and only there."""

import os

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.callbacks import Callback, ModelCheckpoint
from minicnn.layers import Dense
from minicnn.models import load_model
from minicnn.saving import read_metadata

X, Y = np.ones((8, 2), np.float32), np.ones((8, 1), np.float32)


class Script(Callback):
    """Writes predefined losses into the logs."""

    def __init__(self, *losses):
        self.losses = list(losses)

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.losses.pop(0)


def network():
    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    return model


def fit(model, path, *losses, initial_epoch=0, **options):
    """Train as many epochs as there are losses, with a new `ModelCheckpoint`; return it."""
    checkpoint = ModelCheckpoint(path, save_best_only=True, **options)
    model.fit(
        X,
        Y,
        epochs=initial_epoch + len(losses),
        initial_epoch=initial_epoch,
        callbacks=[Script(*losses), checkpoint],
        verbose=0,
    )
    return checkpoint


@pytest.mark.parametrize("name", ["best.keras", "best.h5", "{epoch:02d}-{val_loss:.2f}.keras"])
def test_a_loaded_model_that_is_trained_on_does_not_overwrite_a_better_one(name, tmp_path):
    path = tmp_path / name
    fit(network(), path, 0.5, 0.3)
    (best,) = tmp_path.glob("02*") if "epoch" in name else [path]
    before = best.read_bytes()
    checkpoint = fit(load_model(best), path, 0.4)
    assert checkpoint.best == 0.3
    assert best.read_bytes() == before
    assert fit(load_model(best), path, 0.2).best == 0.2


def test_so_with_weights_that_bring_the_optimizer_along(tmp_path):
    path = tmp_path / "best.weights.h5"
    fit(network(), path, 0.5, save_weights_only=True)
    model = network()
    model.load_weights(path)
    assert fit(model, path, 0.6, save_weights_only=True).best == 0.5


def test_so_with_weights_alone_if_fit_is_told_the_epoch(tmp_path):
    path = tmp_path / "best.h5"
    fit(network(), path, 0.5, 0.3, save_weights_only=True)
    model = network()
    model.load_weights(path)
    assert fit(model, path, 0.4, save_weights_only=True, initial_epoch=2).best == 0.3


def test_a_new_model_begins_anew(tmp_path):
    path = tmp_path / "best.keras"
    fit(network(), path, 0.1)
    before = path.read_bytes()
    assert fit(network(), path, 0.9).best == 0.9
    assert path.read_bytes() != before


def test_a_model_that_came_less_far_is_another_one(tmp_path):
    path = tmp_path / "best.keras"
    fit(network(), path, 0.5, 0.3)
    model = network()
    model.fit(X, Y, verbose=0)  # one step, and the checkpoint had two
    assert fit(model, path, 0.9).best == 0.9


@pytest.mark.parametrize("change", ["checkpoint removed", "another monitor", "a threshold"])
def test_what_else_lets_it_begin_anew(change, tmp_path):
    path = tmp_path / "best.keras"
    fit(network(), path, 0.1)
    model = load_model(path)
    options = {}
    if change == "checkpoint removed":
        path.unlink()
    elif change == "another monitor":
        options["monitor"] = "loss"
    else:
        options["initial_value_threshold"] = 5.0
    assert fit(model, path, 0.9, **options).best != 0.1


def test_it_says_what_it_remembers(tmp_path, capsys):
    path = tmp_path / "best.keras"
    fit(network(), path, 0.25)
    fit(load_model(path), path, 0.5, verbose=1)
    assert capsys.readouterr().out == (
        "ModelCheckpoint: the best val_loss so far is 0.25000, of best.keras\n"
        "Epoch 1: val_loss did not improve from 0.25000\n"
    )


@pytest.mark.parametrize("name", ["best.keras", "best.h5", "best.weights.h5", "best.hdf5"])
def test_the_score_is_inside_the_checkpoint(name, tmp_path):
    fit(network(), tmp_path / name, 0.5, 0.25, save_weights_only=name == "best.weights.h5")
    assert os.listdir(tmp_path) == [name]
    assert read_metadata(tmp_path / name)["best"] == {
        "monitor": "val_loss",
        "best": 0.25,
        "epoch": 1,
        "iterations": 2,
    }


def test_of_several_checkpoints_the_best_before_this_one_counts(tmp_path):
    path = tmp_path / "{epoch}.keras"
    fit(network(), path, 0.5, 0.4, 0.3)
    assert fit(load_model(tmp_path / "2.keras"), path, 0.45).best == 0.4
    assert fit(load_model(tmp_path / "3.keras"), path, 0.45).best == 0.3


def test_a_damaged_checkpoint_is_not_one(tmp_path):
    path = tmp_path / "best.keras"
    fit(network(), path, 0.5)
    model = load_model(path)
    path.write_bytes(path.read_bytes()[:100])
    assert fit(model, path, 0.6).best == 0.6
