"""Configs of models that are graphs: those of Keras 3 and of Keras 2, and back."""

import json
from typing import NamedTuple

import h5py
import numpy as np
import pytest

from minicnn import Model, Sequential, layers
from minicnn.models import load_model
from minicnn.models.config import layer_from_config, layer_to_config
from minicnn.models.functional_config import calls_to_config, tensors_from_config

KNOWN = {name: getattr(layers, name) for name in layers.__all__}


def make(config):
    return tensors_from_config(config, lambda layer: layer_from_config(layer, KNOWN))


class Call(NamedTuple):
    layer: layers.Layer
    inputs: tuple


class Structure(NamedTuple):
    calls: list
    inputs: list
    outputs: list


def shared():
    """Two inputs through one layer, added to each other and to the first input."""
    first = layers.InputLayer((3,), name="a")
    second = layers.InputLayer((3,), name="b")
    dense, add = layers.Dense(3, name="dense"), layers.Add(name="add")
    for layer in (first, second, dense):
        layer.build((None, 3))
    add.build([(None, 3)] * 3)
    calls = [
        *(Call(first, ()), Call(second, ()), Call(dense, ((0, 0),)), Call(dense, ((1, 0),))),
        Call(add, ((3, 0), (0, 0), (2, 0))),
    ]
    return Structure(calls, [(0, 0), (1, 0)], [(4, 0), (3, 0)])


def described(tensor):
    """A tensor as a tree of names."""
    inputs = [described(item) for item in tensor.call.inputs]
    return [tensor.call.layer.name, *inputs] if inputs else tensor.call.layer.name


EXPECTED = ["add", ["dense", "b"], "a", ["dense", "a"]]


def test_there_and_back():
    structure = shared()
    unique = list(dict.fromkeys(call.layer for call in structure.calls))
    config = calls_to_config(structure, unique, layer_to_config)
    assert [layer["name"] for layer in config["layers"]] == ["a", "b", "dense", "add"]
    assert [len(layer["inbound_nodes"]) for layer in config["layers"]] == [0, 0, 2, 1]
    assert config["output_layers"] == [["add", 0, 0], ["dense", 1, 0]]
    inputs, outputs = make(config)
    assert [tensor.name for tensor in inputs] == ["a", "b"]
    assert [described(tensor) for tensor in outputs] == [EXPECTED, ["dense", "b"]]
    calls = [outputs[0].call.inputs[0].call, outputs[0].call.inputs[2].call]
    assert calls[0].layer is calls[1].layer


def test_the_order_of_the_layers_does_not_matter():
    structure = shared()
    unique = list(dict.fromkeys(call.layer for call in structure.calls))
    config = calls_to_config(structure, unique, layer_to_config)
    config["layers"].reverse()
    assert described(make(config)[1][0]) == EXPECTED


def keras_2(*nodes):
    """Configs of Keras 1 and 2: inbound_nodes are lists of references."""
    return {
        "layers": [
            {
                "class_name": "InputLayer",
                "name": "x",
                "inbound_nodes": [],
                "config": {"batch_input_shape": [None, 3], "dtype": "float32", "name": "x"},
            },
            {
                "class_name": "Dense",
                "name": "d",
                "config": {"name": "d", "units": 3},
                "inbound_nodes": [[["x", 0, 0, {}]], [["d", 0, 0]]],
            },
            {
                "class_name": "Concatenate",
                "name": "c",
                "config": {"name": "c", "axis": -1},
                "inbound_nodes": list(nodes) or [[["d", 1, 0, {}], ["x", 0, 0, {}]]],
            },
        ],
        "input_layers": ["x", 0, 0],
        "output_layers": [["c", 0, 0]],
    }


def test_keras_2():
    x, (output,) = make(keras_2())
    assert x.shape == (None, 3)
    assert described(output) == ["c", ["d", ["d", "x"]], "x"]
    assert output.shape == (None, 6)


@pytest.mark.parametrize(
    ("nodes", "complaint"),
    [
        ([[["c", 0, 0], ["x", 0, 0]]], '"c" depend on its own output'),
        ([[["y", 0, 0], ["x", 0, 0]]], 'reads from "y", which is not in the model'),
        ([[["d", 2, 0], ["x", 0, 0]]], '"c" depend'),
        ([[["d", 0, 1], ["x", 0, 0]]], "no output 1 of call 0"),
        ([[]], "has no inputs"),
    ],
)
def test_calls_that_make_no_model(nodes, complaint):
    with pytest.raises(ValueError, match=complaint):
        make(keras_2(*nodes))


def test_a_long_chain_in_the_wrong_order_takes_no_time():
    config = keras_2()
    chain = [
        {
            "class_name": "Flatten",
            "name": f"f{n}",
            "config": {"name": f"f{n}"},
            "inbound_nodes": [[[f"f{n - 1}" if n else "x", 0, 0]]],
        }
        for n in range(2000)
    ]
    config["layers"] = [*chain[::-1], config["layers"][0]]
    config["output_layers"] = ["f1999", 0, 0]
    assert make(config)[1].name == "f1999"


def test_calls_of_models_inside_are_numbered_as_in_keras_3():
    start = layers.Input((3,))
    inside = Model(start, layers.Dense(2)(start), name="inside")
    x, y = layers.Input((3,)), layers.Input((3,))
    config = Model([x, y], [layers.Add(name="sum")([inside(x), inside(y)]), inside(y)]).get_config()
    (arguments,) = config["layers"][-1]["inbound_nodes"][0]["args"]
    assert config["layers"][-1]["name"] == "sum"
    histories = [one["config"]["keras_history"] for one in arguments]
    assert histories == [["inside", 0, 0], ["inside", 1, 0]]
    # there the call that made it counts: "Functional models start with a pre-existing node"
    assert config["output_layers"] == [["sum", 0, 0], ["inside", 3, 0]]
    assert config["layers"][2]["config"]["output_layers"][1:] == [0, 0]  # of a single output


@pytest.mark.parametrize("kind", ["Sequential", "Model"])
def test_every_call_of_a_model_inside_is_written_twice_to_h5(tmp_path, kind):
    start = layers.Input((3,))
    dense = layers.Dense(3)
    inside = Model(start, dense(start)) if kind == "Model" else Sequential([start, dense])
    inside.name = "inside"
    x, y = layers.Input((3,)), layers.Input((3,))
    model = Model([x, y], layers.Subtract(name="minus")([inside(x), inside(y)]))
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        described = json.loads(file.attrs["model_config"])["config"]["layers"]
    nodes = {layer["name"]: layer["inbound_nodes"] for layer in described}
    assert nodes["minus"] == [[["inside", 1, 0, {}], ["inside", 3, 0, {}]]]
    assert nodes["inside"] == [[[one.name, 0, 0, {}]] for one in (x, x, y, y)]
    again = load_model(tmp_path / "m.h5")
    values = np.random.default_rng(0).normal(size=(2, 4, 3))
    np.testing.assert_array_equal(
        again.predict([*values], verbose=0), model.predict([*values], verbose=0)
    )
