"""Files of every Keras since version 0 can be loaded."""

import json
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from minicnn import Input, Sequential, layers, optimizers
from minicnn.errors import DataWarning, FileFormatError
from minicnn.models import load_model, model_from_json
from minicnn.models.files.optimizer_state import fitting_state
from minicnn.optimizers import Adam
from minicnn.saving import OptimizerRecord

from .old_files import ADAM, KERAS_0, SHAPES, STATES, STEPS, M, V, W, keras_1, write_model

FILES = Path(__file__).parents[1] / "saving" / "files"
SLOTS = {
    "adam": {"momentum": M, "velocity": V},
    "amsgrad": {"momentum": M, "velocity": V, "velocity_hat": W},
    "momentum": {"momentum": M},
    "nadam": {"momentum": M, "velocity": V},
    "rmsprop": {"velocity": M},
    "sgd": {},
}


@pytest.mark.parametrize("name", STATES)
def test_the_state_of_every_version_is_restored(name, tmp_path):
    write_model(tmp_path / "old.h5", *STATES[name])
    model = load_model(tmp_path / "old.h5")
    optimizer = model.optimizer
    assert optimizer.learning_rate == 0.01
    assert optimizer.iterations == (0 if name == "rmsprop 2.2.4" else STEPS)
    expected = SLOTS[name.split()[0]]
    assert set(optimizer.slots) == set(expected)
    for slot, arrays in expected.items():
        for own, array in zip(optimizer.slots[slot], arrays, strict=True):
            np.testing.assert_array_equal(own, array, strict=True)
    model.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))


@pytest.mark.parametrize("names", ["keras 2", "keras 3", "none, keras 2", "none, keras 3"])
def test_means_of_the_weights_are_left_out(names):
    weights = [np.zeros(shape, "float32") for shape in SHAPES]
    rate = [np.float32(0.01)] if names.endswith("3") else []
    pairs = [array for both in zip(M, V, strict=True) for array in both]
    spelled = {
        "keras 2": ["iteration:0", *["Adam/average/d/kernel:0"] * 4, *["Adam/m/average/a:0"] * 8],
        "keras 3": [
            "adam/iteration",
            "adam/learning_rate",
            *["a_average"] * 4,
            *["a_momentum"] * 8,
        ],
    }.get(names)
    record = OptimizerRecord([STEPS, *rate, *W, *pairs], spelled)
    state = fitting_state(Adam(0.01), weights, record)
    for found, expected in zip(state[2:], pairs, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("spoil", ["short", "long", "other"])
def test_a_state_that_does_not_fit_is_a_warning(spoil, tmp_path):
    optimizer, config, names, arrays = STATES["adam 2.3.1"]
    if spoil == "short":
        names, arrays = names[:6], arrays[:6]
    elif spoil == "long":
        names, arrays = [*names, "a", "b"], [*arrays, np.ones(3), np.ones(3)]
    else:
        arrays = [array.T.copy() if array.shape == (3, 2) else array for array in arrays]
    write_model(tmp_path / "old.h5", optimizer, config, names, arrays)
    with pytest.warns(DataWarning, match=r"old\.h5: .*state does not fit.*fresh") as warned:
        model = load_model(tmp_path / "old.h5")
    assert warned[0].filename == __file__
    assert (model.optimizer.iterations, model.optimizer.learning_rate) == (0, 0.01)
    model.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))


def test_nobody_needs_an_optimizer(tmp_path):
    """A training_config without one: Keras compiles with its default."""
    write_model(tmp_path / "old.h5", "Adam", ADAM, [], [])
    with h5py.File(tmp_path / "old.h5", "a") as file:
        file.attrs["training_config"] = json.dumps({"loss": "mse", "metrics": None})
    assert isinstance(load_model(tmp_path / "old.h5").optimizer, optimizers.RMSprop)


# Frozen, added to or cut after training


def freeze(model):
    model.layers[0].trainable = False


def add(model):
    model.add(layers.Dense(2))


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.weights.h5"])
@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "sgd"])
@pytest.mark.parametrize("change", [freeze, add, Sequential.pop])
def test_a_model_changed_since_it_was_trained(change, optimizer, name, tmp_path):
    model = Sequential([Input((3,)), layers.Dense(3), layers.Dense(2), layers.Dense(2)])
    model.compile(optimizer, "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    change(model)
    if name == "m.weights.h5":
        model.save_weights(tmp_path / name)
        model.load_weights(tmp_path / name)
        return
    model.save(tmp_path / name)
    again = load_model(tmp_path / name)
    np.testing.assert_array_equal(model(np.ones((1, 3))), again(np.ones((1, 3))))
    if optimizer != "sgd":
        assert again.optimizer.iterations == 0
    again.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)


# Keras 0 and 1


def test_keras_1():
    model = model_from_json(json.dumps(keras_1()))
    convolution, dropout, _, dense = model.layers
    assert model.output_shape == (None, 2)
    assert convolution.kernel.shape == (3, 5, 1, 4)
    assert (convolution.padding, convolution.strides) == ("same", (2, 2))
    assert not convolution.use_bias
    assert convolution.get_config()["kernel_initializer"]["class_name"] == "HeNormal"
    assert convolution.get_config()["kernel_regularizer"]["config"]["l2"] == 0.25
    assert (dropout.rate, dense.units) == (0.25, 2)


def test_keras_1_with_channels_first():
    model = model_from_json(json.dumps(keras_1(dim_ordering="th")))
    assert model.layers[0].data_format == "channels_first"


def test_keras_0():
    model = model_from_json(json.dumps(KERAS_0))
    assert model.output_shape == (None, 2)
    assert model.layers[2].strides == (2, 2)
    assert model.layers[3].name == "flat"


def test_json_that_was_dumped_twice():
    text = json.dumps(json.dumps(keras_1()))
    assert model_from_json(text).output_shape == (None, 2)


@pytest.mark.parametrize("text", ["3", "[]", "null", '"no"', "{}", '{"class_name": "Sequential"}'])
def test_json_that_is_no_model(text):
    with pytest.raises(FileFormatError, match="the JSON text"):
        model_from_json(text)


# TensorFlow on Windows


def test_groups_with_backslashes(tmp_path):
    """TensorFlow 2.13 to 2.15 joined the groups' names as Windows joins folders."""
    model = Sequential([Input((3,)), layers.Dense(2), layers.Dropout(0.5), layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    model.save(tmp_path / "posix.keras")
    with zipfile.ZipFile(tmp_path / "posix.keras") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    (tmp_path / "w.h5").write_bytes(members["model.weights.h5"])
    with h5py.File(tmp_path / "w.h5", "a") as file:
        for name in list(file["layers"]):
            file.move(f"layers/{name}", f"layers\\{name}")
        del file["layers"]
        assert sorted(file)[:2] == ["layers\\dense", "layers\\dense_1"]
    members["model.weights.h5"] = (tmp_path / "w.h5").read_bytes()
    with zipfile.ZipFile(tmp_path / "windows.keras", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    again = load_model(tmp_path / "windows.keras")
    for own, found in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(own, found, strict=True)
    assert again.optimizer.iterations == 1


# What is no model, or no Sequential


def test_a_model_made_by_a_class_of_its_own(tmp_path):
    with zipfile.ZipFile(FILES / "plain.keras") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = json.dumps({"class_name": "MyModel", "config": {"units": 3}}).encode()
    with zipfile.ZipFile(tmp_path / "own.keras", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(FileFormatError, match=r"class MyModel, .*Python code.*load_weights"):
        load_model(tmp_path / "own.keras")


def test_weights_of_a_bigger_model_are_not_called_damaged(tmp_path):
    big = Sequential([Input((3,)), layers.Dense(2), layers.Dense(2)])
    big.save_weights(tmp_path / "big.weights.h5")
    small = Sequential([Input((3,)), layers.Dense(2)])
    with pytest.raises(FileFormatError, match=r"big\.weights\.h5: .*another model") as caught:
        small.load_weights(tmp_path / "big.weights.h5")
    assert "damaged" not in str(caught.value)


# by_name and folders


def test_weights_by_name(tmp_path):
    trained = Sequential(
        [Input((3,)), layers.Dense(4, name="shared"), layers.Dense(2, name="head")]
    )
    trained.save_weights(tmp_path / "w.h5")
    other = Sequential([Input((3,)), layers.Dense(4, name="shared"), layers.Dense(5, name="new")])
    before = other.get_weights()
    other.load_weights(tmp_path / "w.h5", by_name=True)
    np.testing.assert_array_equal(other.layers[0].kernel, trained.layers[0].kernel)
    np.testing.assert_array_equal(other.layers[1].kernel, before[2])
    head = Sequential([Input((4,)), layers.Dense(7, name="head")])
    with pytest.raises(FileFormatError, match=r"w\.h5: the weight kernel .*\(4, 7\).*\(4, 2\)"):
        head.load_weights(tmp_path / "w.h5", by_name=True)
    with pytest.warns(DataWarning, match=r"head.*is skipped"):
        head.load_weights(tmp_path / "w.h5", by_name=True, skip_mismatch=True)
    trained.save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ValueError, match=r"by_name=True needs an \.h5 file"):
        other.load_weights(tmp_path / "w.weights.h5", by_name=True)


@pytest.mark.parametrize("name", ["model.h5", "model.keras"])
def test_missing_folders_are_made(name, tmp_path):
    model = Sequential([Input((3,)), layers.Dense(2)])
    model.save(tmp_path / "new" / "folder" / name)
    assert load_model(tmp_path / "new" / "folder" / name).built


def test_names_with_slashes():
    """Keras 2 accepted them; today they would be two names."""
    config = keras_1(name="block/conv")
    model = model_from_json(json.dumps(config))
    assert model.layers[0].name == "block_conv"


def test_a_model_inside_a_model_of_keras_1():
    inner = keras_1()
    outer = {"class_name": "Sequential", "config": [inner, inner["config"][-1]]}
    outer["config"][1] = {
        "class_name": "Dense",
        "config": {"name": "head", "output_dim": 3, "init": "uniform", "activation": "linear"},
    }
    model = model_from_json(json.dumps(outer))
    assert model.output_shape == (None, 3)
    assert model.layers[0].layers[0].kernel.shape == (3, 5, 1, 4)
