"""The page of other models: every kind of layer, coloured images, rows of numbers, one output."""

import numpy as np
import pytest

from minicnn import Sequential, layers
from minicnn.explaining import explain
from minicnn.random import set_random_seed


def all_kinds():
    return Sequential(
        [
            layers.Rescaling(1 / 255, input_shape=(12, 12, 1)),
            layers.ZeroPadding2D(1),
            layers.Conv2D(4, 3, strides=2, groups=1, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.AveragePooling2D(2, padding="same"),
            layers.Dropout(0.5),
            layers.Conv2D(3, 2, dilation_rate=2, activation="tanh", padding="same"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(20, activation="sigmoid"),
            layers.Reshape((20,)),
            layers.Dense(3),
            layers.Softmax(),
        ]
    ), "categorical_crossentropy"


def coloured():
    return Sequential(
        [
            layers.Conv2D(4, 3, groups=2, activation="relu", input_shape=(8, 9, 4)),
            layers.GlobalMaxPooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    ), "sparse_categorical_crossentropy"


def rows_of_pixels():
    return Sequential(
        [
            layers.Dense(30, activation="gelu", input_shape=(64,)),
            layers.Dense(10, activation="softmax"),
        ]
    ), "sparse_categorical_crossentropy"


def yes_or_no():
    return Sequential(
        [layers.Dense(1, activation="sigmoid", input_shape=(5,))]
    ), "binary_crossentropy"


def regression():
    return Sequential(
        [layers.Dense(3, activation="elu", input_shape=(13,)), layers.Dense(2)]
    ), "mse"


@pytest.mark.parametrize("make", [all_kinds, coloured, rows_of_pixels, yes_or_no, regression])
def test_every_layer_is_shown_both_ways(browser, tmp_path, make):
    from tests.explaining.browser import Page

    set_random_seed(3)
    model, loss = make()
    model.compile("adam", loss)
    random = np.random.default_rng(4)
    images = random.normal(0, 1, (2, *model.input_shape[1:])).astype(np.float32)
    outputs = model.output_shape[1]
    labels = random.normal(0, 1, (2, outputs)) if loss == "mse" else np.array([0, 1])
    if loss == "categorical_crossentropy":
        labels = np.eye(outputs)[labels]
    page = Page(browser, explain(model, images, labels, path=tmp_path / "page.html"))
    expected = model.predict(images[:1], verbose=0)[0]
    assert np.allclose(page.probabilities(), expected, rtol=1e-5, atol=1e-6)
    for direction in ("forward", "backward"):
        page.choose("#inspector", direction)
        for number, layer in enumerate(model.layers):
            page.select("#inspector", str(number))
            targets = layer.trainable_names if direction == "backward" else []
            for target in targets:
                page.choose("#inspector", target)
                assert np.isfinite(page.line("value"))
            assert page.text("#place").count("∂") == (2 if direction == "backward" else 0)
            assert page.errors() == [], layer.name
    page.click("#step")
    assert page.text("#trainer h3").endswith("1")
    if loss != "mse":
        assert page.probabilities().tolist() != expected.tolist()
    assert page.errors() == []
    assert page.requests() == []
