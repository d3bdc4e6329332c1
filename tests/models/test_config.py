"""Models from configs of minicnn and Keras, and with custom layers."""

import json

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.errors import FileFormatError, UnknownNameError
from minicnn.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPooling2D,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)
from minicnn.models import model_from_json

KERAS_POLICY = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "float32"},
    "registered_name": None,
}


def keras_layer(class_name, **config):
    """Return the description of a layer in `keras.Sequential.get_config` of Keras 3.15."""
    if class_name != "InputLayer":
        config = {"trainable": True, "dtype": KERAS_POLICY, **config}
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": config,
        "registered_name": None,
        "build_config": {"input_shape": [None, 8, 8, 1]},
    }


def keras_object(module, class_name, **config):
    return {
        "module": f"keras.{module}",
        "class_name": class_name,
        "config": config,
        "registered_name": None,
    }


GLOROT = keras_object("initializers", "GlorotUniform", seed=None, input_axes=None, output_axes=None)
ZEROS, ONES = keras_object("initializers", "Zeros"), keras_object("initializers", "Ones")
KERAS_CONFIG = {
    "name": "from_keras",
    "trainable": True,
    "dtype": KERAS_POLICY,
    "layers": [
        keras_layer(
            "InputLayer",
            batch_shape=[None, 8, 8, 1],
            dtype="float32",
            sparse=False,
            ragged=False,
            name="input_layer_2",
            optional=False,
        ),
        keras_layer(
            "Conv2D",
            name="conv2d",
            filters=3,
            kernel_size=[3, 3],
            strides=[1, 1],
            padding="valid",
            data_format="channels_last",
            dilation_rate=[1, 1],
            groups=1,
            activation="relu",
            use_bias=True,
            kernel_initializer=GLOROT,
            bias_initializer=ZEROS,
            kernel_regularizer=keras_object("regularizers", "L2", l2=0.01),
            bias_regularizer=None,
            activity_regularizer=None,
            kernel_constraint=None,
            bias_constraint=None,
        ),
        keras_layer(
            "BatchNormalization",
            name="batch_normalization",
            axis=-1,
            momentum=0.99,
            epsilon=0.001,
            center=True,
            scale=True,
            beta_initializer=ZEROS,
            gamma_initializer=ONES,
            moving_mean_initializer=ZEROS,
            moving_variance_initializer=ONES,
            beta_regularizer=None,
            gamma_regularizer=None,
            beta_constraint=None,
            gamma_constraint=None,
            synchronized=False,
            renorm=False,
            renorm_clipping=None,
            renorm_momentum=0.99,
        ),
        keras_layer(
            "MaxPooling2D",
            name="max_pooling2d",
            pool_size=[2, 2],
            padding="valid",
            strides=[2, 2],
            data_format="channels_last",
        ),
        keras_layer("Flatten", name="flatten", data_format="channels_last"),
        keras_layer("Dropout", name="dropout", rate=0.3, seed=None, noise_shape=None),
        keras_layer(
            "Dense",
            name="dense_3",
            units=4,
            activation="softmax",
            use_bias=True,
            kernel_initializer=GLOROT,
            bias_initializer=ZEROS,
            kernel_regularizer=None,
            bias_regularizer=None,
            kernel_constraint=None,
            bias_constraint=None,
            quantization_config=None,
        ),
    ],
    "build_input_shape": [None, 8, 8, 1],
}


def test_a_config_that_keras_wrote():
    model = Sequential.from_config(KERAS_CONFIG)
    assert model.name == "from_keras"
    assert [layer.name for layer in model.layers] == [
        "conv2d",
        "batch_normalization",
        "max_pooling2d",
        "flatten",
        "dropout",
        "dense_3",
    ]
    assert model.input_shape == (None, 8, 8, 1)
    assert model.output_shape == (None, 4)
    assert model.layers[0].kernel_regularizer.l2 == pytest.approx(0.01)
    assert model.predict(np.zeros((1, 8, 8, 1)), verbose=0).shape == (1, 4)


def test_without_an_input_layer_the_build_shape_counts():
    config = {**KERAS_CONFIG, "layers": KERAS_CONFIG["layers"][1:]}
    assert Sequential.from_config(config).output_shape == (None, 4)


MODELS = {
    "all kinds": lambda: Sequential(
        [
            Input((12, 12, 1)),
            Rescaling(1 / 255, offset=-0.5),
            ZeroPadding2D(((1, 0), (2, 3))),
            Conv2D(4, (3, 2), strides=(2, 1), padding="same", kernel_regularizer="l2"),
            BatchNormalization(momentum=0.9, scale=False),
            ReLU(max_value=6.0),
            MaxPooling2D(2, padding="same"),
            Conv2D(4, 2, dilation_rate=2, groups=2, use_bias=False, activation=LeakyReLU(0.2)),
            AveragePooling2D(),
            Flatten(),
            Dropout(0.25, seed=3),
            Dense(3, activation="tanh", kernel_initializer="he_normal", trainable=False),
            Activation("sigmoid"),
            Softmax(),
        ],
        name="all_kinds",
    ),
    "without a shape": lambda: Sequential([Conv2D(2, 3), Flatten(), Dense(2)]),
    "empty": lambda: Sequential(name="empty"),
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS.keys())
def test_there_and_back_through_json(make):
    model = make()
    config = json.loads(json.dumps(model.get_config()))
    again = Sequential.from_config(config)
    assert json.loads(json.dumps(again.get_config())) == config
    assert again.built == model.built
    if model.layers and model.built:
        again.set_weights(model.get_weights())
        x = np.random.default_rng(0).uniform(0, 255, size=(2, 12, 12, 1))
        np.testing.assert_array_equal(again(x), model(x))


def test_an_unknown_layer():
    config = {"name": "m", "layers": [{"class_name": "Conv2DD", "config": {}}]}
    with pytest.raises(UnknownNameError, match="Did you mean 'Conv2D'"):
        Sequential.from_config(config)


@pytest.mark.parametrize(
    "wrong",
    [
        3,
        None,
        "Dense",
        [1, 2],
        {"class_name": "Dense", "config": 5},
        {"class_name": "Dense", "config": "u"},
    ],
)
def test_a_layer_that_is_no_dict(wrong):
    config = {"name": "m", "layers": [wrong]}
    message = r'a layer is described by a dict such as \{"class_name".*got '
    with pytest.raises(ValueError, match=message):
        Sequential.from_config(config)
    with pytest.raises(FileFormatError, match=message):
        model_from_json(json.dumps({"class_name": "Sequential", "config": config}))


@pytest.mark.parametrize("wrong", [5, {"name": "m"}, {"name": "m", "layers": {"a": 1}}])
def test_a_model_without_a_list_of_layers(wrong):
    with pytest.raises(
        ValueError, match=r"a list of layers, as model.get_config\(\) returns it, got"
    ):
        Sequential.from_config(wrong)
