"""``keras.backend``: the names that programs use, on minicnn."""

import numpy as np
import pytest

from minicnn import Sequential, backend, layers, losses, ops
from minicnn.errors import UnknownNameError
from minicnn.naming import unique_name


def test_settings():
    assert backend.image_data_format() == "channels_last"
    backend.set_image_data_format("channels_last")
    with pytest.raises(UnknownNameError, match="'channels_first'"):
        backend.set_image_data_format("NCHW")
    with pytest.raises(UnknownNameError, match="'th'"):
        backend.set_image_dim_ordering("cntk")
    with pytest.raises(UnknownNameError, match="argument dtype of layers"):
        backend.set_floatx("float64")
    assert backend.cast_to_floatx([1]).dtype == backend.floatx() == "float32"
    backend.set_epsilon(1e-5)
    assert backend.epsilon() == 1e-5
    backend.set_epsilon(1e-7)


def test_clear_session_counts_names_again():
    unique_name("flatten")
    backend.clear_session()
    assert unique_name("flatten") == "flatten"


@pytest.mark.parametrize("free_memory", [True, False])
def test_clear_session_keeps_the_memory_on_request(free_memory, monkeypatch):
    released = []
    monkeypatch.setattr(ops, "release_memory", lambda: released.append(1))
    backend.clear_session(free_memory)
    assert bool(released) is free_memory


def test_values_of_weights_and_learning_rates():
    model = Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    backend.set_value(model.optimizer.learning_rate, 0.5)
    assert backend.get_value(model.optimizer.learning_rate) == 0.5
    backend.set_value(model.weights[0], [[1.0], [2.0]])
    assert backend.get_value(model.weights[0]).ravel().tolist() == [1, 2]
    assert type(backend.get_value(model.weights[0])) is np.ndarray
    backend.set_value(model.layers[0].kernel, np.zeros((2, 1)))
    assert not model.layers[0].kernel.any()
    with pytest.raises(TypeError, match="must be a weight"):
        backend.set_value(3.0, 1.0)


def test_numbers_of_names():
    backend.clear_session()
    assert [backend.get_uid("a"), backend.get_uid("a"), backend.get_uid("b")] == [1, 2, 1]


def test_a_loss_written_with_the_backend():
    def loss(y_true, y_pred):
        return backend.mean(backend.square(y_pred - y_true), axis=-1, keepdims=False)

    y_true, y_pred = np.array([[0.0, 1.0]]), np.array([[0.5, 3.0]])
    value, gradient = losses.get(loss).value_and_gradient(y_true, y_pred)
    expected, expected_gradient = losses.get("mse").value_and_gradient(y_true, y_pred)
    assert value == expected
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-6)


@pytest.mark.parametrize("name", ["sum", "max", "min", "any", "all", "std"])
def test_reductions_are_numpys(name):
    x = np.arange(6).reshape(2, 3)
    result = getattr(backend, name)(x, axis=1, keepdims=True)
    np.testing.assert_array_equal(result, getattr(np, name)(x, axis=1, keepdims=True))
