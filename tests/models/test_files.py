"""Models and weights to files and back in all formats, compared with files of real Keras 2 and 3."""

import json
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from minicnn import Input, Sequential, layers, losses, optimizers
from minicnn.errors import DataWarning, FileFormatError, NotReadyError
from minicnn.models import load_model, model_from_json

FILES = Path(__file__).parents[1] / "saving" / "files"
WHOLE = ["model.keras", "model.h5", "model.hdf5"]
WEIGHTS = ["only.weights.h5", "only.h5", "only.hdf5"]


@pytest.fixture(scope="module")
def legacy(tmp_path_factory):
    """Return the folder of Keras' files; see make_legacy_files.py."""
    folder = tmp_path_factory.mktemp("legacy")
    with zipfile.ZipFile(FILES / "legacy.zip") as archive:
        archive.extractall(folder)
    return folder


def made(optimizer="adam"):
    """Return a model in which training changes every kind of state."""
    model = Sequential(
        [
            Input((6, 6, 1)),
            layers.Conv2D(2, 3, activation="relu", kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Conv2D(3, 2, activation=layers.LeakyReLU(0.1), use_bias=False),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture
def data():
    draw = np.random.default_rng(0)
    return draw.random((8, 6, 6, 1), dtype="float32"), draw.integers(0, 4, 8)


def trained(data, optimizer="adam"):
    model = made(optimizer)
    model.fit(*data, batch_size=4, verbose=0)
    return model


def assert_same_weights(model, other):
    for one, another in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, another, strict=True)


OPTIMIZERS = {
    "adam": lambda: optimizers.Adam(0.1 * 0.3),  # float32 would not hold it
    "amsgrad": lambda: optimizers.Adam(amsgrad=True, clipnorm=1.0),
    "adamw": lambda: optimizers.AdamW(0.01),
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "decaying": lambda: optimizers.SGD(0.1, weight_decay=0.01),
    "rmsprop": lambda: optimizers.RMSprop(momentum=0.5, centered=True),
    "adagrad": lambda: optimizers.Adagrad(0.1),
    "adadelta": lambda: optimizers.Adadelta(1.0),
    "nadam": lambda: optimizers.Nadam(0.01),
    "adamax": lambda: optimizers.Adamax(0.01),
    "schedule": lambda: optimizers.Adam(optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_goes_on_as_if_nothing_had_been_saved(optimizer, name, tmp_path, data):
    model = trained(data, OPTIMIZERS[optimizer]())
    model.save(tmp_path / name)
    again = load_model(tmp_path / name)
    assert_same_weights(model, again)
    np.testing.assert_array_equal(model(data[0]), again(data[0]))
    assert again.optimizer.iterations == model.optimizer.iterations == 2
    assert again.trained_range == model.trained_range
    for one in (model, again):
        one.fit(*data, batch_size=4, shuffle=False, verbose=0)
    assert_same_weights(model, again)
    assert model.evaluate(*data, verbose=0) == again.evaluate(*data, verbose=0)


@pytest.mark.parametrize("name", WHOLE)
def test_the_same_model_gives_the_same_bytes(name, tmp_path, data):
    model = trained(data)
    first, second = tmp_path / name, tmp_path / f"again_{name}"
    model.save(first)
    model.save(second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", WEIGHTS + WHOLE)
def test_weights_are_read_from_any_file_of_any_name(name, tmp_path, data):
    model, other = trained(data), made()
    (model.save_weights if name in WEIGHTS else model.save)(tmp_path / name)
    unlike = (tmp_path / name).rename(tmp_path / "weights.dat")
    other.load_weights(unlike)
    assert_same_weights(model, other)


def test_the_optimizer_comes_with_the_weights_where_it_is_the_same(tmp_path, data):
    model = trained(data)
    model.save_weights(tmp_path / "model.weights.h5")
    other, of_another_kind, bare = made(), made("sgd"), made()
    bare.compiled = None
    for one in (other, of_another_kind, bare):
        one.load_weights(tmp_path / "model.weights.h5")
        assert_same_weights(model, one)
    assert other.optimizer.iterations == 2
    assert of_another_kind.optimizer.iterations == 0
    for one in (model, other):
        one.train_on_batch(*data)
    assert_same_weights(model, other)


WHOLE_BY_KERAS = [
    "keras3_adam.h5",
    "keras2_adam.h5",
    "keras2_decaying_adam.h5",
    "keras2_rmsprop.h5",
    "keras2_sgd.keras",
]


@pytest.mark.parametrize("name", WHOLE_BY_KERAS)
def test_models_of_keras(name, legacy):
    model = load_model(legacy / name)
    with np.load(legacy / f"{name}.npz") as said:
        for place, weight in enumerate(model.get_weights()):
            np.testing.assert_array_equal(weight, said[f"weight{place}"], strict=True)
        np.testing.assert_allclose(model(said["x"]), said["y"], atol=1e-6)
        assert model.optimizer.iterations == 4
        assert model.compiled.metric_names == ["accuracy", "sparse_top_k_categorical_accuracy"]
        model.train_on_batch(said["x"], said["labels"])
        for place, weight in enumerate(model.get_weights()):
            # 5 is the moving variance: Keras 2 takes the unbiased one of the batch.
            most = 0.05 if place == 5 and name.startswith("keras2") else 1e-6
            np.testing.assert_allclose(weight, said[f"after{place}"], atol=most)


def test_what_keras_wrote_has_its_settings(legacy):
    adam = load_model(legacy / "keras2_adam.h5").optimizer
    assert (adam.learning_rate, adam.amsgrad) == (0.01, True)
    decaying = load_model(legacy / "keras2_decaying_adam.h5").optimizer
    assert decaying.learning_rate == pytest.approx(0.01 / (1 + 4 * 0.1))


@pytest.mark.parametrize("name", [*WHOLE_BY_KERAS, "keras3.weights.h5", "keras2_weights.h5"])
def test_weights_of_keras(name, legacy):
    model = load_model(legacy / "keras3_adam.h5", compile=False)
    model.set_weights([np.zeros_like(weight) for weight in model.weights])
    model.load_weights(legacy / name)
    with np.load(legacy / f"{name}.npz") as said:
        for place, weight in enumerate(model.get_weights()):
            np.testing.assert_array_equal(weight, said[f"weight{place}"], strict=True)


def test_the_tree_of_tensorflow_2_13(legacy, tmp_path):
    """It counted layers with weights twice (source); this is a file of today, renamed."""
    path = tmp_path / "old.weights.h5"
    path.write_bytes((legacy / "keras3.weights.h5").read_bytes())
    with h5py.File(path, "r+") as tree:
        tree["_layer_checkpoint_dependencies"] = tree["layers"]
        del tree["layers"]
        groups = tree["_layer_checkpoint_dependencies"]
        groups["conv2d_2"] = groups["conv2d_1"]
        del groups["conv2d_1"]
    model = load_model(legacy / "keras3_adam.h5", compile=False)
    model.load_weights(path)
    with np.load(legacy / "keras3.weights.h5.npz") as said:
        for place, weight in enumerate(model.get_weights()):
            np.testing.assert_array_equal(weight, said[f"weight{place}"], strict=True)


# What does not fit


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


# Configs that ask for too much


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
        (1, {"data_format": "channels_first"}, "channels_first"),
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
    with pytest.raises(FileFormatError, match=r"model\.keras: .*lacks 'input_layers'"):
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


# The user's own


def absolute(y_true, y_pred):
    return np.abs(y_true - y_pred).mean(axis=-1)


def cube(x):
    return x**3


class Scale(layers.Layer):
    """A layer whose weight has another name as an attribute too."""

    def build(self, input_shape):
        self.factor = self.add_weight("scale", input_shape[-1:], "ones")

    def forward(self, x, training=False):
        return x * self.factor, x

    def backward(self, dy, cache):
        return dy * self.factor, {"scale": (dy * cache).sum(axis=0)}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_the_users_own_comes_by_custom_objects(name, tmp_path):
    model = Sequential([Input((3,)), Scale(), layers.Dense(2, activation=cube)])
    model.compile("sgd", absolute, metrics=[absolute])
    x, y = np.eye(3), np.ones((3, 2))
    model.train_on_batch(x, y)
    model.save(tmp_path / name)
    with pytest.raises(FileFormatError, match="custom_objects"):
        load_model(tmp_path / name)
    own = {"Scale": Scale, "cube": cube, "absolute": absolute}
    again = load_model(tmp_path / name, custom_objects=own)
    np.testing.assert_array_equal(model(x), again(x))
    assert isinstance(again.loss, losses.FunctionLoss)
    for one in (model, again):
        one.train_on_batch(x, y)
    assert_same_weights(model, again)


# JSON


def test_there_and_back_through_json():
    model = made()
    again = model_from_json(model.to_json(indent=2))
    assert again.get_config() == model.get_config()
    assert again.output_shape == (None, 4)
    assert model_from_json(Sequential([layers.Dense(2)]).to_json()).built is False


@pytest.mark.parametrize("text", ["", "[]", "1", "{}", "[" * 100_000, '{"class_name": "Model"}'])
def test_what_is_no_json_of_a_model(text):
    with pytest.raises(FileFormatError, match="the JSON text"):
        model_from_json(text)


@pytest.mark.parametrize("name", [*WHOLE, *WEIGHTS])
def test_layers_that_were_renamed_alike_are_not_saved(name, tmp_path):
    model = Sequential([Input((3,)), layers.Dense(2, name="a"), layers.Dense(2, name="b")])
    model.layers[1].name = "a"
    with pytest.raises(ValueError, match=r"2 layers are named \"a\".*Rename"):
        (model.save_weights if name in WEIGHTS else model.save)(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_the_format_of_keras_2_programs(tmp_path):
    model = made()
    model.save(tmp_path / "model", save_format="h5")
    assert h5py.is_hdf5(tmp_path / "model")
    model.save(tmp_path / "model", save_format="keras")
    assert zipfile.is_zipfile(tmp_path / "model")
    model.save_weights(tmp_path / "weights", save_format="h5")
    model.load_weights(tmp_path / "weights")
    model.save(tmp_path / "a.keras", save_format="keras")
    with pytest.raises(ValueError, match=r"ends in \.keras, \.h5"):
        model.save(tmp_path / "folder", save_format="tf")
    with pytest.raises(ValueError, match="save_format of save"):
        model.save(tmp_path / "model", save_format="hdf")


def test_a_folder_is_no_file(tmp_path):
    for read in (load_model, made().load_weights):
        with pytest.raises(FileFormatError, match="SavedModel"):
            read(tmp_path)
