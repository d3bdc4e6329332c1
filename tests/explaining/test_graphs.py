"""Models with branches, merged inputs and shared layers: the page's numbers are Python's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import Model, Sequential, layers
from minicnn.callbacks import TrainingSnapshots
from minicnn.errors import ShapeError
from minicnn.explaining import explain
from minicnn.explaining.examples import choose_examples
from minicnn.explaining.model_data import model_data, model_parts
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass
from tests.explaining.random_models import randomize
from tests.explaining.test_arithmetic import array, close, sum_of

MERGES = ["Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract"]


@st.composite
def graphs(draw, merge):
    """A model whose layers read any earlier output; one layer may be called twice."""
    image = layers.Input((4, 5, 2), dtype="float64")
    shared = layers.Conv2D(
        2, 3, padding="same", activation="tanh", kernel_regularizer="l2", dtype="float64"
    )
    made = [image, shared(image)]
    for kind in [*draw(st.permutations([merge, "shared", draw(st.sampled_from(MERGES))])), merge]:
        pick = st.sampled_from(made)
        if kind == "shared":
            made.append(shared(draw(pick)))
            continue
        first, second = draw(pick), draw(pick)
        options = {"axis": draw(st.sampled_from([1, 2, -2]))} if kind == "Concatenate" else {}
        third = [draw(pick)] if kind in ("Add", "Multiply", "Maximum") else []
        try:
            made.append(getattr(layers, kind)(dtype="float64", **options)([first, second, *third]))
        except ShapeError:
            continue
    row = layers.GlobalAveragePooling2D(dtype="float64")
    ends = [row(one) for one in made[1:]]
    merged = layers.Concatenate(dtype="float64")(ends)
    model = Model(image, layers.Dense(3, "softmax", dtype="float64")(merged))
    model.compile("sgd", "sparse_categorical_crossentropy")
    randomize(model, np.random.default_rng(draw(st.integers(0, 2**32 - 1))))
    return model


@pytest.mark.parametrize("merge", MERGES)
@settings(max_examples=8)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_every_number_and_gradient_is_pythons(merge, data, seed, ask):
    model = data.draw(graphs(merge))
    random = np.random.default_rng(seed)
    image = random.normal(size=(4, 5, 2)).astype(np.float32).astype(np.float64)
    parts = model_parts(model)

    def pick(shape):
        return [int(random.integers(size)) for size in shape]

    shapes = [(4, 5, 2), *(part.output_shape[1:] for part in parts)]
    cells = [[place, pick(shapes[place + 1])] for place in range(-1, len(parts) - 1)]
    flat = [
        part.shape[1:] if isinstance(part.shape, tuple)
        else (sum(int(np.prod(shape[1:])) for shape in part.shape),)
        for part in parts
    ]  # fmt: skip
    picks = [
        {
            "output": pick(part.output_shape[1:]),
            "input": pick(size),
            "weights": {
                name: pick(getattr(part.layer, name).shape) for name in part.layer.trainable_names
            },
        }
        for part, size in zip(parts, flat, strict=True)
    ]
    said = ask(
        {
            "model": model_data(model),
            "image": {"shape": [4, 5, 2], "data": image.ravel().tolist()},
            "label": 1,
            "learningRate": 0.01,
            "cells": cells,
            "picks": picks,
        }
    )
    batch = Batch(image[None], np.array([1]))
    values = model.graph.forward(batch.x, values=True).values
    done = forward_pass(model.graph, model.loss, batch, training=False)
    back = model.graph.backward(done.run, done.dy, values=True)
    assert close(said["imageGradient"], back.values[0][0])
    assert close(said["loss"], done.loss)
    for place, part in enumerate(parts):
        assert close(said["outputs"][place], values[part.value][0])
        if place < len(parts) - 1:
            assert close(said["outputGradients"][place], back.values[part.value][0])
        for name, gradient in back.weights.get(part.layer, {}).items():
            assert close(said["weightGradients"][place][name], gradient)
            found = said["explained"][place]["weights"][name]
            assert close(found["value"], gradient[tuple(picks[place]["weights"][name])])
            assert close(sum_of(found["terms"]) + found["penalty"], found["value"])
        explained = said["explained"][place]["output"]
        assert close(sum_of(explained["terms"]) + (explained["bias"] or 0), explained["sum"])
    for (place, index), found in zip(cells, said["cells"], strict=True):
        gradient = back.values[0 if place < 0 else parts[place].value][0]
        assert close(found["value"], gradient[tuple(index)])
        assert close(sum_of(found["terms"]), found["value"])


class Doubling(layers.Layer):
    """A custom layer without a family."""

    def forward(self, x, training=False):
        return 2 * x, None


def residual():
    image = layers.Input((8, 8, 1))
    first = layers.Conv2D(3, 3, padding="same", activation="relu", name="first")(image)
    twice = layers.Conv2D(3, 3, padding="same", name="twice")
    added = layers.Add(name="added")([first, twice(twice(first))])
    both = layers.Concatenate(name="both")([added, first])
    flat = layers.Flatten(name="flat")(both)
    return Model(image, layers.Dense(2, "softmax", name="dense")(flat))


def of_sequences():
    return Sequential(
        [
            layers.Conv1D(4, 3, padding="causal", activation="relu", input_shape=(12, 2)),
            layers.BatchNormalization(axis=1),
            layers.MaxPooling1D(2),
            layers.Softmax(axis=1),
            layers.Conv1D(3, 2, dilation_rate=2, activation="tanh"),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )


def learning_beyond_kernels():
    return Sequential(
        [
            layers.RandomContrast(0.5, input_shape=(5, 7, 1)),
            layers.Resizing(6, 6, pad_to_aspect_ratio=True, fill_value=0.5),
            layers.Conv2D(2, 3),
            layers.LayerNormalization(axis=[1, 2]),
            layers.PReLU(),
            layers.PReLU(shared_axes=[1, 2]),
            layers.BatchNormalization(axis=1),
            layers.Flatten(),
            layers.LayerNormalization(),
            layers.Dense(2, activation="softmax"),
        ]
    )


def with_custom_layer():
    return Sequential(
        [
            layers.Conv2D(3, 3, activation=np.tanh, input_shape=(8, 8, 1), name="first"),
            Doubling(name="doubling"),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )


def page_of(model, browser, tmp_path):
    from tests.explaining.browser import Page

    random = np.random.default_rng(4)
    model.compile("sgd", "sparse_categorical_crossentropy")
    randomize(model, random)
    x = random.random((4, *model.input_shape[1:])).astype(np.float32)
    page = Page(browser, explain(model, x, [0, 1, 0, 1], tmp_path / "page.html"))
    for place, example in enumerate([0, 2]):  # sorted by class: the first of each, then the second
        page.click(page.all(".example")[2 * place])
        expected = model.predict(x[[example]], verbose=0)[0]
        assert np.allclose(page.probabilities(), expected, rtol=1e-4, atol=1e-6)
    return page


@pytest.mark.parametrize("make", [residual, of_sequences, learning_beyond_kernels])
def test_every_layer_is_shown_both_ways(make, browser, tmp_path):
    model = make()
    page = page_of(model, browser, tmp_path)
    parts = model_parts(model)
    for direction in ("forward", "backward"):
        page.choose("#inspector", direction)
        for place in range(-1, len(parts)):
            page.select("#inspector", str(place))
            for target in (
                parts[place].layer.trainable_names if direction == "backward" and place >= 0 else []
            ):
                page.choose("#inspector", target)
                assert np.isfinite(page.line("value"))
            assert page.errors() == [], place
    page.click("#step")
    page.run("sessionStorage.clear()")
    assert page.errors() == []


def test_a_graph_names_what_each_layer_reads(browser, tmp_path):
    model = residual()
    page = page_of(model, browser, tmp_path)
    facts = [one.text for one in page.all(".layer .facts")]
    assert [one.split("← ")[1] for one in facts if "←" in one] == ["first, twice", "added, first"]
    page.select("#inspector", "3")  # the sum of two branches
    cells = page.numbers(".factors figure:first-child .cell")
    assert len(cells) == 2
    assert np.isclose(sum(cells), page.line("sum"))
    page.choose("#inspector", "backward")
    page.select("#inspector", "0")  # read by three layers
    names = page.run(
        "return [...document.querySelectorAll('.parts .cell')].map((e) => e.getAttribute('aria-label'))"
    )
    assert {name.split(" · ")[-1].split(",")[0] for name in names if name} == {
        "twice",
        "added",
        "both",
    }
    assert page.errors() == []


def test_a_custom_layer_is_shown_as_python_computed_it(browser, tmp_path):
    model = with_custom_layer()
    page = page_of(model, browser, tmp_path)
    assert not page.all("canvas.ink")
    assert "doubling" in page.text("#board .hint")
    assert "doubling" in page.text("#trainer")
    page.select("#inspector", "1")
    assert page.text("#inspector .middle .remark").startswith("Python computed these numbers")
    page.choose("#switches", "ko")
    assert "파이썬이" in page.text("#board .hint")
    page.run("sessionStorage.clear()")
    assert page.errors() == []


def test_a_layer_that_is_only_known_for_examples_needs_them(tmp_path):
    model = with_custom_layer()
    with pytest.raises(ValueError, match='cannot compute Conv2D "first", Doubling "doubling" in'):
        model_data(model)
    x = np.ones((1, 8, 8, 1), np.float32)
    data = model_data(model, choose_examples(model, x))
    assert data["given"] == ["first", "doubling"]
    with pytest.raises(ValueError, match="cannot play a training of first, doubling"):
        explain(model, x, path=tmp_path / "page.html", history=TrainingSnapshots())
    assert [one["family"] for one in data["layers"]] == ["given", "given", "index_map", "dense"]


def test_the_gradients_of_sequences_are_pythons(ask):
    model = of_sequences()
    model.compile("sgd", "sparse_categorical_crossentropy")
    randomize(model, np.random.default_rng(2))
    x = np.random.default_rng(3).normal(size=(1, 12, 2)).astype(np.float32)
    said = ask(
        {
            "model": model_data(model),
            "image": {"shape": [1, 12, 2], "data": x.ravel().tolist()},
            "label": 1, "learningRate": 0.1, "picks": [],
        }
    )  # fmt: skip
    done = forward_pass(model.graph, model.loss, Batch(x, np.array([1])), training=False)
    back = model.graph.backward(done.run, done.dy, values=True)
    close_enough = {"rtol": 1e-3, "atol": 1e-6}  # Python's in float32
    np.testing.assert_allclose(array(said["imageGradient"]), back.values[0], **close_enough)
    for layer, found in zip(model.layers, said["weightGradients"], strict=True):
        for name, gradient in back.weights.get(layer, {}).items():
            values = array(found[name]).reshape(gradient.shape)
            np.testing.assert_allclose(values, gradient, **close_enough)
