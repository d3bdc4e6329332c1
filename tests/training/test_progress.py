"""The lines were printed by real Keras 3.15's ProgbarLogger, its clock replaced as here."""

import io
import re
import sys

import pytest
from rich.cells import cell_len

from minicnn.callbacks import CallbackList, History, LambdaCallback
from minicnn.training import progress
from minicnn.training.progress import ProgressBar, format_metrics, resolve_verbose

LOGS = {"accuracy": 0.0875, "loss": 2.36804}
VALIDATION = {"val_accuracy": 0.0833333, "val_loss": 2.35494}


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    """A clock that advances only on request."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return clock


def wide_terminal(monkeypatch, columns=200):
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", str(columns))
    return stream


def run(clock, kind, verbose, steps, seconds, epochs=1, logs=LOGS, batches=4, extra=()):
    """Call a bar's hooks as `fit`, `evaluate` or `predict` would."""
    clock.now = 1000.0
    bar = ProgressBar()
    params = {"verbose": verbose, "epochs": epochs, "steps": steps}
    callbacks = CallbackList(extra, params=params, progress=bar)
    begin, batch_end = f"on_{kind}_begin", f"on_{kind}_batch_end"
    getattr(callbacks, begin)()
    for epoch in range(epochs):
        if kind == "train":
            callbacks.on_epoch_begin(epoch)
        for batch in range(batches):
            clock.now += seconds
            getattr(callbacks, batch_end)(batch, logs)
        if kind == "train":
            callbacks.on_epoch_end(epoch, logs | VALIDATION)
    getattr(callbacks, f"on_{kind}_end")(logs)
    return bar


def drawings(text):
    """Return for each line its successive texts, without trailing spaces."""
    return [
        [drawing.rstrip() for drawing in line.split("\r") if drawing] for line in text.split("\n")
    ]


def plain(text):
    return re.sub(r"\x1b\[\d+m", "", text)


def test_fit_in_a_terminal_draws_what_keras_draws(clock, monkeypatch):
    stream = wide_terminal(monkeypatch)
    run(clock, "train", verbose=1, steps=4, seconds=0.267, epochs=2)
    running = "ms/step - accuracy: 0.0875 - loss: 2.3680"
    bold_0s = "\x1b[1m0s\x1b[0m 267"
    epoch = [
        f"\x1b[1m1/4\x1b[0m \x1b[32m━━━━━\x1b[0m\x1b[37m━━━━━━━━━━━━━━━\x1b[0m {bold_0s}{running}",
        f"\x1b[1m2/4\x1b[0m \x1b[32m━━━━━━━━━━\x1b[0m\x1b[37m━━━━━━━━━━\x1b[0m {bold_0s}{running}",
        f"\x1b[1m3/4\x1b[0m \x1b[32m━━━━━━━━━━━━━━━\x1b[0m\x1b[37m━━━━━\x1b[0m {bold_0s}{running}",
        f"\x1b[1m4/4\x1b[0m \x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m {bold_0s}{running}",
        "\x1b[1m4/4\x1b[0m \x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m \x1b[1m1s\x1b[0m 267"
        f"{running} - val_accuracy: 0.0833 - val_loss: 2.3549",
    ]
    assert drawings(stream.getvalue()) == [["Epoch 1/2"], epoch, ["Epoch 2/2"], epoch, []]


def test_time_left_is_shown_as_keras_shows_it(clock, monkeypatch):
    stream = wide_terminal(monkeypatch)
    run(clock, "test", 1, steps=1875, seconds=0.044, batches=1, logs={"loss": 1e-4, "mae": -3.0})
    run(clock, "test", 1, steps=100, seconds=70.0, batches=1, logs={})
    run(clock, "test", 1, steps=10, seconds=15.0, batches=1, logs={})
    first, second, third, _ = drawings(plain(stream.getvalue()))
    bar = "━" * 20
    assert first[0] == f"   1/1875 {bar} 1:22 44ms/step - loss: 1.0000e-04 - mae: -3.0000"
    assert second[0] == f"  1/100 {bar} 1:55:30 70s/step"
    assert third[0] == f" 1/10 {bar} 2:15 15s/step"


def test_an_unknown_number_of_batches(clock, monkeypatch):
    stream = wide_terminal(monkeypatch)
    run(clock, "train", 1, steps=None, seconds=0.06, batches=2, epochs=2, logs={"loss": 1.5})
    first, second = drawings(plain(stream.getvalue()))[1::2]
    assert first[0] == "      1/Unknown 0s 60ms/step - loss: 1.5000"
    assert first[-1].startswith("2/2 ━━━━━━━━━━━━━━━━━━━━ 0s 60ms/step - loss: 1.5000 - val_acc")
    assert second[0].startswith("1/2 ━━━━━━━━━━━━━━━━━━━━ 0s 60ms/step")  # known by now


def test_evaluate_and_predict(clock, monkeypatch):
    stream = wide_terminal(monkeypatch)
    run(clock, "test", 1, steps=4, seconds=0.25)
    run(clock, "predict", 1, steps=4, seconds=0.25)
    evaluated, predicted, _ = drawings(plain(stream.getvalue()))
    line = "4/4 ━━━━━━━━━━━━━━━━━━━━ 1s 250ms/step"
    assert evaluated[-1] == f"{line} - accuracy: 0.0875 - loss: 2.3680"
    assert predicted[-1] == line


def test_one_line_an_epoch(clock, capsys):
    run(clock, "train", 2, steps=5, seconds=0.084, epochs=2, batches=5)
    run(clock, "test", 2, steps=4, seconds=0.25)
    run(clock, "predict", 2, steps=4, seconds=0.25)
    metrics = "accuracy: 0.0875 - loss: 2.3680"
    epoch = f"5/5 - 0s - 84ms/step - {metrics} - val_accuracy: 0.0833 - val_loss: 2.3549"
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1/2",
        epoch,
        "Epoch 2/2",
        epoch,
        f"4/4 - 1s - 250ms/step - {metrics}",
        "4/4 - 1s - 250ms/step",
    ]


def test_silence(clock, capsys):
    for kind in ("train", "test", "predict"):
        run(clock, kind, 0, steps=4, seconds=1.0)
    assert capsys.readouterr().out == ""


def test_the_validation_in_fit_is_silent(clock, capsys):
    bar = ProgressBar()
    bar.set_params({"verbose": 2, "epochs": 1, "steps": 1})
    bar.on_train_begin()
    bar.on_epoch_begin(0)
    bar.on_train_batch_end(0, LOGS)
    bar.on_test_begin()
    bar.on_test_batch_end(0, VALIDATION)
    bar.on_test_end(VALIDATION)
    assert capsys.readouterr().out == ""


def test_it_is_redrawn_every_50_ms_at_most(clock, monkeypatch):
    stream = wide_terminal(monkeypatch)
    run(clock, "predict", 1, steps=1000, seconds=0.01, batches=1000)  # 10 s: 200 drawings
    (drawn, _) = drawings(stream.getvalue())
    assert 165 <= len(drawn) <= 202


def test_the_bar_in_a_log_file_is_one_complete_line(clock, capsys):
    run(clock, "train", 1, steps=4, seconds=0.267, epochs=2)
    line = "4/4 ━━━━━━━━━━━━━━━━━━━━ 1s 267ms/step - accuracy: 0.0875 - loss: 2.3680"
    line += " - val_accuracy: 0.0833 - val_loss: 2.3549"
    assert capsys.readouterr().out.splitlines() == ["Epoch 1/2", line, "Epoch 2/2", line]


def test_what_callbacks_print_stands_on_lines_of_its_own(clock, monkeypatch):
    stream = wide_terminal(monkeypatch)
    talk = LambdaCallback(
        on_train_batch_end=lambda batch, logs: print("batch", batch) if batch == 1 else None,
        on_epoch_end=lambda epoch, logs: print("saving model"),
    )
    run(clock, "train", 1, steps=4, seconds=0.267, extra=[talk, History()])
    shown = [line[-1] if line else "" for line in drawings(plain(stream.getvalue()))]
    assert shown[:2] == ["batch 1", "saving model"]
    assert shown[2].startswith("4/4 ━━━━━━━━━━━━━━━━━━━━ 1s 267ms/step")
    assert shown[3:] == [""]


def test_a_silent_listener_costs_the_bar_no_drawing(clock, monkeypatch):
    stream = wide_terminal(monkeypatch)
    listener = LambdaCallback(on_train_batch_end=lambda batch, logs: None)
    flushes = []
    monkeypatch.setattr(stream, "flush", lambda: flushes.append(1), raising=False)
    run(clock, "train", 1, steps=1000, seconds=0.001, batches=1000, extra=[listener])
    assert len(flushes) <= 22


def test_close_leaves_the_line_and_goes_to_the_next(clock, monkeypatch):
    stream = wide_terminal(monkeypatch)
    bar = ProgressBar()
    bar.set_params({"verbose": 1, "epochs": 1, "steps": 4})
    bar.on_train_begin()
    bar.on_epoch_begin(0)
    clock.now += 1
    bar.on_train_batch_end(0, LOGS)
    bar.close()
    print("interrupted")
    assert [line[0][:3] for line in drawings(plain(stream.getvalue())) if line] == ["1/4", "int"]


@pytest.mark.parametrize("columns", [30, 40, 60, 79, 80, 100])
def test_a_running_line_is_never_wider_than_the_terminal(clock, monkeypatch, columns):
    stream = wide_terminal(monkeypatch, columns)
    logs = LOGS | {"정확도": 0.5, "top_k_categorical_accuracy": 0.25}
    run(clock, "train", 1, steps=1875, seconds=0.05, batches=50, logs=logs)
    (drawn, _) = drawings(stream.getvalue())
    assert max(cell_len(plain(drawing)) for drawing in drawn[:-1]) < columns
    assert "val_loss: 2.3549" in drawn[-1], "the complete line stands, however long"
    assert "━━━━━" in plain(drawn[0])


def test_without_colours_the_bar_still_shows_how_far_it_is(clock, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    stream = wide_terminal(monkeypatch)
    run(clock, "predict", 1, steps=4, seconds=0.1)
    assert "\x1b" not in stream.getvalue()
    (drawn, _) = drawings(stream.getvalue())
    assert drawn[0] == "1/4 ━━━━━─────────────── 0s 100ms/step"
    assert drawn[-1] == "4/4 ━━━━━━━━━━━━━━━━━━━━ 0s 100ms/step"


def test_an_epoch_that_stopped_early_says_how_far_it_came(clock, capsys):
    run(clock, "predict", 2, steps=100, seconds=0.1, batches=7)
    assert capsys.readouterr().out == "  7/100 - 1s - 100ms/step\n"


def test_no_batches_at_all(clock, capsys):
    run(clock, "predict", 1, steps=0, seconds=1.0, batches=0)
    run(clock, "predict", 2, steps=None, seconds=1.0, batches=0)
    assert capsys.readouterr().out == f"0/0 {'─' * 20} 0s 0s/step\n0/0 - 0s - 0s/step\n"


def test_small_values_as_keras_writes_them():
    logs = {"a": 1e-3, "b": 1.1e-3, "c": 0.0, "d": -0.5, "e": float("nan"), "f": 12345.6}
    assert format_metrics(logs) == (
        " - a: 1.0000e-03 - b: 0.0011 - c: 0.0000e+00 - d: -0.5000 - e: nan - f: 12345.6000"
    )
    assert format_metrics({"note": "best", "none": None}) == " - note: best - none: None"
    assert format_metrics({"\x1b[2J정확도": 1.0}) == " - \\x1b[2J정확도: 1.0000"


def test_auto_is_1_on_a_screen_and_2_in_a_file(monkeypatch):
    assert resolve_verbose("auto") == 2
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert resolve_verbose("auto") == 1


@pytest.mark.parametrize("verbose", [3, -1, "1", "quiet", None, 0.5, [1]])
def test_other_values_of_verbose(verbose):
    with pytest.raises(
        ValueError, match=r"verbose must be 0 .silent., 1 .progress bar., 2 .one line"
    ):
        resolve_verbose(verbose)
