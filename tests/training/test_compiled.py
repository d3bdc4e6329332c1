"""Lists and dicts that `compile` takes for several outputs."""

import numpy as np
import pytest

from minicnn import Model
from minicnn.layers import Dense, Input
from minicnn.metrics import MeanAbsoluteError

from .small import network

X = np.arange(12, dtype="float32").reshape(4, 3) / 12
Y = np.array([[0.0], [1.0], [2.0], [4.0]], "float32")


def two_outputs(metrics):
    x = Input((3,))
    outputs = [Dense(1, name=name, kernel_initializer="zeros")(x) for name in ("a", "b")]
    model = Model(x, outputs)
    model.compile("sgd", ["mse", "mse"], metrics=metrics)
    return model


@pytest.mark.parametrize("metric", ["mae", MeanAbsoluteError(name="mae")])
def test_keras_2_measured_every_output_with_one_list(metric):
    with pytest.warns(DeprecationWarning, match="one item for each output today"):
        model = two_outputs([metric])
    values = model.evaluate(X, [Y, 2 * Y], verbose=0, return_dict=True)
    assert values["a_mae"] == pytest.approx(7 / 4)  # predictions are 0: the mean of the labels
    assert values["b_mae"] == pytest.approx(14 / 4)


def test_one_metric_for_each_output_warns_of_nothing():
    values = two_outputs(["mae", "mse"]).evaluate(X, [Y, Y], verbose=0, return_dict=True)
    assert {"a_mae", "b_mse"} < set(values)


@pytest.mark.parametrize("argument", ["loss", "metrics", "loss_weights"])
def test_a_name_of_no_output_is_named_for_one_output_too(argument):
    options = {"optimizer": "sgd", "loss": "mse"} | {argument: {"digit": "mse"}}
    with pytest.raises(ValueError, match=rf"compile: {argument} must have the names .* 'digit'"):
        network().compile(**options)
