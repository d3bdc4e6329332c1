"""Models and weights to files and back in all formats, compared with files of real Keras 2 and 3."""

import zipfile

import h5py
import numpy as np
import pytest

from minicnn import Input, Sequential, layers, losses, optimizers
from minicnn.errors import FileFormatError
from minicnn.models import load_model, model_from_json

WHOLE = ["model.keras", "model.h5", "model.hdf5"]
WEIGHTS = ["only.weights.h5", "only.h5", "only.hdf5"]


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
