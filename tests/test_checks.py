"""Argument validators return valid values in their stored type and explain all others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import Sequential, callbacks, checks, layers
from minicnn.errors import UnknownNameError
from minicnn.models import load_model
from minicnn.preprocessing import image_dataset_from_directory
from minicnn.utils import plot_model

ODD = [None, "3", 2.0, True, np.nan, [3], (3, 3, 3), {}, np.float32(2), np.bool_(True), "", b"1"]


@given(st.integers(-3, 5), st.sampled_from([int, np.int8, np.uint8, np.int64]))
def test_integer(value, dtype):
    if dtype is np.uint8 and value < 0:
        return
    if value >= 1:
        result = checks.integer("Dense", "units", dtype(value))
        assert result == value
        assert type(result) is int
    else:
        with pytest.raises(ValueError, match=r"^Dense: units must be an integer >= 1, got "):
            checks.integer("Dense", "units", dtype(value))


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_values_are_no_integers(value):
    with pytest.raises(ValueError, match=r"units must be an integer >= 0 and <= 9, got"):
        checks.integer("Dense", "units", value, minimum=0, maximum=9)


@pytest.mark.parametrize("value", [0, 0.5, np.float32(0.25), np.array(0.5), np.int64(0)], ids=repr)
def test_finite_number(value):
    result = checks.finite_number("SGD", "momentum", value, ge=0, lt=1)
    assert result == value
    assert type(result) is float


@pytest.mark.parametrize(
    "value",
    [1, -0.1, np.nan, np.inf, -np.inf, None, "0.5", True, [0.5], np.array([0.5]), 0.5j],
    ids=repr,
)
def test_numbers_outside_the_range(value):
    with pytest.raises(ValueError, match=r"^SGD: momentum must be a number >= 0 and < 1, got "):
        checks.finite_number("SGD", "momentum", value, ge=0, lt=1)


def test_limits_are_named_by_their_sign():
    with pytest.raises(ValueError, match=r"must be a number > 0, got 0"):
        checks.finite_number("Adam", "clipnorm", 0, gt=0)
    with pytest.raises(ValueError, match=r"must be a number >= 0 and <= 1, got 2"):
        checks.fraction("Loss", "label_smoothing", 2)
    with pytest.raises(ValueError, match=r"must be a number >= 0 and < 1, got 1"):
        checks.fraction("Dropout", "rate", 1, below_one=True)
    with pytest.raises(ValueError, match=r"^seed must be an integer, got 'x'"):
        checks.integer("", "seed", "x", minimum=None)


@pytest.mark.parametrize("value", [True, False, 0, 1, np.bool_(True)], ids=repr)
def test_boolean(value):
    assert checks.boolean("Layer", "trainable", value) is bool(value)


@pytest.mark.parametrize("value", ["False", None, 2, 1.0, [], np.zeros(2)], ids=repr)
def test_no_boolean(value):
    with pytest.raises(ValueError, match="trainable must be True or False, got"):
        checks.boolean("Layer", "trainable", value)


def test_choice():
    assert checks.choice("Conv2D", "padding", "Same", ("valid", "same")) == "same"
    for value in ("sme", None, 3, ["same"]):
        with pytest.raises(
            UnknownNameError, match=r"unknown padding of Conv2D .*There are: 'same'"
        ):
            checks.choice("Conv2D", "padding", value, ("valid", "same"))


@pytest.mark.parametrize("value", [3, [3, 3], (3, 3), np.array([3, 3]), np.int64(3)], ids=repr)
def test_pair(value):
    result = checks.pair("Conv2D", "kernel_size", value)
    assert result == (3, 3)
    assert all(type(size) is int for size in result)


@pytest.mark.parametrize(
    "value", [(3,), [3], (3, 3, 3), (), 0, (3, 0), "33", b"33", None, 3.0, np.array(3)], ids=repr
)
def test_no_pair(value):
    with pytest.raises(ValueError, match=r"kernel_size must be an integer >= 1 or a pair of them"):
        checks.pair("Conv2D", "kernel_size", value)


def test_text():
    assert checks.text("Dense", "name", "output") == "output"
    for value in ("", None, 3):
        with pytest.raises(ValueError, match="name must be a non-empty string, got"):
            checks.text("Dense", "name", value)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("load_model: filepath", lambda model: load_model(None)),
        ("load_weights: filepath", lambda model: model.load_weights(5)),
        ("save: filepath", lambda model: model.save(None)),
        ("save_weights: filepath", lambda model: model.save_weights(["m.h5"])),
        ("ModelCheckpoint: filepath", lambda model: callbacks.ModelCheckpoint(None)),
        ("CSVLogger: filename", lambda model: callbacks.CSVLogger(None)),
        ("BackupAndRestore: backup_dir", lambda model: callbacks.BackupAndRestore(7)),
        ("TensorBoard: log_dir", lambda model: callbacks.TensorBoard(None)),
        ("saving a picture: path", lambda model: plot_model(model, to_file=5)),
        (
            "image_dataset_from_directory: directory",
            lambda model: image_dataset_from_directory(None),
        ),
    ],
)
def test_what_is_no_path_is_named(name, call):
    model = Sequential([layers.Dense(1, input_shape=(2,))])
    with pytest.raises(TypeError, match=f"{name} must be a path, such as .*got "):
        call(model)
