"""Traces of models with several inputs and outputs, and of merged inputs, equal the model's numbers."""

import numpy as np
import pytest

from minicnn import Model, Sequential, layers, steps
from minicnn.errors import ShapeError
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass

from ..gradients import randomize
from .checking import assert_sum

X = {"picture": np.random.default_rng(1).random((4, 4, 1)), "facts": np.array([0.5, -1.0])}
Y = {"kind": 2, "sure": 1, "size": [0.5, 2.0], "free": None}


def several(compiled=True):
    picture, facts = layers.Input((4, 4, 1), name="picture"), layers.Input((2,), name="facts")
    flat = layers.Flatten()(layers.Conv2D(2, 3, activation="relu", name="first")(picture))
    rows = layers.Concatenate(name="rows")([flat, facts])
    shared = layers.Dense(3, "tanh", name="shared")(rows)
    model = Model(
        {"picture": picture, "facts": facts},
        [
            layers.Dense(3, "softmax", name="kind")(shared),
            layers.Dense(1, "sigmoid", name="sure")(shared),
            layers.Dense(2, name="size")(shared),
            layers.Dense(1, name="free")(facts),
        ],
    )
    for layer in model.graph.layers:
        randomize(layer, np.random.default_rng(2))
    if compiled:
        losses = ["sparse_categorical_crossentropy", "binary_crossentropy", "mse", None]
        model.compile("sgd", losses, loss_weights=[2.0, 0.5, 3.0, 1.0])
    return model


def test_every_number_is_the_models():
    model = several()
    seen = steps.trace(model, X, Y)
    batch = [X[name][None] for name in model.input_names]
    for found, expected in zip(seen.output, model.predict(batch, verbose=0), strict=True):
        np.testing.assert_allclose(found, expected[0], rtol=1e-5)
    labels = [np.array([2]), np.array([[1.0]]), np.array([[0.5, 2.0]]), None]
    done = forward_pass(model.graph, model.compiled.losses, Batch(batch, labels, None))
    assert seen.loss == pytest.approx(done.loss, rel=1e-6)
    gradients = model.graph.backward(done.run, done.dy, values=True).weights
    for trace, walk in zip(seen.layers, seen, strict=True):
        np.testing.assert_allclose(walk.output, trace.output, rtol=1e-4, atol=1e-6)
        back = walk.backward()
        for name, gradient in gradients.get(trace.layer, {}).items():
            np.testing.assert_allclose(
                back.gradients[name].gradient, gradient, rtol=1e-4, atol=1e-6
            )
    assert not seen["free"].backward().kernel.gradient.any()
    assert seen.loss_walk_of(2)[()].value == pytest.approx(done.losses[2])
    with pytest.raises(ValueError, match="output 'free' is not trained"):
        seen.loss_walk_of(3)
    assert "4×4×1 and 2 through" in str(seen)


def test_the_steps_of_an_outputs_gradient_have_its_weight():
    back = steps.trace(several(), X, Y)["kind"].backward()
    for step in back.z:
        assert_sum(step)


def test_inputs_and_labels_in_order():
    model = several()
    order = [X[name] for name in model.input_names]
    assert steps.trace(model, order, list(Y.values())).loss == steps.trace(model, X, Y).loss
    with pytest.raises(ShapeError, match="takes x as a list of 2 arrays"):
        steps.trace(model, X["picture"], Y)


def test_a_model_that_is_not_compiled_has_a_loss_for_each_output():
    seen = steps.trace(several(compiled=False), X, Y | {"free": [1.0]})
    values = [
        float(getattr(walk, "loss", walk.output)) for walk in map(seen.loss_walk_of, range(4))
    ]
    assert seen.loss == pytest.approx(sum(values), rel=1e-5)


def test_a_layer_that_is_a_chain_shows_its_parts():
    layer = layers.Conv2DTranspose(2, 3, strides=2, activation="relu", name="larger")
    model = Sequential(
        [layers.Input((2, 3, 1)), layer, layers.Flatten(), layers.Dense(2, "softmax")]
    )
    randomize(layer, np.random.default_rng(3))
    walk = steps.trace(model, np.random.default_rng(5).random((2, 3, 1)), 1)["larger"]
    spread, convolution = walk.parts
    assert spread.output.shape[:2] == (7, 9)
    step, back = walk[2, 3, 1], walk.backward()
    assert step.before.terms[0].factors[0].value == spread.output[2, 3, 0]
    assert step.value == max(convolution[2, 3, 1].value, 0)
    for name in ("kernel", "bias"):
        for made in back.gradients[name]:
            assert_sum(made)


@pytest.mark.parametrize(
    "merge", ["Add", "Average", "Subtract", "Concatenate", "Maximum", "Minimum"]
)
def test_merged_inputs_are_sums(merge):
    random = np.random.default_rng(4)
    ins = [layers.Input((2, 3)), layers.Input((2, 3))]
    merged = getattr(layers, merge)(name="merged")(ins)
    model = Model(ins, layers.Dense(2, "softmax")(layers.Flatten()(merged)))
    x = [random.normal(size=(2, 3)).astype("float32") for _ in ins]
    seen = steps.trace(model, x, 1)
    walk = seen["merged"]
    trace = next(one for one in seen.layers if one.name == "merged")
    back = walk.backward()
    for i, gradient in enumerate(trace.input_gradient):
        found = back.gradients[f"input_{i}"]
        np.testing.assert_allclose(found.gradient, gradient, rtol=1e-5, atol=1e-7)
        assert found[1, 2].value == pytest.approx(sum(term.product for term in found[1, 2].terms))
    for step in walk:
        assert step.value == pytest.approx(sum(term.product for term in step.terms))
        for term in step.terms:
            cell = term.factors[0]
            assert cell.value == x[int(cell.name[-1])][cell.index]
