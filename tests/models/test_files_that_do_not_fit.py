"""Files that do not fit the model, and configs that ask for too much: errors that change nothing."""

import json
import zipfile

import numpy as np
import pytest

from minicnn import Input, Sequential, layers
from minicnn.errors import DataWarning, FileFormatError, NotReadyError
from minicnn.models import load_model

from .test_files import WEIGHTS, WHOLE, made, trained


def test_weights_of_another_model_change_nothing(tmp_path, data):
    model = made()
    before = model.get_weights()
    other = trained(data)
    other.pop()
    other.add(layers.Dense(5))
    for name in [*WEIGHTS, "model.keras", "model.h5"]:
        (other.save_weights if name in WEIGHTS else other.save)(tmp_path / name)
        with pytest.raises(FileFormatError, match=rf"{name}: .*kernel of Dense .*\(27, 4\).*27, 5"):
            model.load_weights(tmp_path / name)
        for one, weight in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(one, weight)


def test_layers_that_do_not_fit_may_be_skipped(tmp_path, data):
    model, other = made(), trained(data)
    other.pop()
    other.add(layers.Dense(5))
    other.save_weights(tmp_path / "w.h5")
    with pytest.warns(DataWarning, match=r"w\.h5: Dense .* is skipped"):
        model.load_weights(tmp_path / "w.h5", skip_mismatch=True)
    np.testing.assert_array_equal(model.layers[0].kernel, other.layers[0].kernel)


def test_weights_of_more_or_fewer_layers(tmp_path):
    small = Sequential([Input((3,)), layers.Dense(2)])
    large = Sequential([Input((3,)), layers.Dense(2), layers.Dense(2)])
    for name in WEIGHTS:
        for one, other in ((small, large), (large, small)):
            one.save_weights(tmp_path / name)
            with pytest.raises(FileFormatError, match=name.replace(".", r"\.")):
                other.load_weights(tmp_path / name)


def test_a_file_of_weights_is_no_model(tmp_path):
    made().save_weights(tmp_path / "w.h5")
    with pytest.raises(FileFormatError, match=r"w\.h5: holds weights alone .*load_weights"):
        load_model(tmp_path / "w.h5")


def test_without_weights_there_is_nothing_to_save_or_load(tmp_path):
    model = Sequential([layers.Dense(2)])
    for act in (model.save, model.save_weights, model.load_weights):
        with pytest.raises(NotReadyError, match=r"model\.build"):
            act(tmp_path / "x.h5")


def test_other_endings_are_refused(tmp_path):
    model = made()
    with pytest.raises(ValueError, match=r"\.keras, \.h5, \.hdf5; got .*model\.pb"):
        model.save(tmp_path / "model.pb")
    with pytest.raises(ValueError, match=r"\.weights\.h5, \.h5, \.hdf5; got .*w\.keras"):
        model.save_weights(tmp_path / "w.keras")
    assert list(tmp_path.iterdir()) == []


def test_overwriting_may_be_refused(tmp_path):
    model = made()
    for save, name in ((model.save, "m.keras"), (model.save_weights, "w.h5")):
        save(tmp_path / name, overwrite=False)
        with pytest.raises(FileExistsError, match="overwrite=False"):
            save(tmp_path / name, overwrite=False)


def test_without_the_optimizer(tmp_path, data):
    model = trained(data)
    for name in WHOLE:
        model.save(tmp_path / name, include_optimizer=False)
        assert load_model(tmp_path / name).compiled is None


def changed(tmp_path, change, name="model.keras"):
    """Return a file whose config was changed; `change` gets the model's dict."""
    made().save(tmp_path / "before.keras")
    with zipfile.ZipFile(tmp_path / "before.keras") as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    config = json.loads(members["config.json"])
    change(config)
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for one, content in members.items():
            archive.writestr(one, content)
    return tmp_path / name


def layer_of(config, place):
    return config["config"]["layers"][place]


@pytest.mark.parametrize(
    ("place", "options", "reason"),
    [
        (1, {"filters": 10**12}, "kernel of Conv2D"),
        (1, {"filters": 10**30}, "too (large|big)|maximum"),
        (1, {"kernel_size": [10**9, 1]}, "covers"),
        (6, {"units": 10**12}, "kernel of Dense"),
        (0, {"batch_shape": [None, 10**6, 10**6, 1]}, "kernel of Dense"),
        (0, {"batch_shape": [None, 6]}, "takes images"),
        (1, {"kernel_constraint": {"class_name": "Mine"}}, "conv2d.*unknown constraint 'Mine'"),
        (1, {"data_format": "NCHW"}, "channels_first"),
        (1, {"activation": "glu"}, "conv2d.*unknown activation 'glu'"),
        (1, {"dtype": "float8"}, "float8"),
        (1, {"filters": "many"}, "filters"),
        (6, {"activation": {"class_name": "function", "config": "mine"}}, "custom_objects"),
    ],
)
def test_a_config_that_asks_for_too_much(place, options, reason, tmp_path):
    path = changed(tmp_path, lambda config: layer_of(config, place)["config"].update(options))
    with pytest.raises(FileFormatError, match=rf"model\.keras: .*{reason}"):
        load_model(path)


def test_a_layer_that_minicnn_lacks(tmp_path):
    path = changed(tmp_path, lambda config: layer_of(config, 3).update(class_name="LSTM"))
    with pytest.raises(FileFormatError, match=r"model\.keras: unknown layer 'LSTM'"):
        load_model(path)


def test_a_model_of_another_class(tmp_path):
    path = changed(tmp_path, lambda config: config.update(class_name="LSTM"))
    with pytest.raises(FileFormatError, match=r"model\.keras: holds a model of class 'LSTM'"):
        load_model(path)
    path = changed(tmp_path, lambda config: config.update(class_name="Functional"))
    with pytest.raises(FileFormatError, match=r"model\.keras: .*must have 'input_layers'"):
        load_model(path)


def test_an_unknown_loss_leaves_the_model_uncompiled(tmp_path):
    def change(config):
        config["compile_config"]["loss"] = "focal_loss"

    path = changed(tmp_path, change)
    with pytest.warns(DataWarning, match=r"model\.keras: .*not compiled: unknown loss"):
        assert load_model(path).compiled is None
    assert load_model(path, compile=False).built


def test_a_state_of_another_optimizer(tmp_path, data):
    trained(data).save(tmp_path / "before.keras")

    def change(config):
        config["compile_config"]["optimizer"]["config"]["amsgrad"] = True

    with zipfile.ZipFile(tmp_path / "before.keras") as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    config = json.loads(members["config.json"])
    change(config)
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        for one, content in (members | {"config.json": json.dumps(config).encode()}).items():
            archive.writestr(one, content)
    with pytest.warns(DataWarning, match=r"m\.keras: its optimizer's state .*fresh") as warned:
        model = load_model(tmp_path / "m.keras")
    assert warned[0].filename == __file__
    assert model.optimizer.iterations == 0
    model.fit(*data, verbose=0)
