"""Return values and printed output of `fit` and `evaluate`."""

import io

import numpy as np
import pytest

from minicnn import Sequential

from .small import NUMBERS, ONE_HOT, X, network, trained


def test_evaluate_gives_a_list_a_dict_or_one_number():
    model = network(metrics=["accuracy", "sparse_categorical_crossentropy"])
    values = model.evaluate(X, NUMBERS, verbose=0)
    assert isinstance(values, list)
    assert model.metrics_names == ["loss", "accuracy", "sparse_categorical_crossentropy"]
    assert values[2] == pytest.approx(values[0])
    named = model.evaluate(X, NUMBERS, verbose=0, return_dict=True)
    assert named == dict(zip(model.metrics_names, values, strict=True))
    alone = network(metrics=None).evaluate(X, NUMBERS, verbose=0)
    assert alone == pytest.approx(values[0])
    assert isinstance(alone, float)


@pytest.mark.parametrize("name", ["accuracy", "acc", "sparse_categorical_accuracy"])
def test_metrics_keep_the_users_spelling(name):
    model = network(metrics=[name])
    assert model.metrics_names == ["loss", name]
    history = model.fit(X, NUMBERS, verbose=0)
    assert set(history.history) == {"loss", name}
    assert model.metrics_names == ["loss", name]


def test_names_that_come_twice_are_told_apart_as_in_keras():
    model = network(metrics=["accuracy", "accuracy", "mae"], weighted_metrics=["accuracy", "mse"])
    expected = ["loss", "accuracy", "accuracy_1", "mae", "weighted_accuracy", "mse"]
    assert model.metrics_names == expected
    model = network("mse", metrics=["mae", "mae"], weighted_metrics=["mae"])
    values = model.evaluate(X, ONE_HOT, verbose=0, return_dict=True)
    assert list(values) == ["loss", "mae", "mae_1", "weighted_mae"]


def test_before_compile_there_are_no_metrics():
    assert Sequential().metrics_names == []


@pytest.mark.parametrize("verbose", [2, "auto"])
def test_a_line_an_epoch(verbose, capsys):
    trained(X, NUMBERS, validation_split=0.3, verbose=verbose, batch_size=4)
    first, line, second, other = capsys.readouterr().out.splitlines()
    assert (first, second) == ("Epoch 1/2", "Epoch 2/2")
    for shown in (line, other):
        parts = shown.split(" - ")
        assert parts[0] == "2/2"
        names = [part.split(":")[0] for part in parts[3:]]
        assert names == ["accuracy", "loss", "val_accuracy", "val_loss"]


def test_one_epoch_has_no_heading(capsys):
    trained(X, NUMBERS, epochs=1, verbose=2)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_silence(capsys):
    model = trained(X, NUMBERS, validation_split=0.3, verbose=0)
    model.evaluate(X, NUMBERS, verbose=0)
    model.predict(X, verbose=0)
    model.train_on_batch(X, NUMBERS)
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_the_bar_shows_what_the_history_keeps(capsys):
    model = network()
    history = model.fit(X, NUMBERS, verbose=1, batch_size=4)
    shown = capsys.readouterr().out
    assert "3/3 ━━━━━━━━━━━━━━━━━━━━" in shown
    assert f"accuracy: {history.history['accuracy'][0]:.4f}" in shown
    assert f"loss: {history.history['loss'][0]:.4f}" in shown
    model.predict(X, verbose=1, batch_size=5)
    assert "2/2 ━━━━━━━━━━━━━━━━━━━━" in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_after_an_error_the_bar_is_left_for_a_new_line(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    images = X.astype(float)
    images[-1] = np.nan
    batches = [(images[low : low + 2], NUMBERS[low : low + 2]) for low in range(0, 10, 2)]
    with pytest.raises(ValueError, match="NaN"):
        network().fit(batches, verbose=1)
    assert "1/5" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")
