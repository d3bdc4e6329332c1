"""Texts and values are those of Keras 3.15; `check_with_keras.py` compares many more.

Keras begins each line with an empty one, so as not to write into its progress bar.
"""

import os

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.callbacks import ModelCheckpoint
from minicnn.errors import DataWarning
from minicnn.layers import Dense
from minicnn.models import load_model

X, Y = np.eye(4), np.array([0, 1, 1, 0])


def network():
    model = Sequential([Input((4,)), Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_after_every_epoch(train, losses, model, capsys):
    callback = ModelCheckpoint("e{epoch:02d}-{val_loss:.2f}.keras", verbose=1)
    train(callback, losses(0.5, 0.4))
    assert capsys.readouterr().out == (
        "Epoch 1: saving model to e01-0.50.keras\n"
        "Epoch 1: finished saving model to e01-0.50.keras\n"
        "Epoch 2: saving model to e02-0.40.keras\n"
        "Epoch 2: finished saving model to e02-0.40.keras\n"
    )
    assert model.saved == [("save", "e01-0.50.keras"), ("save", "e02-0.40.keras")]


def test_the_best_only(train, losses, model, capsys):
    callback = ModelCheckpoint("b.keras", verbose=1, save_best_only=True)
    train(callback, losses(0.5, 0.4, 0.45, 0.3))
    assert capsys.readouterr().out == (
        "Epoch 1: val_loss improved from None to 0.50000, saving model to b.keras\n"
        "Epoch 1: finished saving model to b.keras\n"
        "Epoch 2: val_loss improved from 0.50000 to 0.40000, saving model to b.keras\n"
        "Epoch 2: finished saving model to b.keras\n"
        "Epoch 3: val_loss did not improve from 0.40000\n"
        "Epoch 4: val_loss improved from 0.40000 to 0.30000, saving model to b.keras\n"
        "Epoch 4: finished saving model to b.keras\n"
    )
    assert model.saved == [("save", "b.keras")] * 3


def test_weights_better_than_a_threshold(train, losses, model, capsys):
    callback = ModelCheckpoint(
        "b.weights.h5",
        monitor="val_accuracy",
        verbose=1,
        save_best_only=True,
        save_weights_only=True,
        initial_value_threshold=0.55,
    )
    train(callback, losses(0.5, 0.4))
    assert capsys.readouterr().out == (
        "Epoch 1: val_accuracy did not improve from 0.55000\n"
        "Epoch 2: val_accuracy improved from 0.55000 to 0.60000, saving model to b.weights.h5\n"
        "Epoch 2: finished saving model to b.weights.h5\n"
    )
    assert model.saved == [("save_weights", "b.weights.h5")]


def test_after_so_many_batches(train, losses, model, capsys):
    callback = ModelCheckpoint("b{epoch}-{batch}.keras", verbose=1, save_freq=4)
    train(callback, losses(0.5, 0.4, 0.45), batches=3)
    assert capsys.readouterr().out.splitlines()[::2] == [
        "Epoch 2: saving model to b2-1.keras",
        "Epoch 3: saving model to b3-2.keras",
    ]


def test_the_best_after_so_many_batches(train, losses, model, capsys):
    callback = ModelCheckpoint("b.keras", "accuracy", 1, True, mode="min", save_freq=2)
    train(callback, losses(0.5, 0.4, 0.45), batches=3)
    assert capsys.readouterr().out == (
        "Epoch 1: accuracy improved from None to 0.50000, saving model to b.keras\n"
        "Epoch 1: finished saving model to b.keras\n"
        "Epoch 2: accuracy did not improve from 0.50000\n"
        "Epoch 2: accuracy did not improve from 0.50000\n"
        "Epoch 3: accuracy did not improve from 0.50000\n"
    )


def test_silent_unless_asked(train, losses, capsys):
    train(ModelCheckpoint("b.keras", save_best_only=True), losses(0.5, 0.6))
    assert capsys.readouterr().out == ""


def test_a_misspelt_monitor(train, losses):
    with pytest.warns(DataWarning, match="Did you mean 'val_accuracy'"):
        train(ModelCheckpoint("b.keras", "val_accurcy", save_best_only=True), losses(0.5))


def test_a_monitor_of_the_validation_is_not_known_after_a_batch(train):
    callback = ModelCheckpoint("b.keras", save_best_only=True, save_freq=1)
    with pytest.warns(DataWarning, match="known only at the end of an epoch"):
        train(callback, [{"loss": 1.0}], batches=1)


def test_the_monitor_does_not_matter_where_all_are_saved(train, model):
    train(ModelCheckpoint("b.keras"), [{"loss": 1.0}])
    assert len(model.saved) == 1


@pytest.mark.parametrize("save_freq", ["batch", 0, -1, True, 1.5, None])
def test_a_frequency_that_is_none(save_freq):
    with pytest.raises(ValueError, match="'epoch' or a number of batches"):
        ModelCheckpoint("b.keras", save_freq=save_freq)


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.hdf5"])
def test_a_real_model_in_a_folder_that_is_made(name, tmp_path):
    model = network()
    path = tmp_path / "new" / "folder" / name
    model.fit(X, Y, callbacks=[ModelCheckpoint(path)], verbose=0)
    loaded = load_model(path)
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("name", ["w.weights.h5", "w.h5", "w.hdf5"])
def test_real_weights(name, tmp_path):
    model, other = network(), network()
    checkpoint = ModelCheckpoint(tmp_path / name, save_weights_only=True)
    model.fit(X, Y, callbacks=[checkpoint], verbose=0)
    other.load_weights(tmp_path / name)
    np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))


def test_its_lines_stand_alone_beside_the_progress_bar(tmp_path, capsys):
    checkpoint = ModelCheckpoint(tmp_path / "b.keras", "loss", 1, save_best_only=True)
    network().fit(X, Y, epochs=2, batch_size=1, callbacks=[checkpoint], verbose=1)
    lines = [line.rpartition("\r")[2] for line in capsys.readouterr().out.splitlines()]
    told = [line for line in lines if "loss improved" in line or "finished" in line]
    assert len(told) == 4
    assert all(line.startswith("Epoch ") for line in told)


def test_a_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / "b.keras").mkdir()
    with pytest.raises(IsADirectoryError, match=r"b\.keras"):
        network().fit(X, Y, callbacks=[ModelCheckpoint(tmp_path / "b.keras")], verbose=0)


def test_all_saved_leave_nothing_beside(tmp_path):
    network().fit(
        X, Y, callbacks=[ModelCheckpoint(tmp_path / "{epoch}.keras")], verbose=0, epochs=2
    )
    assert sorted(os.listdir(tmp_path)) == ["1.keras", "2.keras"]


def test_a_period_of_epochs_as_in_keras_2(train, losses, model):
    with pytest.warns(DeprecationWarning, match="save_freq, in batches"):
        callback = ModelCheckpoint("{epoch}.keras", period=2)
    train(callback, losses(0.5, 0.4, 0.3, 0.2, 0.1))
    assert [path for _, path in model.saved] == ["2.keras", "4.keras"]
