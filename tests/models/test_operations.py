"""Functions of `keras.ops` as layers: computed as NumPy does, saved and read as Keras does."""

import json
import pickle

import numpy as np
import pytest

from minicnn import Input, Model, Sequential, layers
from minicnn.activations import Activation
from minicnn.errors import FileFormatError
from minicnn.keras.namespace import KERAS, TENSORFLOW
from minicnn.layers.operation import Operation
from minicnn.models import clone_model, load_model, model_from_json
from minicnn.testing import check_gradients

ops = KERAS.ops
X, Y = np.random.default_rng(0).uniform(0.1, 0.9, (2, 3, 4, 6)).astype(np.float32)
SHIFT = np.arange(6, dtype=np.float32)


def results(x, y):
    """Compute with everything that has another form in a file."""
    return [
        x + 1, 2 * x, x + y, x - y, x / y, x / 2, 2 / x, 1 - x, -x, abs(x - 0.5), x**2, 2**x, x % 0.3,
        x // 0.3, x + SHIFT, x[:, 0], x[..., None], x[:, 1:3, ::2], x[:, 0, np.newaxis],
        x @ ops.swapaxes(y, 1, 2), ops.mean(x, axis=1), ops.std(x, -1, True), ops.max(x, axis=-1),
        ops.sum(x, (1, 2), keepdims=True), ops.concatenate([x, y], axis=-1), ops.stack([x, y], axis=1),
        ops.reshape(x, (-1, 24)), ops.where(x > 0.5, x, 0.0), ops.einsum("bij,bkj->bik", x, y),
        ops.clip(x, 0.2, 0.7), ops.expand_dims(x, -1), ops.take(x, [0, 2], axis=1),
        ops.cast(ops.logical_and(x < 0.7, y >= 0.2), "float32"), ops.one_hot(ops.argmax(x, -1), 6),
        ops.maximum(x, 0.5), ops.maximum(x, y), ops.pad(x, ((0, 0), (1, 1), (0, 0))), ops.normalize(x),
        ops.logsumexp(x, axis=1), ops.average(x, axis=1), ops.repeat(x, 2, axis=1), ops.rsqrt(x),
        ops.tensordot(x, np.ones((6, 2), np.float32), axes=1), ops.transpose(x, (0, 2, 1)),
        ops.quantile(x, 0.5, axis=1), ops.norm(x, axis=1), ops.roll(x, 1, axis=1), ops.log1p(x),
        ops.softmax(x, axis=1), ops.elu(x - 0.5, 2.0), ops.leaky_relu(x - 0.5, negative_slope=0.1),
        ops.gelu(x), ops.gelu(x, approximate=False), ops.relu(x - 0.5),
    ]  # fmt: skip


def make_model():
    x, y = Input((4, 6)), Input((4, 6))
    return Model([x, y], results(x, y))


EXPECTED = [np.asarray(one, np.float32) for one in results(X, Y)]


def assert_computes(model):
    found = model.predict([X, Y], verbose=0)
    for array, expected in zip(found, EXPECTED, strict=True):
        np.testing.assert_allclose(array, expected, rtol=2e-5, atol=1e-6)


def test_results_and_copies():
    model = make_model()
    assert_computes(model)
    assert_computes(clone_model(model))
    assert_computes(pickle.loads(pickle.dumps(model)))
    assert_computes(model_from_json(model.to_json()))


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_files(tmp_path, name):
    make_model().save(tmp_path / name)
    assert_computes(load_model(tmp_path / name))


def tensor(layer, *shape):
    config = {"shape": [None, *shape], "dtype": "float32", "keras_history": [layer, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def as_keras_writes(*described):
    """Return the JSON of Keras 3.15 for a model of an input of (4, 6) and operations."""
    start = {
        "class_name": "InputLayer", "config": {"batch_shape": [None, 4, 6], "name": "start"},
        "name": "start", "inbound_nodes": [],
    }  # fmt: skip
    entries = [
        {
            "module": module, "class_name": kind, "config": {"name": kind.lower(), **config},
            "registered_name": kind, "name": kind.lower(),
            "inbound_nodes": [{"args": args, "kwargs": {}}],
        }
        for module, kind, config, args in described
    ]  # fmt: skip
    config = {
        "name": "functional", "layers": [start, *entries], "input_layers": ["start", 0, 0],
        "output_layers": [entries[-1]["name"], 0, 0],
    }  # fmt: skip
    return json.dumps({"class_name": "Functional", "config": config})


def test_configs_that_keras_wrote():
    whole = {"class_name": "__slice__", "config": {"start": None, "stop": None, "step": None}}
    mean = {"axis": 2, "keepdims": False}
    text = as_keras_writes(
        ("keras.src.ops.numpy", "GetItem", {}, [tensor("start", 4, 6), [whole, whole, 0]]),
        ("keras.src.ops.numpy", "Mean", mean, [tensor("start", 4, 6)]),
        ("keras.src.ops.numpy", "Subtract", {}, [tensor("getitem", 4), tensor("mean", 4)]),
        ("keras.src.ops.numpy", "Multiply", {}, [2, tensor("subtract", 4)]),
        ("keras.src.ops.nn", "Relu", {}, [tensor("multiply", 4)]),
    )
    model = model_from_json(text)
    expected = np.maximum(2 * (X[..., 0] - X.mean(axis=2)), 0)
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, rtol=1e-5)
    assert [type(layer).__name__ for layer in model.layers[1:]] == [
        "Operation", "Operation", "Subtract", "Rescaling", "Activation",
    ]  # fmt: skip
    assert model.get_layer("subtract").output_shape == (None, 4)


def test_what_is_written_is_keras_form():
    made = next(layer for layer in make_model().layers if layer.name.startswith("get_item"))
    assert isinstance(made, Operation)
    assert made.described()["module"] == "keras.src.ops.numpy"
    assert made.described()["class_name"] == "GetItem"
    assert made.node(["x"])["args"][0] == "x"


def test_unknown_operations_are_named():
    with pytest.raises((FileFormatError, ValueError), match=r"operation of keras\.ops"):
        model_from_json(
            as_keras_writes(("keras.src.ops.math", "FFT2", {}, [tensor("start", 4, 6)]))
        )


def test_gradients():
    x, y = Input((4, 6)), Input((4, 6))
    parts = [ops.mean(x * y, axis=2), ops.einsum("bij,bij->bi", x, y), (x / y)[:, :, 0]]
    check_gradients(Model([x, y], ops.concatenate(parts, axis=1)), [X, Y])


def test_functions_of_numpy_and_tensorflow_make_the_same_layers():
    x = Input((4, 6))
    for made in (
        np.mean(x, axis=1),
        TENSORFLOW.reduce_mean(x, axis=1),
        KERAS.backend.mean(x, axis=1),
    ):
        assert made.call.layer.function == "mean"
        assert made.shape == (None, 6)
    relu = KERAS.activations.relu(x).call.layer
    assert isinstance(relu, layers.Activation)
    slope = TENSORFLOW.nn.leaky_relu(x, 0.3).call.layer.activation
    assert isinstance(slope, Activation)
    assert slope.parameters == {"negative_slope": 0.3}


def test_activations_of_arrays_take_their_parameters():
    x = np.array([-1.0], np.float32)
    assert ops.elu(x, alpha=2.0).numpy() == pytest.approx(2 * np.expm1(-1))
    assert ops.leaky_relu(x).numpy() == pytest.approx(-0.2)


def test_an_activation_with_options_stays_in_its_layer():
    gelu = Activation("gelu", approximate=True)
    x = np.random.default_rng(0).normal(size=(2, 5, 5, 1))
    stack = [layers.Conv2D(2, 3, activation=gelu), layers.Activation(gelu), layers.Flatten()]
    image = Input((5, 5, 1))
    tensor = image
    for layer in stack:
        tensor = layer(tensor)
    for model in (Sequential([Input((5, 5, 1)), *stack]), Model(image, tensor)):
        copied = type(model).from_config(model.get_config())
        copied.set_weights(model.get_weights())
        np.testing.assert_array_equal(copied.predict(x), model.predict(x))


def test_functions_that_keras_does_not_have_are_layers_of_the_function():
    x, y = Input((4, 6)), Input((4, 6))
    outputs = [np.hypot(x, y), np.ptp(x, axis=(1, 2)), np.linalg.norm(x, axis=(1, 2))]
    assert [type(one.call.layer) for one in outputs] == [layers.Lambda, layers.Lambda, Operation]
    hypot, ptp, norm = Model([x, y], outputs).predict([X, Y], verbose=0)
    np.testing.assert_allclose(hypot, np.hypot(X, Y), rtol=1e-6)
    np.testing.assert_allclose(ptp, np.ptp(X, axis=(1, 2)), rtol=1e-6)
    np.testing.assert_allclose(norm, np.linalg.norm(X, axis=(1, 2)), rtol=1e-5)
