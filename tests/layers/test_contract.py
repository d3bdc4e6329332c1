"""The contract of all layers, tested for every row of the table."""

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import numpy as np
import pytest

from minicnn import layers
from minicnn.errors import NotReadyError, ShapeError, UnknownNameError
from minicnn.layers import Layer
from minicnn.layers.contract import takes_input_gradient
from minicnn.naming import clear_session, snake_case

from ..gradients import assert_gradients, distinct, randomize
from .table import TABLE, Row

every_layer = pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
with_weights = pytest.mark.parametrize(
    "row",
    [row for row in TABLE.values() if row.weights],
    ids=[name for name in TABLE if TABLE[name].weights],
)
both_dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])
both_phases = pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])


def built(row: Row, **options) -> Layer:
    """Return the row's layer with random weights."""
    layer = row.make(**options)
    layer.build((None, *row.input_shape))
    randomize(layer, np.random.default_rng(1))
    return layer


def batch(row: Row, size: int = 3, dtype: str = "float32"):
    return distinct((size, *row.input_shape), np.random.default_rng(2)).astype(dtype)


def upstream(y):
    return np.random.default_rng(3).normal(size=y.shape).astype(y.dtype)


def assert_equal_layers(one: Layer, other: Layer, x, training: bool):
    np.testing.assert_array_equal(one.forward(x, training)[0], other.forward(x, training)[0])


def test_the_table_is_complete():
    kinds = {getattr(layers, name) for name in layers.__all__}
    kinds = {kind for kind in kinds if isinstance(kind, type)} - {Layer}
    kinds -= {kind for kind in kinds if kind.family == "merge"}  # several inputs: test_merging.py
    kinds.remove(layers.Lambda)  # its config makes no equal layer: test_lambda.py
    assert kinds <= {type(row.make()) for row in TABLE.values()}


@every_layer
@pytest.mark.parametrize("size", [1, 3])
@both_phases
def test_the_declared_output_shape(row, size, training):
    layer = built(row)
    assert layer.built
    assert layer.input_shape == (None, *row.input_shape)
    assert layer.output_shape == (None, *row.output_shape)
    assert layer.compute_output_shape((None, *row.input_shape)) == (None, *row.output_shape)
    assert layer.compute_output_shape((size, *row.input_shape)) == (size, *row.output_shape)
    assert layer.forward(batch(row, size), training)[0].shape == (size, *row.output_shape)


@every_layer
def test_weights(row):
    layer = built(row)
    assert layer.weight_names == list(row.weights)
    assert [weight.shape for weight in layer.weights] == list(row.weights.values())
    assert [weight.shape for weight in layer.trainable_weights] == list(row.trainable.values())
    assert [weight.shape for weight in layer.non_trainable_weights] == list(
        row.non_trainable.values()
    )
    assert all(
        np.shares_memory(getattr(layer, name), weight) or weight.size == 0
        for name, weight in zip(row.weights, layer.weights, strict=True)
    )
    assert layer.count_params() == sum(np.prod(shape, dtype=int) for shape in row.weights.values())


@every_layer
@both_dtypes
@both_phases
def test_dtype_of_outputs_and_gradients(row, dtype, training):
    layer = built(row, dtype=dtype)
    y, cache = layer.forward(batch(row, dtype=dtype), training)
    dx, gradients = layer.backward(upstream(y), cache)
    layer.update_state(cache)
    arrays = {"y": y, "dx": dx, **gradients, **dict(zip(row.weights, layer.weights, strict=True))}
    assert {name: array.dtype for name, array in arrays.items()} == dict.fromkeys(
        arrays, np.dtype(dtype)
    )


@every_layer
@both_phases
def test_a_pass_changes_nothing_on_the_layer(row, training):
    layer, x = built(row), batch(row)
    before, x_before = pickle.dumps(vars(layer)), x.copy()
    y, cache = layer.forward(x, training)
    dy = upstream(y)
    dy_before, y_before = dy.copy(), y.copy()
    layer.backward(dy, cache)
    assert pickle.dumps(vars(layer)) == before
    for array, copy in ((x, x_before), (dy, dy_before), (y, y_before)):
        np.testing.assert_array_equal(array, copy)
    assert_equal_layers(layer, layer, x, training)


@every_layer
@pytest.mark.parametrize("size", [1, 3])
@both_phases
def test_backward_returns_gradients_of_the_input_and_every_weight(row, size, training):
    layer, x = built(row), batch(row, size)
    y, cache = layer.forward(x, training)
    dx, gradients = layer.backward(upstream(y), cache)
    assert dx.shape == x.shape
    assert {name: gradient.shape for name, gradient in gradients.items()} == row.trainable
    assert list(gradients) == list(row.trainable)


@every_layer
@both_phases
def test_weight_gradients_are_the_same_without_the_input_gradient(row, training):
    layer = built(row)
    if not takes_input_gradient(layer.backward):
        return
    y, cache = layer.forward(batch(row), training)
    _, alone = layer.backward(upstream(y), cache, input_gradient=False)
    _, gradients = layer.backward(upstream(y), cache)
    assert list(alone) == list(gradients)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(alone[name], gradient, rtol=1e-5, atol=1e-5)


@every_layer
@both_phases
def test_gradients_equal_finite_differences(row, training):
    assert_gradients(
        built(row, dtype="float64"), batch(row, dtype="float64"), np.random.default_rng(4), training
    )


@every_layer
def test_calling_a_layer_builds_it_and_converts_the_input(row):
    pixels = np.random.default_rng(0).integers(0, 256, (2, *row.input_shape), dtype=np.uint8)
    layer = row.make()
    y = layer(pixels)
    assert layer.built
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, layer.forward(pixels.astype(np.float32))[0])
    np.testing.assert_array_equal(y, layer(pixels.tolist()))
    np.testing.assert_array_equal(
        layer(pixels, training=True), layer.forward(pixels.astype(np.float32), True)[0]
    )


@every_layer
@pytest.mark.parametrize("as_json", [False, True], ids=["as it is", "as JSON"])
@both_phases
def test_config_makes_an_equal_layer(row, as_json, training):
    layer = built(row, name="mine", dtype="float64")
    layer.trainable = not isinstance(layer, layers.BatchNormalization)
    config = layer.get_config()
    again = type(layer).from_config(json.loads(json.dumps(config)) if as_json else config)
    assert type(again) is type(layer)
    assert again.name == "mine"
    assert again.dtype == "float64"
    assert again.trainable == layer.trainable
    assert json.dumps(again.get_config()) == json.dumps(layer.get_config())
    again.build((None, *row.input_shape))
    again.set_weights(layer.get_weights())
    assert_equal_layers(layer, again, batch(row, dtype="float64"), training)
    assert {name: vars(one) for name, one in again.penalties.items()} == {
        name: vars(one) for name, one in layer.penalties.items()
    }


@every_layer
@pytest.mark.parametrize("copy", [deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_copies(row, copy):
    original = built(row)
    other = copy(original)
    for training in (False, True):
        assert_equal_layers(original, other, batch(row), training)
    if hasattr(original, "activation") and not original.activation.parameters:
        assert other.activation is original.activation  # Conv2D asks whether it is ReLU itself
    for one, its_copy in zip(original.weights, other.weights, strict=True):
        assert not np.shares_memory(one, its_copy)


@with_weights
def test_get_and_set_weights(row):
    layer = built(row)
    taken, arrays = layer.get_weights(), layer.weights
    for one, weight in zip(taken, arrays, strict=True):
        assert not np.shares_memory(one, weight)
    layer.set_weights([(one + 1).tolist() for one in taken])
    for name, one, weight in zip(layer.weight_names, taken, arrays, strict=True):
        assert np.shares_memory(getattr(layer, name), weight)  # the arrays stay the same
        np.testing.assert_array_equal(weight, one + 1)


@with_weights
def test_weights_that_do_not_fit_change_nothing(row):
    layer = built(row)
    before = layer.get_weights()
    zeros = [np.zeros_like(weight) for weight in before]
    with pytest.raises(ShapeError, match=rf'"{layer.name}" has {len(before)} weights \(.*got 0'):
        layer.set_weights([])
    with pytest.raises(ShapeError, match=rf"has shape \(.*got \({before[-1].size},.*another model"):
        layer.set_weights([*zeros[:-1], np.zeros((before[-1].size, 1, 1))])
    for one, other in zip(before, layer.weights, strict=True):
        np.testing.assert_array_equal(one, other)


@with_weights
def test_before_it_is_built(row):
    layer = row.make()
    assert not layer.built
    assert layer.weights == []
    with pytest.raises(NotReadyError, match=f'"{layer.name}" has no weights yet.*model.build'):
        layer.count_params()
    with pytest.raises(NotReadyError, match="before setting weights"):
        layer.set_weights([np.zeros(shape) for shape in row.weights.values()])


@every_layer
def test_building_again_changes_nothing(row):
    layer = built(row)
    weights = layer.weights
    layer.build((None, *row.input_shape))
    assert all(map(np.shares_memory, weights, layer.weights))


@every_layer
def test_frozen(row):
    layer = built(row, trainable=False)
    assert layer.trainable_weights == []
    assert len(layer.non_trainable_weights) == len(row.weights)
    assert layer.weight_names == list(row.weights)
    before = layer.get_weights()
    layer.update_state(layer.forward(batch(row), training=True)[1])
    for one, other in zip(before, layer.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    layer.trainable = True
    assert len(layer.trainable_weights) == len(row.trainable)


@every_layer
def test_names(row):
    clear_session()
    kind = snake_case(type(row.make()).__name__)
    assert [row.make().name for _ in range(2)] == [f"{kind}_1", f"{kind}_2"]
    layer = row.make(name="mine")
    assert layer.name == "mine"
    assert layer.describe() == f'{type(layer).__name__} "mine"'
    assert repr(layer) == f"<{type(layer).__name__} name=mine, built=False>"


@every_layer
def test_many_threads_at_once(row):
    layer, images = built(row), [batch(row, size) for size in range(1, 9)]
    expected = [layer.forward(x)[0] for x in images]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda x: layer.forward(x)[0], images))
    for got, wanted in zip(results, expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


@every_layer
def test_misspelt_option(row):
    layer = type(row.make()).__name__
    with pytest.raises(
        UnknownNameError, match=f"argument of {layer} 'trainabel'.*Did you mean 'trainable'"
    ):
        row.make(trainabel=False)


@every_layer
@pytest.mark.parametrize("dtype", ["float23", "uint8", np.int64, "half"])
def test_unknown_dtype(row, dtype):
    layer = type(row.make()).__name__
    with pytest.raises(UnknownNameError, match=f"dtype of {layer} .*'float32', 'float64'"):
        row.make(dtype=dtype)


@every_layer
@pytest.mark.parametrize(
    ("dtype", "name"),
    [(np.float64, "float64"), (float, "float64"), (np.dtype("float32"), "float32"), (None, "float32"),
     ({"class_name": "DTypePolicy", "config": {"name": "float64"}}, "float64")],
    ids=str,
)  # fmt: skip
def test_dtypes_in_every_spelling(row, dtype, name):
    assert row.make(dtype=dtype).dtype == name
