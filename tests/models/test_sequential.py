"""The stack of layers: list, add, pop, build, shapes, names."""

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.errors import NotReadyError, ShapeError, UnknownNameError
from minicnn.layers import Activation, Conv2D, Dense, Dropout, Flatten, InputLayer, MaxPooling2D


def lecture(**options):
    return [
        Conv2D(64, kernel_size=3, activation="relu", **options),
        Conv2D(32, kernel_size=3, activation="relu"),
        Flatten(),
        Dense(10, activation="softmax"),
    ]


def added(layers):
    model = Sequential()
    for layer in layers:
        model.add(layer)
    return model


@pytest.mark.parametrize("make", [Sequential, added])
@pytest.mark.parametrize(
    "layers",
    [
        lambda: lecture(input_shape=(28, 28, 1)),
        lambda: [Input((28, 28, 1)), *lecture()],
        lambda: [Input(shape=(28, 28, 1), batch_size=7), *lecture()],
        lambda: [InputLayer(batch_shape=(None, 28, 28, 1)), *lecture()],
        lambda: [InputLayer(input_shape=(28, 28, 1)), *lecture()],
    ],
)
def test_weights_are_made_as_soon_as_the_shape_is_known(make, layers):
    model = make(layers())
    assert model.built
    assert model.input_shape == (None, 28, 28, 1)
    assert model.output_shape == (None, 10)
    assert [layer.output_shape for layer in model.layers] == [
        (None, 26, 26, 64),
        (None, 24, 24, 32),
        (None, 18432),
        (None, 10),
    ]
    assert [layer.count_params() for layer in model.layers] == [640, 18464, 0, 184330]
    assert model.count_params() == 203434
    assert [weight.shape for weight in model.get_weights()] == [
        (3, 3, 1, 64),
        (64,),
        (3, 3, 64, 32),
        (32,),
        (18432, 10),
        (10,),
    ]


@pytest.mark.parametrize("first_use", ["fit", "predict", "evaluate", "train_on_batch", "__call__"])
def test_else_at_the_first_batch(first_use):
    model = Sequential([Conv2D(2, 3), Flatten(), Dense(3)])
    model.compile("sgd", "mse")
    assert not model.built
    assert model.get_weights() == []
    with pytest.raises(NotReadyError, match=r"model\.build\("):
        model.count_params()
    with pytest.raises(NotReadyError, match="input shape is not known yet"):
        _ = model.input_shape

    x, y = np.zeros((4, 8, 9, 1)), np.zeros((4, 3))
    needs_labels = first_use in ("fit", "evaluate", "train_on_batch")
    getattr(model, first_use)(*((x, y) if needs_labels else (x,)))
    assert model.built
    assert model.input_shape == (None, 8, 9, 1)
    assert model.output_shape == (None, 3)


def test_build():
    model = Sequential([Dense(2), Dense(3)])
    model.build((None, 4))
    assert model.count_params() == 4 * 2 + 2 + 2 * 3 + 3
    before = model.get_weights()
    model.build((None, 4))  # a second time changes nothing
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_build_with_a_shape_that_does_not_fit_leaves_the_model_as_it_was():
    model = Sequential([Conv2D(2, 3), Conv2D(2, 30), Flatten(), Dense(2)])
    with pytest.raises(ShapeError, match="30 rows"):
        model.predict(np.zeros((1, 28, 28, 1)))
    assert not any(layer.built for layer in model.layers)
    assert model.predict(np.zeros((1, 40, 40, 1)), verbose=0).shape == (1, 2)


def test_a_layer_that_does_not_fit_is_not_added():
    model = Sequential()
    with pytest.raises(ShapeError, match="kernel"):
        model.add(Conv2D(2, 30, input_shape=(28, 28, 1)))
    model.add(Conv2D(2, 3, input_shape=(12, 12, 1)))
    with pytest.raises(ShapeError, match="pool"):
        model.add(MaxPooling2D(20))
    assert [type(layer) for layer in model.layers] == [Conv2D]
    assert model.output_shape == (None, 10, 10, 2)


def test_a_size_may_be_open():
    model = Sequential([Input((None, None, 1)), Conv2D(2, 3), Conv2D(1, 3)])
    assert model.output_shape == (None, None, None, 1)
    assert model.predict(np.zeros((2, 9, 7, 1)), verbose=0).shape == (2, 5, 3, 1)


def test_pop():
    model = Sequential([Input((4,)), Dense(3), Dense(2)])
    top = model.layers[-1]
    assert model.pop() is top
    assert model.output_shape == (None, 3)
    model.add(Dense(5))
    assert model.output_shape == (None, 5)
    assert model.predict(np.zeros((1, 4)), verbose=0).shape == (1, 5)
    model.pop()
    model.pop()
    with pytest.raises(NotReadyError, match="no layers"):
        model.pop()


def test_after_pop_and_add_a_new_compile_trains_the_new_layers():
    model = Sequential([Input((4,)), Dense(3), Dense(2)])
    model.compile("adam", "mse")
    x = np.ones((4, 4))
    model.fit(x, np.ones((4, 2)), verbose=0)
    model.pop()
    model.add(Dense(5))
    with pytest.raises(ShapeError, match="compile the model again"):
        model.fit(x, np.ones((4, 5)), verbose=0)
    model.compile("adam", "mse")
    before = model.get_weights()
    model.fit(x, np.ones((4, 5)), verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        assert (old != new).any()


def test_layers_is_a_copy_without_the_input():
    model = Sequential([Input((4,)), Dense(3)])
    model.layers.clear()
    assert [type(layer) for layer in model.layers] == [Dense]


def test_get_layer():
    model = Sequential([Conv2D(2, 3, name="eye"), Flatten()])
    assert model.get_layer("eye") is model.layers[0]
    assert model.get_layer(index=1) is model.layers[1]
    assert model.get_layer(index=-1) is model.layers[1]
    with pytest.raises(UnknownNameError, match="Did you mean 'eye'"):
        model.get_layer("eyes")
    with pytest.raises(ValueError, match="2 layers, got index=2"):
        model.get_layer(index=2)
    with pytest.raises(ValueError, match="a name or an index"):
        model.get_layer()


def test_names_are_counted_as_in_keras():
    model = Sequential([Conv2D(1, 1), Conv2D(1, 1), MaxPooling2D(1), Flatten(), Dense(1), Dense(1)])
    assert [layer.name for layer in model.layers] == [
        "conv2d",
        "conv2d_1",
        "max_pooling2d",
        "flatten",
        "dense",
        "dense_1",
    ]
    assert model.name == "sequential"
    assert Sequential().name == "sequential_1"
    assert Sequential(name="mine").name == "mine"


def test_two_layers_of_one_name():
    with pytest.raises(ValueError, match='a layer named "twin" already'):
        Sequential([Dense(1, name="twin"), Dense(1, name="twin")])


def test_one_layer_in_two_models():
    shared = Dense(2)
    first = Sequential([Input((3,)), shared])
    second = Sequential([Input((3,)), shared, Activation("tanh")])
    x = np.ones((1, 3))
    np.testing.assert_allclose(np.tanh(first(x)), second(x), rtol=1e-6)
    with pytest.raises(
        ShapeError, match=r'Dense "dense" was built for inputs of shape \(None, 3\)'
    ):
        Sequential([Input((5,)), shared])


def test_summary_before_and_after_build():
    model = Sequential([Dense(2, name="last")], name="small")
    lines = []
    model.summary(print_fn=lines.append)
    model.build((None, 3))
    model.summary(print_fn=lines.append)
    before, after = "\n".join(lines).split('Model: "small"')[1:]
    assert "last (Dense)" in before
    assert "(None, 2)" not in before
    assert "(None, 2)" in after
    assert "Total params: 8 (32.00 B)" in after


def test_a_model_of_only_an_input_passes_its_input():
    model = Sequential([Input((3,))])
    assert model.output_shape == (None, 3)
    assert model.count_params() == 0


def test_float64_goes_through_the_whole_model():
    model = Sequential([Input((3,)), Dense(2, dtype="float64"), Dropout(0.5, dtype="float64")])
    assert model.predict(np.ones((1, 3)), verbose=0).dtype == np.float64
    model = Sequential([Input((3,)), Dense(2, dtype="float64"), Dense(2)])
    assert model.predict(np.ones((1, 3)), verbose=0).dtype == np.float32
