"""Ctrl-C during `fit`: the step is finished, the model usable, and the program goes on."""

import os
import signal
import subprocess
import sys
import textwrap
import threading

import h5py
import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.callbacks import LambdaCallback
from minicnn.layers import Dense
from minicnn.models import load_model

X, Y = np.ones((8, 3)), np.ones((8, 2))


def network():
    model = Sequential([Input((3,)), Dense(2)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def pressing(times=1, **when):
    """Return a callback that presses Ctrl-C at the call number of a hook: ``on_epoch_end=2``."""
    [(hook, number)] = when.items()
    calls = []

    def press(*_):
        calls.append(None)
        if len(calls) == number:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)

    return LambdaCallback(**{hook: press})


@pytest.mark.parametrize(
    ("press", "epochs_kept", "where", "updates"),
    [
        ({"on_train_batch_begin": 1}, 0, "epoch 1, after 1 of", 1),
        ({"on_train_batch_end": 1}, 0, "epoch 1, after 1 of", 1),
        ({"on_train_batch_end": 6}, 1, "epoch 2, after 2 of", 6),
        ({"on_test_batch_begin": 1}, 0, "epoch 1, after 4 of", 4),
        ({"on_test_batch_end": 5}, 1, "epoch 2, after 4 of", 8),
        ({"on_epoch_end": 1}, 1, "epoch 1, after 4 of", 4),
        ({"on_epoch_end": 3}, 3, "epoch 3, after 4 of", 12),
        ({"on_epoch_begin": 2}, 1, "epoch 2, after 1 of", 5),
    ],
    ids=str,
)
def test_ctrl_c_ends_fit_after_the_step(press, epochs_kept, where, updates, capsys):
    model = network()
    ended = []
    callbacks = [pressing(**press), LambdaCallback(on_train_end=lambda logs: ended.append(logs))]
    history = model.fit(
        X, Y, batch_size=2, epochs=3, validation_data=(X, Y), callbacks=callbacks, verbose=0
    )
    said = capsys.readouterr().out
    assert f"Stopped by Ctrl-C in {where}" in said
    assert "can be used" in said
    assert history.epoch == list(range(epochs_kept))
    assert all(len(values) == epochs_kept for values in history.history.values())
    assert model.optimizer.iterations == updates
    assert len(ended) == 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert model.predict(X, verbose=0).shape == (8, 2)
    assert len(model.fit(X, Y, epochs=2, verbose=0).epoch) == 2


def test_a_validation_is_not_gone_through_to_its_end():
    tested = []
    network().fit(
        X,
        Y,
        validation_data=[(X, Y)] * 20,
        callbacks=[
            pressing(on_test_batch_end=3),
            LambdaCallback(on_test_batch_begin=lambda batch, logs: tested.append(batch)),
        ],
        verbose=0,
    )
    assert tested == [0, 1, 2]


def test_the_weights_are_those_of_the_last_step():
    stopped, short = network(), network()
    short.set_weights(stopped.get_weights())
    stopped.fit(X, Y, batch_size=2, epochs=9, callbacks=[pressing(on_train_batch_end=3)], verbose=0)
    short.fit(X[:6], Y[:6], batch_size=2, verbose=0)
    for got, expected in zip(stopped.get_weights(), short.get_weights(), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_the_second_ctrl_c_interrupts_at_once():
    model = network()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, callbacks=[pressing(times=2, on_train_batch_begin=1)], verbose=0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert model.predict(X, verbose=0).shape == (8, 2)


def test_the_bars_line_is_finished_before_the_message(capsys):
    network().fit(X, Y, batch_size=2, callbacks=[pressing(on_train_batch_end=2)], verbose=1)
    assert "\nStopped by Ctrl-C" in "\n" + capsys.readouterr().out


def test_a_handler_of_the_program_stays():
    presses = []
    before = signal.signal(signal.SIGINT, lambda number, frame: presses.append(number))
    history = network().fit(X, Y, epochs=2, callbacks=[pressing(on_train_batch_end=1)], verbose=0)
    signal.signal(signal.SIGINT, before)
    assert len(presses) == 1
    assert history.epoch == [0, 1]


def test_fit_in_another_thread():
    """Handlers can be set in the main thread only."""
    histories = []
    thread = threading.Thread(target=lambda: histories.append(network().fit(X, Y, verbose=0)))
    thread.start()
    thread.join()
    assert histories[0].epoch == [0]


PROGRAM = """
    import time
    import numpy as np
    from minicnn import Input, Sequential
    from minicnn.callbacks import LambdaCallback
    from minicnn.layers import Dense

    model = Sequential([Input((3,)), Dense(2)])
    model.compile("sgd", "mse")

    def slow(batch, logs):
        print("step", flush=True)
        time.sleep({seconds})

    try:
        history = model.fit(
            np.ones((1000, 3)), np.ones((1000, 2)), batch_size=1, epochs=50, verbose=2,
            callbacks=[LambdaCallback(on_train_batch_end=slow)],
        )
        print("epochs", history.epoch)
    except KeyboardInterrupt:
        print("interrupted")
    print("usable", model.predict(np.ones((1, 3)), verbose=0).shape)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to the whole console")
@pytest.mark.parametrize(("presses", "seconds"), [(1, 0.01), (2, 60)])
def test_a_real_signal(presses, seconds):
    program = textwrap.dedent(PROGRAM).format(seconds=seconds)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "Epoch 1/50\n"
        assert process.stdout.readline() == "step\n"
        process.send_signal(signal.SIGINT)
        if presses == 2:
            with pytest.raises(subprocess.TimeoutExpired):  # the first one waits for the step
                process.wait(timeout=0.3)
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert err == ""
    assert "usable (1, 2)" in out
    if presses == 1:
        assert "Stopped by Ctrl-C in epoch 1" in out
        assert "epochs []" in out
    else:
        assert "interrupted" in out


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.weights.h5"])
@pytest.mark.parametrize("method", ["save", "load"])
def test_a_file_is_complete_before_ctrl_c(name, method, tmp_path, monkeypatch):
    """At any moment, also where h5py would ignore the exception."""
    model, path = network(), tmp_path / name
    weights_only = "weights" in name
    if method == "load":
        model.save_weights(path) if weights_only else model.save(path)
    pressed = []

    def pressing(function):
        """Press Ctrl-C once, at the first call."""

        def call(*args, **options):
            if not pressed:
                pressed.append(True)
                signal.raise_signal(signal.SIGINT)
            return function(*args, **options)

        return call

    for cls, name in ((h5py.Group, "create_dataset"), (h5py.Dataset, "__getitem__")):
        monkeypatch.setattr(cls, name, pressing(getattr(cls, name)))
    call = getattr(model, f"{method}_weights" if weights_only else "save")
    if method == "load" and not weights_only:
        call = load_model
    with pytest.raises(KeyboardInterrupt):
        call(path)
    assert pressed
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    monkeypatch.undo()
    if weights_only:
        network().load_weights(path)
    else:
        load_model(path)
