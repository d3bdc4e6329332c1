import numpy as np
import pytest

from minicnn import Sequential
from minicnn.callbacks import Callback
from minicnn.callbacks.callback import HOOKS
from minicnn.layers import Dense

# keras.callbacks.Callback of Keras 3.15.
KERAS_HOOKS = {
    "on_batch_begin": 2,
    "on_batch_end": 2,
    "on_epoch_begin": 2,
    "on_epoch_end": 2,
    "on_predict_batch_begin": 2,
    "on_predict_batch_end": 2,
    "on_predict_begin": 1,
    "on_predict_end": 1,
    "on_test_batch_begin": 2,
    "on_test_batch_end": 2,
    "on_test_begin": 1,
    "on_test_end": 1,
    "on_train_batch_begin": 2,
    "on_train_batch_end": 2,
    "on_train_begin": 1,
    "on_train_end": 1,
}


def test_the_hooks_are_keras_hooks():
    assert set(HOOKS) == set(KERAS_HOOKS)


@pytest.mark.parametrize(("name", "arguments"), KERAS_HOOKS.items())
def test_every_hook_may_be_called_with_and_without_logs(name, arguments):
    hook = getattr(Callback(), name)
    numbers = [0] * (arguments - 1)
    assert hook(*numbers) is None
    assert hook(*numbers, {"loss": 1.0}) is None
    assert hook(*numbers, logs={"loss": 1.0}) is None


def test_model_and_params_are_kept():
    callback, model = Callback(), object()
    callback.set_model(model)
    callback.set_params({"epochs": 3})
    assert callback.model is model
    assert callback.params == {"epochs": 3}


def test_a_learners_init_may_forget_the_base_class():
    class Forgetful(Callback):
        def __init__(self):
            pass

    assert Forgetful().model is None
    assert Forgetful().params == {}


def test_the_batch_hooks_call_their_older_names():
    class Older(Callback):
        def __init__(self):
            self.calls = []

        def on_batch_begin(self, batch, logs=None):
            self.calls.append(("begin", batch, logs))

        def on_batch_end(self, batch, logs=None):
            self.calls.append(("end", batch, logs))

    callback = Older()
    callback.on_train_batch_begin(4)
    callback.on_train_batch_end(4, {"loss": 1.0})
    assert callback.calls == [("begin", 4, None), ("end", 4, {"loss": 1.0})]


@pytest.mark.parametrize("validation", [{"validation_split": 0.5}, {"validation_data": "arrays"}])
def test_callbacks_of_keras_1_read_validation_data(validation):
    x, y = np.arange(4.0)[:, None], np.arange(4.0)[:, None]
    if "validation_data" in validation:
        validation = {"validation_data": (x[2:], y[2:])}
    seen = []

    class Reader(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.extend(self.validation_data)

    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0, callbacks=[Reader()], **validation)
    for got, expected in zip(seen, [x[2:], y[2:], np.ones(2)], strict=True):
        assert np.array_equal(got, expected)
    model.fit(x, y, verbose=0, callbacks=[callback := Reader.__base__()])
    assert callback.validation_data is None
