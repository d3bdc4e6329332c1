"""Which hooks run when, and with which logs: the order that Keras 3.15 showed."""

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.callbacks import Callback, LambdaCallback
from minicnn.callbacks.callback import HOOKS
from minicnn.layers import Dense

X, Y = np.ones((7, 3)), np.ones((7, 2))
OLDER = {"on_batch_begin", "on_batch_end"}


class Recorder(Callback):
    """Writes down every hook: its name, its number, and the names in its logs."""

    def __init__(self):
        self.calls = []
        self.logs = []


def recording(name):
    def hook(self, *arguments):
        *number, logs = arguments
        self.calls.append((name, *number, tuple(logs)))
        self.logs.append((name, dict(logs)))

    return hook


for hook_name in set(HOOKS) - OLDER:
    setattr(Recorder, hook_name, recording(hook_name))


def network():
    model = Sequential([Input((3,)), Dense(2)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


SHOWN = ("loss", "mae")
BOTH = ("loss", "mae", "val_loss", "val_mae")
TEST = [
    ("on_test_begin", ()),
    ("on_test_batch_begin", 0, ()),
    ("on_test_batch_end", 0, SHOWN),
    ("on_test_batch_begin", 1, ()),
    ("on_test_batch_end", 1, SHOWN),
    ("on_test_end", SHOWN),
]


def epoch(number):
    return [
        ("on_epoch_begin", number, ()),
        ("on_train_batch_begin", 0, ()),
        ("on_train_batch_end", 0, SHOWN),
        ("on_train_batch_begin", 1, ()),
        ("on_train_batch_end", 1, SHOWN),
        *TEST,
        ("on_epoch_end", number, BOTH),
    ]


def test_fit():
    recorder = Recorder()
    network().fit(
        X, Y, batch_size=4, epochs=2, validation_data=(X, Y), callbacks=[recorder], verbose=0
    )
    assert recorder.calls == [
        ("on_train_begin", ()),
        *epoch(0),
        *epoch(1),
        ("on_train_end", BOTH),
    ]


def test_evaluate():
    recorder = Recorder()
    network().evaluate(X, Y, batch_size=4, callbacks=[recorder], verbose=0)
    assert recorder.calls == TEST


def test_predict():
    recorder = Recorder()
    network().predict(X, batch_size=4, callbacks=[recorder], verbose=0)
    assert recorder.calls == [
        ("on_predict_begin", ()),
        ("on_predict_batch_begin", 0, ()),
        ("on_predict_batch_end", 0, ("outputs",)),
        ("on_predict_batch_begin", 1, ()),
        ("on_predict_batch_end", 1, ("outputs",)),
        ("on_predict_end", ()),
    ]
    outputs = [logs["outputs"] for name, logs in recorder.logs if name == "on_predict_batch_end"]
    assert [len(output) for output in outputs] == [4, 3]


def test_the_last_logs_are_those_of_the_history():
    recorder = Recorder()
    history = network().fit(X, Y, epochs=3, validation_data=(X, Y), callbacks=[recorder], verbose=0)
    last = {name: values[-1] for name, values in history.history.items()}
    assert recorder.logs[-1] == ("on_train_end", last)
    assert recorder.logs[-2] == ("on_epoch_end", last)


def test_model_and_params():
    recorder = Recorder()
    model = network()
    model.fit(X, Y, batch_size=4, epochs=3, callbacks=[recorder], verbose=0)
    assert recorder.model is model
    assert recorder.params.items() >= {"verbose": 0, "epochs": 3, "steps": 2}.items()


@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_epoch_end", "on_epoch_begin"])
def test_stop_training(hook):
    model = network()

    def stop(*_):
        model.stop_training = True

    recorder = Recorder()
    stopper = LambdaCallback(**{hook: stop})
    history = model.fit(
        X,
        Y,
        batch_size=2,
        epochs=3,
        validation_data=(X, Y),
        callbacks=[stopper, recorder],
        verbose=0,
    )
    steps = [call for call in recorder.calls if call[0] == "on_train_batch_end"]
    # As in Keras, the epoch that was stopped is validated and kept.
    assert len(steps) == (4 if hook == "on_epoch_end" else 1)
    assert history.epoch == [0]
    assert list(history.history) == list(BOTH)
    assert recorder.calls[-1][0] == "on_train_end"


def test_a_stopped_model_trains_again():
    model = network()
    model.fit(
        X,
        Y,
        epochs=5,
        callbacks=[LambdaCallback(on_epoch_end=lambda *_: setattr(model, "stop_training", True))],
        verbose=0,
    )
    assert model.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1]


def test_what_a_callback_adds_to_the_logs_gets_into_the_history():
    rate = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(rate=0.1 * epoch))
    history = network().fit(X, Y, epochs=2, callbacks=[rate], verbose=0)
    assert history.history["rate"] == [0.0, 0.1]


def test_an_exception_in_a_callback_comes_through_and_leaves_a_usable_model():
    def fail(*_):
        raise RuntimeError("mine")

    model = network()
    with pytest.raises(RuntimeError, match="mine"):
        model.fit(X, Y, callbacks=[LambdaCallback(on_train_batch_end=fail)], verbose=0)
    assert len(model.fit(X, Y, epochs=2, verbose=0).epoch) == 2
