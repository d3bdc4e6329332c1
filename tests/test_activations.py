"""Activations: values at large inputs, derivatives, names, and custom functions."""

import json
import math
import pickle
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import activations, layers, steps
from minicnn.activations import Activation, FunctionActivation
from minicnn.errors import UnknownNameError

from .gradients import assert_slope

# one number at a time, by Python's own mathematics
DEFINITIONS = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x: x if x > 0 else 0.2 * x,
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    "gelu": lambda x: x * 0.5 * math.erfc(-x / math.sqrt(2)),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "softplus": lambda x: math.log1p(math.exp(x)),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (math.exp(x) - 1)),
    "relu6": lambda x: min(max(x, 0), 6),
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0), 1),
    "hard_silu": lambda x: x * min(max(x / 6 + 0.5, 0), 1),
    "hard_swish": lambda x: x * min(max(x / 6 + 0.5, 0), 1),
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
    "exponential": math.exp,
    "softsign": lambda x: x / (1 + abs(x)),
}
PARAMETERS = {
    "relu": [{"max_value": 1.0}, {"negative_slope": 0.3}, {"threshold": 0.5},
             {"max_value": 2.0, "negative_slope": 0.1, "threshold": 0.7}],
    "leaky_relu": [{"negative_slope": 0.01}, {"negative_slope": 0.0}],
    "elu": [{"alpha": 0.4}],
    "gelu": [{"approximate": True}],
    "softmax": [{"axis": 0}, {"axis": 1}],
    "log_softmax": [{"axis": 0}, {"axis": 1}],
}  # fmt: skip
ALL = [(name, {}) for name in activations.KNOWN] + [
    (name, parameters) for name, choices in PARAMETERS.items() for parameters in choices
]
FAR = np.array([-1e10, -1000.0, -100.0, -30.0, 0.0, 30.0, 100.0, 1000.0, 1e10])


def made(name, parameters):
    return Activation(activations.get(name).name, **parameters)


@pytest.mark.parametrize("name", DEFINITIONS)
@given(x=st.floats(-30, 30))
def test_definition(name, x):
    assert activations.get(name)(np.array([x])).item() == pytest.approx(
        DEFINITIONS[name](x), rel=1e-12, abs=1e-12
    )


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=6))
def test_softmax(scores):
    powers = [math.exp(score) for score in scores]
    expected = [power / sum(powers) for power in powers]
    assert activations.softmax(np.array([scores])).ravel() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("x", "expected"), [(-1, -0.25), (0.5, 0), (0.6, 0.6), (1.9, 1.9), (2, 2), (3, 2)]
)
def test_relu_with_everything(x, expected):
    """As Keras computes it: sloped up to the threshold, itself above, cut at the top."""
    relu = Activation("relu", negative_slope=1 / 6, threshold=0.5, max_value=2.0)
    assert relu(np.array([float(x)])).item() == pytest.approx(expected)


@pytest.mark.parametrize(("name", "parameters"), ALL, ids=str)
@given(
    shape=st.lists(st.integers(1, 5), min_size=2, max_size=3).map(tuple),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=30)
def test_backward_is_the_slope_of_forward(name, parameters, shape, seed):
    activation, random = made(name, parameters), np.random.default_rng(seed)
    x = random.normal(size=shape) * 2
    for kink in (0.0, parameters.get("threshold", 0), parameters.get("max_value", 0)):
        x = np.where(np.abs(x - kink) < 1e-3, x + 0.01, x)
    y, dy = activation(x), random.normal(size=shape)
    assert_slope(
        lambda: float((dy * activation(x)).sum()), x, activation.backward(dy, x, y), "x", random
    )


@pytest.mark.parametrize(("name", "parameters"), ALL, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_out_nothing_overflows(name, parameters, dtype):
    activation, x = made(name, parameters), FAR.astype(dtype).reshape(3, 3)
    if name == "exponential":
        x = np.minimum(x, 80)  # beyond, infinity is right
    y = activation(x)
    dx = activation.backward(np.ones_like(x), x, y)
    assert y.dtype == dx.dtype == dtype
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()


@pytest.mark.parametrize("name", ["silu", "gelu"])
def test_gates_far_out(name):
    activation, x = activations.get(name), np.array([-100.0, 100.0], "float32")
    y = activation(x)
    assert y.tolist() == [0, 100]
    np.testing.assert_allclose(activation.backward(np.ones_like(x), x, y), [0, 1], atol=1e-6)


@pytest.mark.parametrize("name", activations.KNOWN)
def test_whole_numbers_become_float32(name):
    assert activations.get(name)([[1, 2, 3]]).dtype == np.float32


@pytest.mark.parametrize("name", activations.KNOWN)
def test_inputs_are_left_as_they_were(name):
    x, dy = np.linspace(-3, 3, 12).reshape(3, 4), np.ones((3, 4))
    before = x.copy(), dy.copy()
    activation = activations.get(name)
    activation.backward(dy, x, activation(x))
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(dy, before[1])


def test_called_like_keras_functions():
    assert activations.relu([-1.0, 9.0], max_value=6.0).tolist() == [0, 6]
    assert activations.softmax(np.zeros((2, 4)), axis=0).tolist() == [[0.5] * 4] * 2


@pytest.mark.parametrize("name", activations.KNOWN)
def test_get_gives_the_one_object(name):
    activation = activations.get(name)
    assert activations.get(activation) is activation
    assert activations.get(activations.serialize(activation)) is activation
    assert activations.get({"class_name": "function", "config": name}) is activation
    assert pickle.loads(pickle.dumps(activation)) is activation
    assert deepcopy(activation) is activation
    assert getattr(activations, activation.name) is activation


def test_get_none_is_linear():
    assert activations.get(None) is activations.linear


def test_a_layer_stands_for_its_activation():
    assert activations.get(layers.LeakyReLU(0.1)).parameters == {"negative_slope": 0.1}


@pytest.mark.parametrize(("name", "parameters"), [one for one in ALL if one[1]], ids=str)
def test_parameters_survive_a_config_and_a_copy(name, parameters):
    activation = made(name, parameters)
    config = json.loads(json.dumps(activations.serialize(activation)))
    for again in (
        activations.get(config),
        deepcopy(activation),
        pickle.loads(pickle.dumps(activation)),
    ):
        assert (again.name, again.parameters) == (name, parameters)


@pytest.mark.parametrize(
    "wrong", ["rely", "ReLU6", 3, {"class_name": "rely"}, {"class_name": "f", "config": "rely"}]
)
def test_unknown_names(wrong):
    with pytest.raises(
        UnknownNameError, match=r"unknown activation .*There are: 'elu', 'exponential'"
    ):
        activations.get(wrong)


def test_the_nearest_name():
    with pytest.raises(UnknownNameError, match="Did you mean 'leaky_relu'"):
        activations.get("leakyrelu")


class TestFunctionsOfOnesOwn:
    def test_name_and_config(self):
        def bump(x):
            return np.exp(-x * x)

        activation = activations.get(bump)
        assert isinstance(activation, FunctionActivation)
        assert activations.serialize(activation) == "bump"
        assert repr(activation) == "Activation('bump')"

    def test_measured_derivative(self):
        x = np.linspace(-2, 2, 21)
        dx = FunctionActivation(np.sin).backward(np.full(21, 3.0), x, np.sin(x))
        np.testing.assert_allclose(dx, 3 * np.cos(x), atol=1e-9)

    def test_given_derivative(self):
        x = np.array([2.0, 3.0])
        activation = FunctionActivation(np.square, derivative=lambda x: 2 * x)
        assert activation.backward(np.array([1.0, 10.0]), x, x).tolist() == [4, 60]

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_dtype_is_kept(self, dtype):
        x = np.ones(3, dtype)
        for activation in (
            FunctionActivation(lambda x: x.astype("float64") ** 2),
            FunctionActivation(np.sin, np.cos),
        ):
            y = activation(x)
            assert y.dtype == activation.backward(np.ones(3, dtype), x, y).dtype == dtype

    def test_measuring_float32_keeps_its_precision(self):
        x = np.linspace(-2, 2, 21, dtype="float32")
        dx = FunctionActivation(np.sin).backward(np.ones_like(x), x, x)
        np.testing.assert_allclose(dx, np.cos(x), atol=1e-6)

    def test_another_shape_is_an_error(self):
        total = FunctionActivation(lambda x: x.sum(axis=-1), None)
        with pytest.raises(ValueError, match=r"must keep the shape \(2, 3\), but returned \(2,\)"):
            total(np.ones((2, 3)))

    def test_outputs_of_several_inputs(self):
        def normalized(x):
            return x / x.sum(axis=-1, keepdims=True)

        activation = FunctionActivation(normalized)
        x = np.array([[1.0, 2.0, 3.0]])
        dy = np.array([[1.0, 0.0, -1.0]])
        expected = dy / 6 - (dy * x).sum() / 36
        np.testing.assert_allclose(activation.backward(dy, x, activation(x)), expected, atol=1e-9)
        with pytest.raises(ValueError, match=r"element-wise activations.*normalized"):
            steps.activation(x[0], normalized).backward(dy[0]).input[0]

    def test_parameters_are_passed_on(self):
        assert FunctionActivation(lambda x, power=1: x**power)([3.0], power=2).tolist() == [9]


@pytest.mark.parametrize("wrong", [layers.Dense(3, "relu"), layers.Flatten(), layers.ReLU], ids=str)
def test_a_layer_that_is_more_than_an_activation(wrong):
    with pytest.raises(TypeError, match="activation must be a name such as 'relu'"):
        activations.get(wrong)
    assert activations.get(layers.LeakyReLU(0.1)).parameters == {"negative_slope": 0.1}


def test_a_callable_keeps_its_own_attributes():
    class Doubling:
        activation = "relu"

        def __call__(self, x):
            return 2 * x

    assert activations.get(Doubling())(np.array([-1.0])).tolist() == [-2.0]


def test_deserialize():
    assert activations.deserialize("mish") is activations.mish
    assert activations.deserialize({"class_name": "function", "config": "selu"}) is activations.selu
    cube = activations.deserialize("cube", {"cube": lambda x: x**3})
    assert cube(np.array([2.0])).tolist() == [8.0]
    leaky = activations.deserialize(
        activations.serialize(Activation("leaky_relu", negative_slope=0.3))
    )
    assert leaky.parameters == {"negative_slope": 0.3}


def test_activations_have_a_name_as_functions_have():
    assert activations.relu.__name__ == "relu"
    assert activations.get(None).__name__ == "linear"

    def twice(x):
        return 2 * x

    assert activations.get(twice).__name__ == "twice"
