"""What `compile` takes, and what counts from it on."""

import numpy as np
import pytest

from minicnn import Model, Sequential
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


def test_freezing_counts_from_the_next_compile():
    """The weights that real Keras 3.15 changes in these orders."""
    x, y = np.random.default_rng(0).normal(size=(32, 4)), np.arange(32) % 3
    model = Sequential([Dense(5, "relu", input_shape=(4,)), Dense(3, "softmax")])
    first = model.layers[0]

    def changed(compiled):
        if compiled:
            model.compile("adam", "sparse_categorical_crossentropy")
        before = first.get_weights()[0]
        model.fit(x, y, verbose=0)
        return bool(np.abs(first.get_weights()[0] - before).max() > 0)

    assert changed(compiled=True)
    first.trainable = False
    with pytest.warns(UserWarning, match=r"counts from the next model\.compile"):
        assert changed(compiled=False)
    assert not changed(compiled=True)
    first.trainable = True
    with pytest.warns(UserWarning, match=r"counts from the next model\.compile"):
        assert not changed(compiled=False)
    model.compile("adam", "sparse_categorical_crossentropy")
    first.trainable = False  # before the first batch: it counts
    assert not changed(compiled=False)
