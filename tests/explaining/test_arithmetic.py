"""The page's arithmetic equals Python's: forward, gradients, and every term."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import Sequential, layers
from minicnn.explaining.model_data import model_data
from minicnn.layers.description import FAMILIES
from minicnn.ops.windows import window_indices
from tests.explaining.random_models import ENDS, LAYERS, models
from tests.explaining.tracing import Trace, trace

seeds = st.integers(0, 2**32 - 1)


def array(tensor: dict[str, Any]) -> np.ndarray:
    return np.array(tensor["data"], np.float64).reshape(tensor["shape"])


def close(actual: Any, expected: Any) -> bool:
    """Equal but for rounding: both sides are float64."""
    if isinstance(actual, dict):
        actual = array(actual)
    assert np.shape(actual) == np.shape(expected)
    return np.allclose(actual, expected, rtol=1e-8, atol=1e-9)


def question(model: Sequential, random: np.random.Generator) -> dict[str, Any]:
    """A random image and label, and a random cell and weight of every layer to be explained."""
    shape = model.input_shape[1:]
    image = random.normal(0, 1, shape).astype(np.float32).astype(np.float64)
    outputs = model.output_shape[1]
    is_number = outputs == 1 or model.loss.name.startswith("mean")
    label = random.random(outputs).tolist() if is_number else int(random.integers(outputs))
    if model.loss.name == "binary_crossentropy" and outputs == 1:
        label = int(random.integers(2))

    def pick(sizes: tuple[int, ...]) -> list[int]:
        return [int(random.integers(size)) for size in sizes]

    return {
        "model": model_data(model),
        "image": {"shape": list(shape), "data": image.ravel().tolist()},
        "label": label,
        "picks": [
            {
                "output": pick(layer.output_shape[1:]),
                "input": pick(layer.input_shape[1:]),
                "weights": {n: pick(getattr(layer, n).shape) for n in layer.trainable_names},
            }
            for layer in model.layers
        ],
    }


def target(asked: dict[str, Any], model: Sequential) -> Any:
    """The label as the Python losses take it."""
    label, outputs = asked["label"], model.output_shape[1]
    if isinstance(label, list) or outputs == 1:
        return label if isinstance(label, list) else [label]
    if model.loss.name == "sparse_categorical_crossentropy":
        return label
    return np.eye(outputs)[label]


@pytest.mark.parametrize("kind", LAYERS)
@settings(max_examples=12)
@given(data=st.data(), seed=seeds)
def test_every_kind_of_layer(kind, data, seed, ask):
    check(data.draw(models(kind=kind)), seed, ask)


@pytest.mark.parametrize("end", ENDS)
@settings(max_examples=10)
@given(data=st.data(), seed=seeds)
def test_every_loss(end, data, seed, ask):
    check(data.draw(models(end=end)), seed, ask)


def check(model: Sequential, seed: int, ask: Any):
    """All that the page computes of a model, for one random image and label."""
    asked = question(model, np.random.default_rng(seed))
    label = target(asked, model)
    said, expected = ask(asked), trace(model, array(asked["image"]), label)
    for place in range(len(model.layers)):
        assert close(said["sums"][place], expected.sums[place])
        assert close(said["outputs"][place], expected.outputs[place])
        assert close(said["sumGradients"][place], expected.sum_gradients[place])
        assert close(said["inputGradients"][place], expected.input_gradients[place])
        assert said["weightGradients"][place].keys() == expected.weight_gradients[place].keys()
        for name, gradient in expected.weight_gradients[place].items():
            assert close(said["weightGradients"][place][name], gradient)
    assert close(said["loss"], expected.loss)
    explained = said["explainedLoss"]
    assert close(sum_of(explained["outputs"][0]["terms"]) + explained["penalty"], expected.loss)
    for place, layer in enumerate(model.layers):
        check_explained(layer, place, asked["picks"][place], said["explained"][place], expected)


def sum_of(terms: list[dict[str, Any]]) -> float:
    return sum(term["product"] for term in terms)


def check_explained(layer: Any, place: int, pick: Any, said: Any, expected: Trace):
    """Each sum equals the number it explains, and each factor the element of the arrays."""
    x, dz = expected.inputs[place], expected.sum_gradients[place]
    output, index = said["output"], tuple(pick["output"])
    assert close(output["sum"], expected.sums[place][index])
    assert close(output["value"], expected.outputs[place][index])
    assert close(sum_of(output["terms"]) + (output["bias"] or 0), output["sum"])
    for term in output["terms"]:
        assert close(term["input"], at(x, term["from"]))
        assert close(term["product"], term["input"] * term["weight"])
        assert term["padding"] == (term["from"] is None)
        if term["at"]:
            assert close(term["weight"], layer.kernel[tuple(term["at"])])
    if output["softmax"]:
        parts = output["softmax"]
        assert close(parts["exponentials"][parts["position"]] / parts["total"], output["value"])
    check_sum(said["sum"], expected.sum_gradients[place][index])

    gradient = said["input"]
    assert close(gradient["value"], expected.input_gradients[place][tuple(pick["input"])])
    assert close(sum_of(gradient["terms"]), gradient["value"])
    for term in gradient["terms"]:
        assert close(term["gradient"], at(dz, term["to"]))
        assert close(term["product"], term["gradient"] * term["weight"])

    for name, weight in said["weights"].items():
        assert close(
            weight["value"], expected.weight_gradients[place][name][tuple(pick["weights"][name])]
        )
        assert close(sum_of(weight["terms"]) + weight["penalty"], weight["value"])
        for term in weight["terms"]:
            assert close(term["gradient"], at(dz, term["to"]))
            assert close(term["product"], term["input"] * term["gradient"])
            if name == "kernel":
                assert close(term["input"], at(x, term["from"]))


def check_sum(said: dict[str, Any], expected: float):
    """∂loss/∂sum equals its explanation."""
    assert close(said["value"], expected)
    told = {
        "p − y": lambda: (said["probability"] - said["target"]) / said["share"],
        "softmax": lambda: said["probability"] * (said["upstream"] - sum_of(said["terms"])),
        "slope": lambda: said["upstream"] * said["slope"],
    }
    assert close(told[said["how"]](), expected)


def at(values: np.ndarray, index: list[int] | None) -> float:
    """A number; of the padding it is 0."""
    return 0.0 if index is None else float(values[tuple(index)])


@settings(max_examples=20)
@given(model=models(), seed=seeds)
def test_float32_models_agree_to_1e_5(model, seed, ask):
    """The page computes the same as `predict`, in float32."""
    config = model.get_config()
    for layer in config["layers"]:
        layer["config"]["dtype"] = "float32"
    ordinary = Sequential.from_config(config)
    ordinary.set_weights(model.get_weights())
    ordinary.compile("sgd", model.loss)
    asked = question(ordinary, np.random.default_rng(seed))
    predicted = ordinary.predict(array(asked["image"])[np.newaxis], verbose=0)[0]
    said = array(ask(asked)["outputs"][-1])
    assert np.allclose(said, predicted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_the_terms_of_a_convolution_are_its_window(padding, ask):
    layer = layers.Conv2D(3, (2, 3), (2, 1), padding, groups=1, input_shape=(5, 4, 2))
    model = Sequential([layer, layers.Flatten(), layers.Dense(2, "softmax")])
    asked = question(model_compiled(model), np.random.default_rng(1))
    asked["picks"][0]["output"] = [1, 0, 2]
    terms = ask(asked)["explained"][0]["output"]["terms"]
    rows = window_indices(1, 5, 2, 2, padding)
    columns = window_indices(0, 4, 3, 1, padding)
    cells = [[r, c, k] for r in rows for c in columns for k in range(2)]
    inside = [cell if 0 <= cell[0] < 5 and 0 <= cell[1] < 4 else None for cell in cells]
    assert [term["from"] for term in terms] == inside
    assert [term["at"][:2] for term in terms] == [
        [i, j] for i in (0, 1) for j in (0, 1, 2) for _ in "12"
    ]


def test_the_winner_of_a_max_pooling_is_the_first_of_equals(ask):
    model = Sequential([layers.MaxPooling2D(2, input_shape=(2, 2, 1)), layers.Flatten()])
    asked = question(model_compiled(model), np.random.default_rng(0))
    asked |= {"image": {"shape": [2, 2, 1], "data": [1.0, 3.0, 3.0, 0.0]}, "label": 1}
    output = ask(asked)["explained"][0]["output"]
    assert [term["won"] for term in output["terms"]] == [False, True, False, False]


def test_equals_share_the_gradient_of_a_global_max_pooling(ask):
    model = Sequential([layers.GlobalMaxPooling2D(input_shape=(2, 2, 1))])
    asked = question(model_compiled(model), np.random.default_rng(0))
    asked |= {"image": {"shape": [2, 2, 1], "data": [1.0, 3.0, 3.0, 0.0]}, "label": 1}
    asked["picks"][0]["input"] = [1, 0, 0]
    said = ask(asked)
    assert array(said["inputGradients"][0]).ravel().tolist() == [0, 2, 2, 0]  # 2·(3 − 1) / 2 each
    assert said["explained"][0]["input"]["value"] == 2


def model_compiled(model: Sequential) -> Sequential:
    softmax = getattr(getattr(model.layers[-1], "activation", None), "name", "") == "softmax"
    model.compile("sgd", "categorical_crossentropy" if softmax else "mse")
    return model


def test_both_sides_know_the_same_families(page_text):
    (table,) = re.findall(r"FAMILIES = \{(.*?)\}", page_text("arithmetic/layers.js"), re.DOTALL)
    merged = {"sum", "minimum", "product"}  # and "maximum"
    assert set(re.findall(r"^  (\w+)", table, re.MULTILINE)) - merged == set(FAMILIES) - {
        "chain",
        "custom",
        "merge",
    }


def test_every_family_is_tried():
    tried = {getattr(layers, name).family for name in LAYERS}
    assert tried == set(FAMILIES) - {"chain", "custom", "merge"}
