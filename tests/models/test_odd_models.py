"""Arguments of models that make no sense: an error names the argument and what to write."""

import numpy as np
import pytest

from minicnn import Input, Model, Sequential, layers
from minicnn.models import load_model, model_from_json

X = Input((3,))
Y = layers.Dense(2)(X)


def chain():
    return Sequential([layers.Dense(1, input_shape=(3,))])


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (
            lambda: Sequential([layers.Dense(1)], trainable="False"),
            "trainable must be True or False",
        ),
        (lambda: Model(X, Y, trainable="False"), "trainable must be True or False"),
        (lambda: setattr(Sequential(), "trainable", "no"), "trainable must be True or False"),
        (lambda: Sequential(3), "takes a list of layers"),
        (lambda: Model([], Y), "inputs must be at least one tensor"),
        (lambda: Model(X, []), "outputs must be at least one tensor"),
        (lambda: Model([X, X], Y), "inputs must be different tensors"),
        (
            lambda: Sequential([layers.Dense(1)]).build(3),
            r"a tuple such as \(None, 28, 28, 1\), got 3",
        ),
        (
            lambda: Sequential([layers.Dense(1)]).build(()),
            "input_shape must be the shape of a batch",
        ),
        (lambda: Sequential([layers.Dense(1)]).build((None, -3)), "input_shape must be .* got -3"),
        (lambda: chain().get_layer(index="a"), "index must be an integer, got 'a'"),
        (lambda: chain().get_layer(index=0.0), "index must be an integer"),
        (lambda: chain().summary(line_length="a"), "line_length must be an integer, got 'a'"),
        (lambda: chain().summary(positions=["a", 1, 2]), "positions must be a number"),
        (lambda: chain().summary(positions=[0.9, 0.5, 1]), r"in order, got \[0.9, 0.5, 1\]"),
        (lambda: load_model("x.keras", ["a"]), "custom_objects must be a dict"),
        (lambda: model_from_json(chain().to_json(), ["a"]), "custom_objects must be a dict"),
        (lambda: model_from_json(None), r"what model\.to_json\(\) returns, got None"),
        (lambda: Model.from_config(None), "a model is described by a dict"),
        (lambda: Model.from_config({"layers": []}), "must have 'input_layers'"),
    ],
)
def test_an_argument_that_makes_no_sense(call, match, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chain().save("x.keras")
    with pytest.raises((ValueError, TypeError), match=match):
        call()


def test_a_frozen_model():
    frozen = Sequential([layers.Dense(1, input_shape=(3,))], trainable=np.False_)
    assert frozen.trainable is False
    assert [layer.trainable for layer in frozen.layers] == [False]


def test_a_subclass_is_not_built_for_no_shape():
    class Mine(Model):
        def call(self, x):
            return layers.Dense(2)(x)

    with pytest.raises(ValueError, match="input_shape must be the shape of a batch"):
        Mine().build(())
