"""Mistakes of learners, and the advice that each message must contain.

The words are regular expressions that the message must contain, in this order: what came, what was
expected, what to type.
"""

import re

import numpy as np
import pytest

from minicnn import Input, Sequential, layers, optimizers
from minicnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D

from .mistakes import (
    ARGUMENTS,
    CATEGORICAL,
    IMAGES,
    LABELS,
    NUMBERS,
    NUMBERS_IN_DATA,
    ONE_HOT,
    SHAPES,
    lecture,
    mistake,
    perceptron,
    predict,
    shapeless,
    twice,
    with_one,
)

ORDER = {
    method: mistake(
        lambda method=method: getattr(Sequential([Dense(10)]), method)(IMAGES, ONE_HOT),
        f"{method} needs a loss", r"model\.compile\(optimizer='adam'", error=RuntimeError,
    )
    for method in ("fit", "evaluate", "train_on_batch", "test_on_batch")
} | {
    "no layers": mistake(
        lambda: shapeless().fit(IMAGES, ONE_HOT), "no layers", r"model\.add\(", error=RuntimeError
    ),
    "weights before the shape is known": mistake(
        lambda: Sequential([Dense(3)]).set_weights([np.zeros(3)]), r"model\.build\(", error=RuntimeError
    ),
    "weights of another model": mistake(
        lambda: lecture().set_weights(perceptron().get_weights()), "has 4 weights .*got 2", "another"
    ),
    "weights of another shape": mistake(
        lambda: lecture().set_weights([w[..., :1] for w in lecture().get_weights()]),
        'kernel of Conv2D "eyes"', r"\(3, 3, 1, 2\), got \(3, 3, 1, 1\)", "another model",
    ),
}  # fmt: skip

NAMES = {
    "optimizer": mistake(lambda: lecture().compile("adan", "mse"), "optimizer 'adan'", "'adam'"),
    "loss": mistake(
        lambda: lecture().compile("adam", "categorial_crossentropy"), "loss", f"mean '{CATEGORICAL}'"
    ),
    "metric": mistake(
        lambda: lecture().compile("adam", "mse", metrics=["acuracy"]), "metric", "mean 'accuracy'"
    ),
    "activation": mistake(
        lambda: Dense(3, activation="rellu"), "activation 'rellu'", "mean 'relu'"
    ),
    "initializer": mistake(
        lambda: Dense(3, kernel_initializer="glorot_unifrom"), "initializer", "mean 'glorot_uniform'"
    ),
    "padding": mistake(lambda: Conv2D(3, 3, padding="sam"), "padding of Conv2D", "mean 'same'"),
    "argument of a layer": mistake(
        lambda: Conv2D(3, 3, activaton="relu"), "argument of Conv2D 'activaton'", "mean 'activation'"
    ),
    "another one": mistake(lambda: Conv2D(3, 3, stride=2), "'stride'", "mean 'strides'"),
    "argument of an optimizer": mistake(
        lambda: optimizers.Adam(learnig_rate=0.1), "'learnig_rate'", "mean 'learning_rate'"
    ),
    "layer": mistake(lambda: lecture().get_layer("eye"), "layer 'eye'", "mean 'eyes'"),
}  # fmt: skip

LAYERS = {
    "kernel larger than its image": mistake(
        lambda: Sequential([Conv2D(3, 30, input_shape=(28, 28, 1), name="eyes")]),
        'kernel of Conv2D "eyes"', "30 rows", "28", "smaller kernel_size",
    ),
    "pool larger than its image": mistake(
        lambda: Sequential([MaxPooling2D(30, input_shape=(28, 28, 1), name="shrink")]),
        'pool of MaxPooling2D "shrink"', "30 rows", "28", "smaller pool_size",
    ),
    "kernel larger than the images that come": mistake(
        lambda: predict(IMAGES, shapeless(Conv2D(3, 30, name="eyes"), Flatten())), "eyes", "30 rows"
    ),
    "filters 0": mistake(lambda: Conv2D(0, 3), "Conv2D: filters", "integer >= 1", "got 0"),
    "filters 2.5": mistake(lambda: Conv2D(2.5, 3), "filters", "integer", r"got 2\.5"),
    "kernel_size 0": mistake(lambda: Conv2D(2, 0), "kernel_size", "got 0"),
    "kernel_size (3, -1)": mistake(lambda: Conv2D(2, (3, -1)), "kernel_size", r"got \(3, -1\)"),
    "kernel_size of three": mistake(lambda: Conv2D(2, (3, 3, 1)), "kernel_size", "pair"),
    "strides 0": mistake(lambda: Conv2D(2, 3, strides=0), "strides", "got 0"),
    "strides 1.5": mistake(lambda: Conv2D(2, 3, strides=1.5), "strides", r"got 1\.5"),
    "pool_size 0": mistake(lambda: MaxPooling2D(0), "MaxPooling2D: pool_size", "got 0"),
    "units 0": mistake(lambda: Dense(0), "Dense: units", "got 0"),
    "units -3": mistake(lambda: Dense(-3), "units", "got -3"),
    "units '10'": mistake(lambda: Dense("10"), "units", "got '10'"),
    "rate 1": mistake(lambda: Dropout(1), "Dropout: rate", ">= 0 and < 1", "got 1"),
    "rate 50": mistake(lambda: Dropout(50), "rate", "got 50"),
    "input of size 0": mistake(lambda: Input((0, 28, 1)), "Input", "integer >= 1", "got 0"),
    "input_shape with a 0": mistake(
        lambda: Conv2D(2, 3, input_shape=(28, 0, 1)), "input_shape", "integer >= 1", "got 0"
    ),
    "input_shape without channels": mistake(
        lambda: Sequential([Conv2D(2, 3, input_shape=(28, 28))]), "Conv2D", "channels"
    ),
    "order of the axes": mistake(
        lambda: Conv2D(2, 3, data_format="NCHW"), "NCHW", "'channels_first'"
    ),
    "a class for a layer": mistake(
        lambda: Sequential([Flatten]), "Flatten is a class", r"write Flatten\(\)", error=TypeError
    ),
    "one layer twice": mistake(twice, 'Dense "dense"', "already", "second one", r"Dense\("),
    "two of one name": mistake(
        lambda: Sequential([Dense(3, name="a"), Dense(3, name="a")]), '"a" already', "another name"
    ),
    "a text for a layer": mistake(
        lambda: Sequential(["relu"]), r"layers such as Dense\(10\)", "got 'relu'", error=TypeError
    ),
    "a layer for a list": mistake(
        lambda: Sequential(Dense(3)), "list of layers", r"Sequential\(\[Dense", error=TypeError
    ),
    "Input in the middle": mistake(
        lambda: Sequential([Dense(3), Input((3,))]), "Input must be the first"
    ),
    "a layer of another model": mistake(
        lambda: Sequential([Input((3,)), perceptron().layers[0]]),
        'Dense "out"', r"\(None, 784\)", r"\(None, 3\)", "Make a new one",
    ),
    "no such layer": mistake(lambda: layers.Conv2d(2, 3), "Conv2d", error=AttributeError),
}  # fmt: skip

TABLE = SHAPES | {
    f"{group}: {name}": one
    for group, table in (
        ("labels", LABELS),
        ("data", NUMBERS_IN_DATA),
        ("argument", ARGUMENTS),
        ("order", ORDER),
        ("name", NAMES),
        ("layer", LAYERS),
    )
    for name, one in table.items()
}


@pytest.mark.parametrize("name", TABLE)
def test_the_message_tells_what_to_do(name):
    code, words, error = TABLE[name]
    with pytest.raises(error) as raised:
        code()
    message = str(raised.value)
    place = 0
    for word in words:
        found = re.compile(word).search(message, place)
        assert found, f"{word!r} is not in the rest of: {message}"
        place = found.start()
    assert len(message) < 800
    assert "None, None" not in message


@pytest.mark.parametrize(
    "mistaken",
    [
        lambda model: model.fit(IMAGES[:, :27, :27, 0], ONE_HOT, verbose=0),
        lambda model: model.fit(IMAGES, NUMBERS, verbose=0),
        lambda model: model.fit(with_one(np.nan), ONE_HOT, verbose=0),
        lambda model: model.fit(IMAGES, ONE_HOT, batch_size=0, verbose=0),
        lambda model: model.fit(IMAGES, ONE_HOT, validation_data=(IMAGES, NUMBERS[:2]), verbose=0),
        lambda model: model.set_weights(perceptron().get_weights()),
        lambda model: model.train_on_batch(IMAGES, NUMBERS),
    ],
)
def test_a_mistake_changes_nothing(mistaken):
    model = lecture()
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"\w"):
        mistaken(model)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    model.fit(IMAGES, ONE_HOT, verbose=0)


# Each line of the following tests was run with Keras 3.15 and tf_keras 2.21.


def test_what_is_accepted_as_in_keras():
    model = lecture()
    images = np.random.default_rng(0).random(IMAGES.shape)
    expected = model.predict(images, verbose=0)
    np.testing.assert_array_equal(model.predict(images[..., 0], verbose=0), expected)
    assert model.fit(IMAGES, ONE_HOT, epochs=0, verbose=0).history == {}
    model.compile("adam")  # a loss is needed only to train


def test_what_is_accepted_as_in_keras_2():
    assert Input(784).shape == (None, 784)
    model = lecture()
    model.compile("adam", CATEGORICAL, ["accuracy"])  # third comes loss_weights in Keras 3
    assert model.metrics_names == ["loss", "accuracy"]


def test_what_is_accepted_though_keras_refuses_it():
    model = lecture()
    expected = model.predict(IMAGES, verbose=0)
    np.testing.assert_array_equal(model.predict({"x": IMAGES}, verbose=0), expected)
    model.fit([(IMAGES, ONE_HOT), (IMAGES[..., 0], ONE_HOT)], verbose=0)
    assert Dense(3, input_shape=784).declared_shape == (None, 784)
    assert Sequential([model]).output_shape == (None, 10)  # known only after build() in Keras
