"""Models with several inputs and outputs, and pictures as outputs: the page's numbers are Python's."""

import json

import numpy as np
import pytest

from minicnn import Model, Sequential, layers
from minicnn.errors import ShapeError
from minicnn.explaining import explain
from minicnn.explaining.examples import choose_examples
from minicnn.explaining.model_data import model_data, model_parts
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass
from tests.explaining.random_models import randomize
from tests.explaining.test_arithmetic import close, sum_of

WEIGHTS = {"kind": 2.0, "sure": 0.5, "age": 3.0, "raw": 1.0, "gate": 1.0}


def several(dtype="float32"):
    """A picture, another picture and numbers; a class, yes or no, two numbers, and an inner layer."""
    one = layers.Input((6, 6, 1), dtype=dtype, name="one")
    two = layers.Input((6, 6, 1), dtype=dtype, name="two")
    facts = layers.Input((3,), dtype=dtype, name="facts")
    shared = layers.Conv2D(2, 3, activation="relu", dtype=dtype, name="shared")
    pool = layers.GlobalAveragePooling2D(dtype=dtype)
    rows = [pool(shared(one)), pool(shared(two)), facts]
    raw = layers.Dense(4, "softmax", kernel_regularizer="l2", dtype=dtype, name="raw")(
        layers.Concatenate(dtype=dtype, name="rows")(rows)
    )
    gate = layers.Dense(2, "sigmoid", dtype=dtype, name="gate")(facts)
    ends = [
        layers.Dense(3, "softmax", dtype=dtype, name="kind")(raw),
        layers.Dense(1, "sigmoid", dtype=dtype, name="sure")(raw),
        layers.Dense(2, dtype=dtype, name="age")(raw),
        raw,  # which others read
        gate,
    ]
    model = Model([one, two, facts], ends)
    losses = {"kind": "sparse_categorical_crossentropy", "sure": "binary_crossentropy", "age": "mse",
              "raw": "categorical_crossentropy", "gate": None}  # fmt: skip
    model.compile("sgd", losses, loss_weights=WEIGHTS)
    randomize(model, np.random.default_rng(3))
    return model


def data_of(count=3):
    random = np.random.default_rng(5)
    x = [random.random((count, *shape)).astype("float32") for shape in [(6, 6, 1)] * 2 + [(3,)]]
    y = [
        np.arange(count) % 3, np.arange(count) % 2, random.normal(size=(count, 2)),
        np.eye(4)[np.arange(count) % 4], np.ones((count, 2)),
    ]  # fmt: skip
    return x, y


def test_every_number_and_gradient_is_pythons(ask):
    model = several("float64")
    x, y = data_of()
    data = model_data(model, choose_examples(model, x, y))
    chosen = data["examples"][1]
    assert chosen["labels"] == [1, 1, y[2][1].tolist(), 1, [1.0, 1.0]]
    parts, random = model_parts(model), np.random.default_rng(6)
    flat = np.concatenate([array[1].ravel() for array in x]).astype(float)

    def pick(shape):
        return [int(random.integers(size)) for size in shape]

    sizes = [one["inputShape"] for one in data["layers"]]
    picks = [
        {
            "output": pick(part.output_shape[1:]), "input": pick(size),
            "weights": {n: pick(getattr(part.layer, n).shape) for n in part.layer.trainable_names},
        }
        for part, size in zip(parts, sizes, strict=True)
    ]  # fmt: skip
    cells = [[place, pick(part.output_shape[1:])] for place, part in enumerate(parts)]
    said = ask(
        {
            "model": json.loads(json.dumps(data)), "labels": chosen["labels"], "picks": picks,
            "image": {"shape": [len(flat)], "data": flat.tolist()}, "cells": cells,
        }
    )  # fmt: skip
    batch = Batch([array[1:2].astype(float) for array in x], [array[1:2] for array in y])
    values = model.graph.forward(batch.x, values=True).values
    done = forward_pass(model.graph, model.compiled.losses, batch, training=False)
    back = model.graph.backward(done.run, done.dy, values=True)
    gradients = [
        np.zeros(y.shape) if dy is None else dy for y, dy in zip(values, back.values, strict=True)
    ]
    assert close(said["loss"], done.loss)
    explained = said["explainedLoss"]
    assert [one and one["weight"] for one in explained["outputs"]] == [2, 0.5, 3, 1, None]
    for one, value in zip(explained["outputs"][:4], done.losses, strict=False):
        assert close(one["value"], value)
        assert close(sum_of(one["terms"]), value)
    assert [data["layers"][place]["name"] for place in said["fused"]] == ["kind", "sure"]
    image = np.concatenate([gradient[0].ravel() for gradient in gradients[:3]])
    assert close(said["imageGradient"], image)
    for place, part in enumerate(parts):
        assert close(said["outputs"][place], values[part.value][0])
        if part.layer.name not in ("kind", "sure"):  # where it is the logits' in Python
            gradient = gradients[part.value][0]
            assert close(said["outputGradients"][place], gradient)
            found, index = said["cells"][place], tuple(cells[place][1])
            assert close(found["value"], gradient[index])
            assert close(sum_of(found["terms"]) + (found["loss"] or 0), gradient[index])
        else:
            how = said["explained"][place]["sum"]
            index = tuple(picks[place]["output"])
            assert close(how["value"], gradients[part.value][0][index])
            difference = (how["probability"] - how["target"]) / how["share"] * how["weight"]
            assert close(how["value"], difference)
        for name, gradient in back.weights.get(part.layer, {}).items():
            assert close(said["weightGradients"][place][name], gradient)


def test_what_outputs_mean_and_which_examples_are_shown():
    model = several()
    data = model_data(model, choose_examples(model, *data_of()))
    assert [one["answer"]["kind"] for one in data["outputs"]] == [
        "classes", "yes_no", "numbers", "classes", "labels",
    ]  # fmt: skip
    assert [data["layers"][one["layer"]]["name"] for one in data["outputs"]] == model.output_names
    assert [(one["name"], one["layer"]) for one in data["inputs"]] == [
        ("one", 0), ("two", 1), ("facts", 2)
    ]  # fmt: skip
    assert [bool(one["picture"]) for one in data["inputs"]] == [True, True, False]
    names = {"kind": ["cat", "dog", "cow"], "sure": ["no", "yes"]}
    named = model_data(model, class_names=names)["outputs"]
    assert [one["classNames"] for one in named[:2]] == list(names.values())
    listed = model_data(model, class_names=[*names.values(), None, None, None])["outputs"]
    assert listed == named
    for wrong in (["cat", "dog", "cow"], {"other": ["a"]}, ["cat", "dog", "cow", "pig", "hen"]):
        with pytest.raises(ShapeError, match="class_names must be names for each output"):
            model_data(model, class_names=wrong)


def test_an_output_that_is_an_input(ask):
    image = layers.Input((2, 2, 1), name="image")
    model = Model(image, [image, layers.Flatten(name="flat")(image)])
    data = model_data(model)
    assert [one["layer"] for one in data["inputs"] + data["outputs"]] == [0, 0, 1]
    numbers = {"shape": [4], "data": [1, 2, 3, 4]}
    labels = [[0.0] * 4, [1.0] * 4]
    said = ask({"model": data, "image": numbers, "labels": labels, "picks": []})
    assert [one["data"] for one in said["answers"]] == [[1, 2, 3, 4]] * 2
    assert said["loss"] == pytest.approx((1 + 4 + 9 + 16) / 4 + (0 + 1 + 4 + 9) / 4)
    assert said["imageGradient"]["data"] == pytest.approx([0.5, 1.5, 2.5, 3.5])


@pytest.mark.parametrize("loss", ["mse", "binary_crossentropy", "mae"])
def test_a_picture_that_comes_out(loss, ask):
    model = Sequential(
        [
            layers.Conv2D(2, 3, padding="same", activation="relu", input_shape=(6, 6, 1)),
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ]
    )
    model.compile("sgd", loss)
    x = np.random.default_rng(2).random((2, 6, 6, 1)).astype("float32")
    data = model_data(model, choose_examples(model, x, x))
    (output,) = data["outputs"]
    assert output["picture"] == {"height": 6, "width": 6, "channels": 1}
    label = data["examples"][0]["labels"][0]
    assert label == x[0].ravel().tolist()
    said = ask(
        {"model": data, "label": label, "picks": [],
         "image": {"shape": [6, 6, 1], "data": x[0].ravel().tolist()}}
    )  # fmt: skip
    done = forward_pass(model.graph, model.loss, Batch(x[:1], x[:1]))
    back = model.graph.backward(done.run, done.dy)
    assert said["loss"] == pytest.approx(done.loss, rel=1e-5)
    for layer, found in zip(model.layers, said["weightGradients"], strict=True):
        for name, gradient in back.weights[layer].items():
            np.testing.assert_allclose(found[name]["data"], gradient.ravel(), rtol=1e-3, atol=1e-6)


def test_losses_along_an_axis_are_of_rows_only():
    model = Sequential([layers.Conv2D(3, 1, activation="softmax", input_shape=(4, 4, 1))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, y = np.zeros((2, 4, 4, 1)), np.zeros((2, 4, 4), int)
    data = model_data(model, choose_examples(model, x, y))
    assert data["unknown"] == "sparse_categorical_crossentropy"
    assert data["examples"][0]["labels"] == [None]


def test_the_page_of_several_inputs_and_outputs(browser, tmp_path):
    from tests.explaining.browser import Page

    model = several()
    x, y = data_of()
    names = {"kind": ["cat", "dog", "cow"], "sure": ["no", "yes"]}
    page = Page(browser, explain(model, x, y, tmp_path / "page.html", class_names=names))
    headings = [one.text for one in page.all("#answer h2")]
    assert headings == model.output_names
    expected = model.predict([array[:1] for array in x], verbose=0)

    def shown():
        values = (
            "return [...arguments[0].querySelectorAll('.bar-row')].map((one) => one.dataset.value)"
        )
        return [np.array(page.run(values, bars), float) for bars in page.all("#answer .bars")]

    for found, wanted in zip(shown(), expected, strict=True):
        np.testing.assert_allclose(found, wanted[0], rtol=1e-4, atol=1e-6)
    assert page.all("#answer .says")[0].text.startswith(names["kind"][expected[0][0].argmax()])
    # Another example's second picture, and another number
    page.click(page.all("#board .examples")[1].find_elements("css selector", "button")[2])
    field = page.all("#board .number-fields input")[1]
    page.run("arguments[0].value = '0.75'; arguments[0].dispatchEvent(new Event('input'))", field)
    page.settle()
    facts = x[2][:1].copy()
    facts[0, 1] = 0.75
    expected = model.predict([x[0][:1], x[1][2:], facts], verbose=0)
    for found, wanted in zip(shown(), expected, strict=True):
        np.testing.assert_allclose(found, wanted[0], rtol=1e-4, atol=1e-6)
    parts = model_parts(model)
    for direction in ("forward", "backward"):
        page.choose("#inspector", direction)
        for place in range(len(parts)):
            page.select("#inspector", str(place))
            assert page.errors() == [], (direction, parts[place].layer.name)
    page.click("#step")
    after = shown()
    assert not np.allclose(after[0], expected[0][0])
    assert "\n" in page.text("#trainer .equation")
    assert page.errors() == []
    assert page.requests() == []
