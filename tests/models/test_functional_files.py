"""Models that are graphs, in files of real Keras 3 and 2 (see make_functional_files.py), and back."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from minicnn import Input, Sequential, layers
from minicnn.models import Model, load_model, model_from_json
from tests.saving.make_functional_files import IMAGES, ONE_HOT, VALUES, VECTORS

FILES = Path(__file__).parents[1] / "saving" / "files"
WHOLE = ["keras3_{}.keras", "keras3_{}.h5", "keras2_{}.h5"]
DATA = {
    "chain": (IMAGES, ONE_HOT),
    "graph": ([IMAGES, VECTORS], [ONE_HOT, VALUES]),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("functional")
    with zipfile.ZipFile(FILES / "functional.zip") as archive:
        archive.extractall(folder)
    return folder


def expected(folder, name):
    library, _, rest = name.partition("_")
    return np.load(folder / f"{library}_{rest.partition('.')[0]}.npz")


def outputs_of(model, x):
    outputs = model.predict(x, verbose=0)
    return outputs if isinstance(outputs, list) else [outputs]


@pytest.mark.parametrize("model_name", DATA)
@pytest.mark.parametrize("pattern", WHOLE)
def test_models_of_keras(pattern, model_name, folder):
    name = pattern.format(model_name)
    model = load_model(folder / name)
    x, y = DATA[model_name]
    assert type(model) is Model
    said = expected(folder, name)
    for index, weight in enumerate(model.get_weights()):
        np.testing.assert_array_equal(weight, said[f"weight{index}"], strict=True)
    for index, output in enumerate(outputs_of(model, x)):
        np.testing.assert_allclose(output, said[f"output{index}"], atol=1e-6)
    assert model.optimizer.iterations == 4
    model.train_on_batch(x, y)
    for index, weight in enumerate(model.get_weights()):
        # Keras 2 updates the moving variance with the unbiased variance of the batch.
        most = 0.02 if name.startswith("keras2") and weight.shape == (4,) else 1e-5
        np.testing.assert_allclose(weight, said[f"after{index}"], atol=most, err_msg=str(index))


@pytest.mark.parametrize("model_name", DATA)
@pytest.mark.parametrize("pattern", [*WHOLE, "keras3_{}.weights.h5"])
def test_weights_of_keras(pattern, model_name, folder):
    name = pattern.format(model_name)
    model = load_model(folder / f"keras3_{model_name}.keras", compile=False)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    model.load_weights(folder / name)
    said = expected(folder, name)
    for index, weight in enumerate(model.get_weights()):
        np.testing.assert_array_equal(weight, said[f"weight{index}"], strict=True)


@pytest.mark.parametrize("model_name", DATA)
@pytest.mark.parametrize("ending", ["keras", "h5", "weights.h5"])
def test_there_and_back(ending, model_name, folder, tmp_path):
    x, y = DATA[model_name]
    model = load_model(folder / f"keras3_{model_name}.keras")
    model.train_on_batch(x, y)
    path = tmp_path / f"model.{ending}"
    if ending == "weights.h5":
        model.save_weights(path)
        again = load_model(folder / f"keras3_{model_name}.keras")
        again.load_weights(path)
    else:
        model.save(path)
        again = load_model(path)
    for one in (model, again):
        one.train_on_batch(x, y)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other, strict=True)
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert again.name == model.name


def test_json(folder):
    model = load_model(folder / "keras3_graph.keras")
    again = model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    for one, other in zip(
        outputs_of(model, DATA["graph"][0]), outputs_of(again, DATA["graph"][0]), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("ending", ["keras", "h5", "weights.h5"])
def test_models_in_a_sequential(ending, tmp_path):
    def make():
        x = Input((4,))
        inner = Model(x, layers.Dense(3, activation="relu")(layers.Dense(5)(x)))
        model = Sequential([Input((4,)), inner, layers.Dropout(0.5, seed=1), layers.Dense(2)])
        model.compile("adam", "mse")
        return model

    model = make()
    x, y = np.ones((8, 4)), np.ones((8, 2))
    model.fit(x, y, verbose=0)
    path = tmp_path / f"model.{ending}"
    if ending == "weights.h5":
        model.save_weights(path)
        again = make()
        again.load_weights(path)
    else:
        model.save(path)
        again = load_model(path)
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))
    for one in (model, again):
        one.train_on_batch(x, y)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other, strict=True)
