"""The base class of all layers, including custom ones."""

import importlib
import inspect
import pickle
import pkgutil

import numpy as np
import pytest

from minicnn import Sequential, layers
from minicnn.errors import ShapeError
from minicnn.layers import Layer
from minicnn.models import clone_model

from .table import Scale


class Sum(Layer):
    """Sum the features; overrides as little as possible."""

    def compute_output_shape(self, input_shape):
        return (input_shape[0],)

    def forward(self, x, training=False):
        return x.sum(axis=-1), x.shape

    def backward(self, dy, cache):
        return np.broadcast_to(dy[:, None], cache), {}


class ScaleAndShift(Scale):
    """Extend the weights of another layer."""

    def __init__(self, start=0.0, **options):
        super().__init__(**options)
        self.start = start

    def build(self, input_shape):
        super().build(input_shape)
        self.add_weight(
            "shift", input_shape[-1:], lambda shape, dtype: np.full(shape, self.start, dtype)
        )
        self.add_weight("steps", (), "zeros", trainable=False)

    def forward(self, x, training=False):
        y, cache = super().forward(x)
        return y + self.shift, cache


def test_a_layer_without_weights_needs_no_build():
    layer = Sum()
    assert layer(np.ones((2, 3))).tolist() == [3, 3]
    assert (layer.built, layer.output_shape, layer.count_params(), layer.get_weights()) == (
        True,
        (None,),
        0,
        [],
    )


def test_build_calls_the_build_of_its_base():
    layer = ScaleAndShift(start=5.0)
    assert layer(np.ones((2, 3))).tolist() == [[6, 6, 6], [6, 6, 6]]
    assert layer.weight_names == ["scale", "shift", "steps"]
    assert layer.count_params() == 7


def test_trainable_weights_come_first():
    class Mixed(Layer):
        def build(self, input_shape):
            for name, trainable in (("a", False), ("b", True), ("c", False), ("d", True)):
                self.add_weight(name, (1,), "zeros", trainable=trainable)

    layer = Mixed()
    layer.build((None, 1))
    assert layer.weight_names == ["b", "d", "a", "c"]
    assert layer.trainable_names == ["b", "d"]


def test_initializer_of_another_shape():
    layer = layers.Dense(2, kernel_initializer=lambda shape, dtype: np.zeros(3), name="odd")
    with pytest.raises(
        ShapeError,
        match=r'"kernel" of Dense "odd" has shape \(4, 2\), and its initializer.* of shape \(3,\)',
    ):
        layer.build((None, 4))


def test_penalties_by_weight():
    layer = layers.Dense(2, kernel_regularizer="l2", bias_regularizer="l1")
    assert layer.penalties == {}
    layer.build((None, 4))
    assert {name: type(one).__name__ for name, one in layer.penalties.items()} == {
        "kernel": "L2",
        "bias": "L1",
    }
    assert layers.Dense(2).penalties == {}


def test_options_of_a_weight_that_are_not_passed_are_the_layers_attributes():
    class Gain(Layer):
        gain_initializer = staticmethod(lambda shape, dtype: np.full(shape, -2.0))
        gain_regularizer = "l1"
        gain_constraint = "non_neg"

        def build(self, input_shape):
            self.add_weight("gain", input_shape[-1:])
            self.add_weight("other", input_shape[-1:], "ones")

    layer = Gain()
    layer.build((None, 2))
    assert layer.gain.tolist() == [-2.0, -2.0]
    assert layer.other.tolist() == [1.0, 1.0]
    assert {name: type(one).__name__ for name, one in layer.penalties.items()} == {"gain": "L1"}
    layer.apply_constraints()
    assert layer.gain.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("call", "method"),
    [(lambda layer: layer(np.ones((1, 2))), r"forward\(x, training\)"),
     (lambda layer: layer.backward(np.ones((1, 2)), None), r"backward\(dy, cache\)")],
)  # fmt: skip
def test_a_method_that_is_missing(call, method):
    class Half(Layer):
        pass

    with pytest.raises(NotImplementedError, match=f"Half needs a method {method}"):
        call(Half())


def test_input_shape_is_kept_with_an_open_batch():
    assert layers.Conv2D(1, 3, input_shape=(28, None, 1)).declared_shape == (None, 28, None, 1)
    assert layers.Dense(1, input_dim=7).declared_shape == (None, 7)
    assert layers.Dense(1).declared_shape is None


def test_sizes_that_are_open_stay_open():
    assert layers.Conv2D(4, 3).compute_output_shape((None, None, 8, 1)) == (None, None, 6, 4)
    assert layers.Conv2D(4, 3, padding="same", strides=2).compute_output_shape((None, None, 7, 1)) == (
        None, None, 4, 4,
    )  # fmt: skip
    assert layers.MaxPooling2D().compute_output_shape((None, 8, None, None)) == (
        None,
        4,
        None,
        None,
    )
    assert layers.ZeroPadding2D().compute_output_shape((None, None, 8, 1)) == (None, None, 10, 1)
    assert layers.Flatten().compute_output_shape((None, None, 8)) == (None, None)
    assert layers.Reshape((4, -1)).compute_output_shape((None, None)) == (None, 4, None)
    assert layers.GlobalMaxPooling2D().compute_output_shape((None, None, None, 3)) == (None, 3)


def test_images_of_another_size_if_the_weights_allow_it():
    layer = layers.Conv2D(2, 3)
    assert layer(np.zeros((1, 8, 8, 1))).shape == (1, 6, 6, 2)
    assert layer(np.zeros((3, 5, 9, 1))).shape == (3, 3, 7, 2)


def test_keras_other_names():
    for other, name in {
        "Convolution2D": "Conv2D", "MaxPool2D": "MaxPooling2D", "AvgPool2D": "AveragePooling2D",
        "GlobalAvgPool2D": "GlobalAveragePooling2D", "GlobalMaxPool2D": "GlobalMaxPooling2D",
    }.items():  # fmt: skip
        assert getattr(layers, other) is getattr(layers, name)


def test_input_in_all_spellings():
    for made in (
        layers.InputLayer((4, 3)), layers.InputLayer(input_shape=(4, 3)),
        layers.InputLayer(batch_shape=(None, 4, 3)), layers.InputLayer(np.zeros((4, 3)).shape),
    ):  # fmt: skip
        assert made.batch_shape == made.declared_shape == (None, 4, 3)
    for made in (
        layers.Input((4, 3)), layers.Input(shape=[4, 3]), layers.Input(batch_shape=(None, 4, 3)),
    ):  # fmt: skip
        assert made.shape == (None, 4, 3)
    assert layers.Input(784).shape == (None, 784)
    assert layers.Input((4, 3), batch_size=8).shape == (8, 4, 3)


def test_keras_2_spellings():
    assert layers.BatchNormalization(axis=[3]).axis == 3
    with pytest.warns(DeprecationWarning, match="alpha is now called negative_slope"):
        assert layers.LeakyReLU(alpha=0.1).negative_slope == 0.1
    assert layers.LeakyReLU.from_config({"alpha": 0.1}).negative_slope == 0.1
    assert layers.Conv2D(1, 3, padding="SAME").padding == "same"


def test_an_activation_layer_as_an_activation():
    layer = layers.Dense(
        1, activation=layers.ReLU(max_value=1), use_bias=False, kernel_initializer="ones"
    )
    assert layer(np.array([[-1.0], [0.5], [3.0]])).ravel().tolist() == [0, 0.5, 1]


def test_fused_relu_is_relu():
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 3)).astype("float32")
    fused, plain = layers.Conv2D(4, 3, activation="relu"), layers.Conv2D(4, 3)
    for layer in (fused, plain):
        layer.build((None, 6, 6, 3))
    plain.set_weights(fused.get_weights())
    np.testing.assert_allclose(fused(x), np.maximum(plain(x), 0), atol=1e-6)
    dy = np.random.default_rng(1).normal(size=(2, 4, 4, 4)).astype("float32")
    y, cache = fused.forward(x, training=True)
    z, plain_cache = plain.forward(x, training=True)
    dy[np.abs(z) < 1e-5] = 0
    dx, gradients = fused.backward(dy, cache)
    plain_dx, plain_gradients = plain.backward(dy * (y > 0), plain_cache)
    np.testing.assert_allclose(dx, plain_dx, atol=1e-5)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, plain_gradients[name], atol=1e-4)


def test_groups_see_their_own_channels_only():
    layer = layers.Conv2D(4, 1, groups=2, use_bias=False, kernel_initializer="ones")
    y = layer(np.array([1.0, 2.0, 30.0, 40.0]).reshape(1, 1, 1, 4))
    assert y.ravel().tolist() == [3, 3, 70, 70]


def test_the_values_of_a_variable_are_a_copy():
    layer = layers.Dense(1, input_shape=(2,))
    layer.build((None, 2))
    before = layer.weights[0].numpy()
    layer.weights[0].assign_add(np.ones((2, 1)))
    np.testing.assert_allclose(layer.kernel - before, 1)
    assert type(layer.weights[0] * 2) is np.ndarray


def test_a_weight_has_the_dtype_of_its_layer():
    layer = Scale()
    layer.add_weight("kept", (2,), dtype=np.float32)
    assert layer.kept.dtype == np.float32
    with pytest.raises(ValueError, match="have the layer's dtype, float32, got 'int32'"):
        layer.add_weight("other", (2,), dtype="int32")


def test_weights_of_built_in_layers_have_the_methods_of_keras_variables():
    model = Sequential([layers.BatchNormalization(input_shape=(2,)), layers.Dense(1)])
    dense = model.layers[1]
    assert isinstance(dense.kernel.numpy(), np.ndarray)
    assert dense.bias.assign([2.0]) is dense.bias
    assert model.layers[0].moving_mean.numpy().tolist() == [0, 0]
    assert (dense.kernel.name, dense.kernel.path) == ("kernel", f"{dense.name}/kernel")
    assert model.trainable_variables[-2] is dense.kernel
    assert type(dense.kernel * 2) is type(dense.kernel.numpy()) is np.ndarray
    model.compile("adam", "mse")
    before = dense.kernel.numpy()
    model.fit(np.eye(2), np.ones(2), verbose=0)
    assert not np.array_equal(dense.kernel.numpy(), before)
    for copied in (clone_model(model), pickle.loads(pickle.dumps(model))):
        assert copied.layers[1].kernel.numpy().shape == (2, 1)
    assert {type(slot) for slots in model.optimizer.slots.values() for slot in slots} == {
        np.ndarray
    }


def test_every_method_is_explained_where_it_is_or_by_a_base_class():
    modules = [f"minicnn.layers.{module.name}" for module in pkgutil.iter_modules(layers.__path__)]
    for module in map(importlib.import_module, modules):
        own = [kind for _, kind in inspect.getmembers(module, inspect.isclass)]
        for kind in [kind for kind in own if kind.__module__ == module.__name__]:
            for name in [name for name in vars(kind) if not name.startswith("_")]:
                member = getattr(kind, name)
                if inspect.isroutine(member) or isinstance(member, property):
                    assert inspect.getdoc(member), f"{kind.__name__}.{name}"
