"""Weights of a whole model: reading, replacing all or none, freezing."""

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.errors import NotReadyError, ShapeError
from minicnn.layers import BatchNormalization, Conv2D, Dense, Flatten


def network():
    return Sequential(
        [Input((6, 6, 1)), Conv2D(2, 3), BatchNormalization(), Flatten(), Dense(3, name="last")]
    )


def test_get_weights_returns_copies_layer_by_layer():
    model = network()
    weights = model.get_weights()
    shapes = [(3, 3, 1, 2), (2,), (2,), (2,), (2,), (2,), (32, 3), (3,)]
    assert [weight.shape for weight in weights] == shapes
    weights[0][...] = 7
    assert not (model.layers[0].kernel == 7).any()


def test_set_weights_takes_what_get_weights_gave():
    one, other = network(), network()
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 1))
    assert (one(x) != other(x)).any()
    other.set_weights(one.get_weights())
    np.testing.assert_array_equal(one(x), other(x))


def test_set_weights_keeps_the_arrays_so_that_the_optimizer_goes_on_with_them():
    model = network()
    arrays = model.weights
    model.set_weights([np.ones(weight.shape) for weight in arrays])
    assert all(np.shares_memory(a, b) for a, b in zip(arrays, model.weights, strict=True))
    assert all((weight == 1).all() for weight in model.weights)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda weights: weights[:-1], "has 8 weights .*got 7"),
        (lambda weights: [*weights, np.zeros(1)], "has 8 weights .*got 9"),
        (lambda weights: [], "another model"),
        (lambda weights: [*weights[:-2], np.zeros((3, 32)), weights[-1]], 'kernel of Dense "last"'),
        (lambda weights: [*weights[:-1], np.zeros(4)], r"bias of .* has shape \(3,\), got \(4,\)"),
    ],
)
def test_weights_of_another_model_change_nothing(spoil, said):
    model = network()
    before = model.get_weights()
    with pytest.raises(ShapeError, match=said):
        model.set_weights(spoil([weight + 1 for weight in before]))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_set_weights_before_the_shape_is_known():
    with pytest.raises(NotReadyError, match=r"model\.build\("):
        Sequential([Dense(3)]).set_weights([np.zeros((2, 3)), np.zeros(3)])


def test_trainable_weights_and_the_others():
    model = network()
    assert len(model.trainable_weights) == 6
    assert len(model.non_trainable_weights) == 2  # the moving averages
    model.layers[0].trainable = False
    assert len(model.trainable_weights) == 4
    assert len(model.non_trainable_weights) == 4
    model.trainable = False
    assert not model.trainable
    assert model.trainable_weights == []
    model.trainable = True
    assert model.trainable
    assert len(model.trainable_weights) == 6
    assert not Sequential([Dense(1)], trainable=False).trainable


@pytest.mark.parametrize("frozen", [0, 1, 3])
def test_training_leaves_a_frozen_layer_alone(frozen):
    model = network()
    model.layers[frozen].trainable = False
    model.compile("sgd", "mse")
    before = [layer.get_weights() for layer in model.layers]
    rng = np.random.default_rng(0)
    model.fit(rng.normal(size=(8, 6, 6, 1)), rng.normal(size=(8, 3)), verbose=0)
    for place, layer in enumerate(model.layers):
        for name, old, new in zip(
            layer.weight_names, before[place], layer.get_weights(), strict=True
        ):
            # The bias before a normalisation has no effect, so only rounding moves it.
            if (place, name) != (0, "bias"):
                assert (old != new).any() == (place != frozen), (place, name)


def test_training_a_wholly_frozen_model_changes_nothing():
    model = network()
    model.trainable = False
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(np.ones((4, 6, 6, 1)), np.ones((4, 3)), verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
