"""The model's data in the page, or an error that names what it cannot show."""

import base64
import json

import numpy as np
import pytest

from minicnn import Sequential, activations, layers, losses, optimizers, regularizers
from minicnn.errors import ShapeError
from minicnn.explaining.ends import picture_data
from minicnn.explaining.examples import Examples, choose_examples
from minicnn.explaining.model_data import model_data, tensor_data
from minicnn.models import Model
from tests.layers.table import TABLE


@pytest.fixture
def model():
    return Sequential(
        [
            layers.Conv2D(2, 3, activation="relu", input_shape=(8, 8, 1), name="first"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def decoded(tensor):
    return np.frombuffer(base64.b64decode(tensor["data"]), "<f4").reshape(tensor["shape"])


def test_the_whole_model(model):
    data = json.loads(json.dumps(model_data(model)))
    assert data["inputShape"] == [8, 8, 1]
    assert [one["picture"] for one in data["inputs"]] == [{"height": 8, "width": 8, "channels": 1}]
    assert [one["layer"] for one in data["inputs"] + data["outputs"]] == [-1, 3]
    assert [layer["kind"] for layer in data["layers"]] == [
        type(layer).__name__ for layer in model.layers
    ]
    for stored, layer in zip(data["layers"], model.layers, strict=True):
        assert stored["inputShape"] == list(layer.input_shape[1:])
        assert stored["outputShape"] == list(layer.output_shape[1:])
        assert stored["trainable"] == layer.trainable_names
        assert list(stored["weights"]) == layer.weight_names
        for name, weight in stored["weights"].items():
            assert np.array_equal(decoded(weight), getattr(layer, name))
    first = data["layers"][0]
    assert first["activation"] == {"name": "relu", "parameters": {}}
    assert first["family"] == "convolution"
    assert first["computation"] == {
        "strides": [1, 1], "padding": "valid", "dilationRate": [1, 1], "groups": 1,
    }  # fmt: skip


def test_numbers_of_any_dtype_become_little_endian_float32():
    values = np.array([[1.5, -2], [3, 4]], ">f8")[:, ::-1]
    assert np.array_equal(decoded(tensor_data(values)), values)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((28, 28, 1), (28, 28, 1)), ((20, 30, 3), (20, 30, 3)), ((784,), (28, 28, 1)), ((10,), None),
     ((1,), None), ((4,), None), ((16,), None), ((64,), (8, 8, 1)), ((3072,), (32, 32, 3)),
     ((28, 28), (28, 28, 1)), ((7, 7, 5), (7, 7, 5)), ((2, 3, 4, 5), None)],
)  # fmt: skip
def test_how_an_input_is_drawn(shape, expected):
    names = ("height", "width", "channels")
    assert picture_data(shape) == (expected and dict(zip(names, expected, strict=True)))


def test_the_compiled_loss_and_optimizer(model):
    model.layers[-1].activation = activations.linear
    model.compile(
        optimizers.Adam(0.02, beta_1=0.8),
        losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
    )
    data = json.loads(json.dumps(model_data(model)))
    assert data["unknown"] is None
    loss = {"name": "categorical_crossentropy", "weight": 1.0, "from_logits": True}
    assert data["outputs"][0]["loss"].items() >= (loss | {"label_smoothing": 0.1}).items()
    first = data["optimizers"][0]
    assert (first["name"], first["text"], first["rates"]) == ("Adam", "Adam(beta_1=0.8)", [0.02])
    assert first["arguments"].items() >= {"beta_1": 0.8, "beta_2": 0.999, "epsilon": 1e-7}.items()


def test_a_loss_or_regularizer_that_the_page_does_not_have_is_named(model):
    model.compile("sgd", lambda y_true, y_pred: np.abs(y_true - y_pred).max(axis=-1))
    assert model_data(model)["outputs"][0]["loss"]["name"] is None
    assert model_data(model)["unknown"] == "<lambda>"
    model.compile("sgd", losses.CosineSimilarity(axis=0))  # over the batch
    assert model_data(model)["unknown"] == "cosine_similarity"
    own = Sequential([layers.Dense(1, kernel_regularizer=Cap(), input_shape=(4,))])
    assert model_data(own)["unknown"] == "Cap"


@pytest.mark.parametrize("row", [row for name, row in TABLE.items() if name != "InputLayer"])
def test_the_page_computes_every_layer_both_ways(row):
    layer = row.make()
    ends = [layers.Flatten(), layers.Dense(2, "softmax")]
    model = Sequential([layers.Input(row.input_shape), layer, *ends])
    x = np.zeros((1, *row.input_shape), np.float32)
    data = model_data(model, choose_examples(model, x, [1]))
    assert (data["given"], data["unknown"]) == (
        [layer.name] if layer.family == "custom" else [],
        None,
    )


def test_a_functional_chain_is_a_chain():
    image = layers.Input((2, 2, 1))
    chain = Model(image, layers.Dense(2)(layers.Flatten()(image)))
    assert [one["kind"] for one in model_data(chain)["layers"]] == ["Flatten", "Dense"]


@pytest.mark.parametrize(
    ("activation", "loss"),
    [
        ("softmax", "categorical_crossentropy"),
        ("sigmoid", "binary_crossentropy"),
        (None, "mean_squared_error"),
    ],
)
def test_the_loss_of_a_model_that_is_not_compiled(activation, loss):
    model = Sequential([layers.Dense(1, activation=activation, input_shape=(4,))])
    assert model_data(model)["outputs"][0]["loss"]["name"] == loss


def names_of(*arguments, **options):
    return model_data(*arguments, **options)["outputs"][0]["classNames"]


def test_names_of_classes(model):
    assert names_of(model) == ["0", "1", "2"]
    assert names_of(model, class_names=("cat", "dog", 3)) == ["cat", "dog", "3"]
    with pytest.raises(ShapeError, match="must be 3 names for this model, got 2"):
        model_data(model, class_names=["cat", "dog"])
    yes_or_no = Sequential([layers.Dense(1, activation="sigmoid", input_shape=(4,))])
    assert names_of(yes_or_no) == ["0", "1"]
    number = Sequential([layers.Dense(1, input_shape=(4,))])
    assert names_of(number) == ["0"]


def test_what_an_empty_and_a_full_pixel_are(model):
    assert model_data(model)["inputs"][0]["valueRange"] == [0, 1]
    assert model_data(model, Examples([], [], [(0.0, 16.0)]))["inputs"][0]["valueRange"] == [0, 16]
    assert model_data(model, Examples([], [], [(3.0, 3.0)]))["inputs"][0]["valueRange"] == [0, 1]
    model.trained_range = (-1.0, 2.0)
    assert model_data(model, Examples([], [], [(0.0, 16.0)]))["inputs"][0]["valueRange"] == [-1, 2]
    model.trained_range = (0.0, 254.0)
    assert model_data(model)["inputs"][0]["valueRange"] == [0, 255]
    of_bytes = Sequential([layers.Rescaling(1 / 255, input_shape=(3,)), layers.Dense(2)])
    assert model_data(of_bytes)["inputs"][0]["valueRange"] == [0, 255]
    for scale, expected in ((1 / 16, [0, 255]), (0.1, [0, 1]), (0.5, [0, 1]), (-1 / 255, [0, 255])):
        scaled = Sequential([layers.Rescaling(scale, input_shape=(3,)), layers.Dense(2)])
        assert model_data(scaled)["inputs"][0]["valueRange"] == expected


def test_regularizers_of_what_is_trained():
    model = Sequential([layers.Dense(2, kernel_regularizer="l1", input_shape=(4,))])
    assert model_data(model)["layers"][0]["penalties"] == {"kernel": {"l1": 0.01, "l2": 0.0}}
    model.trainable = False
    assert model_data(model)["layers"][0]["penalties"] == {}


class Cap(regularizers.Regularizer):
    def __call__(self, weight):
        return 0.0

    def gradient(self, weight):
        return weight * 0


def test_shapes_that_the_page_cannot_show_are_said():
    open_size = [layers.Conv2D(1, 1, input_shape=(None, None, 1)), layers.GlobalMaxPooling2D()]
    with pytest.raises(ShapeError, match="needs an input of one size"):
        model_data(Sequential(open_size))
    with pytest.raises(ShapeError, match="at least one number for each example"):
        model_data(Sequential([layers.Lambda(lambda x: x[:, 0], input_shape=(2,))]))


def test_chains_are_shown_as_their_layers_and_depthwise_kernels_as_grouped_ones():
    """The page computes the same as the model for layers of known families."""
    model = Sequential(
        [
            layers.Input((5, 4, 2)),
            layers.DepthwiseConv2D(2, depth_multiplier=2),
            layers.SeparableConv2D(3, 2, padding="same", depth_multiplier=2, activation="tanh"),
            layers.Conv2DTranspose(2, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    data = model_data(model)["layers"]
    assert [layer["family"] for layer in data] == [
        "convolution", "convolution", "convolution", "index_map", "convolution", "index_map", "dense",
    ]  # fmt: skip
    assert [layer["weights"]["kernel"]["shape"] for layer in data[:3]] == [
        [2, 2, 1, 4], [2, 2, 1, 8], [1, 1, 8, 3],
    ]  # fmt: skip
    assert [layer["computation"]["groups"] for layer in data[:3]] == [2, 4, 1]
    kernel = model.layers[0].kernel
    np.testing.assert_array_equal(decoded(data[0]["weights"]["kernel"]).ravel(), kernel.ravel())

    parts = [
        layer for one in model.layers for layer in (one.chain() if one.family == "chain" else [one])
    ]
    x = expected = np.random.default_rng(0).normal(size=(2, 5, 4, 2)).astype("float32")
    for layer in parts:
        x = layer.forward(x)[0]
    np.testing.assert_allclose(x, model.predict(expected), rtol=1e-5, atol=1e-6)
