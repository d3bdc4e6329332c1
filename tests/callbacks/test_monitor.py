"""Monitored values: direction of improvement, and names."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.callbacks.monitor import MonitorCallback
from minicnn.errors import DataWarning, UnknownNameError

LOGS = {"accuracy": 0.5, "loss": 1.0, "val_accuracy": 0.25, "val_loss": 2.0}
numbers = st.floats(-1e6, 1e6)


def watching(monitor="val_loss", validation_freq=1, **options):
    callback = MonitorCallback(monitor, **options)
    callback.on_state_restore(SimpleNamespace(validation_freq=validation_freq))
    return callback


@pytest.mark.parametrize(
    ("monitor", "said"),
    [
        ("val_accuraccy", "Did you mean 'val_accuracy'? There are: 'accuracy', 'loss', 'val_a"),
        ("val_los", "Did you mean 'val_loss'?"),
        ("vall_loss", "Did you mean 'val_loss'?"),
        ("f1", "There are: 'accuracy', 'loss', 'val_accuracy', 'val_loss'."),
    ],
)
def test_a_misspelt_name_is_one_warning_that_lists_what_there_is(monitor, said):
    callback = watching(monitor)
    with pytest.warns(DataWarning) as caught:
        assert [callback.monitored(LOGS) for _ in range(2)] == [None, None]
    (warning,) = caught
    assert f"unknown monitor of MonitorCallback {monitor!r}" in str(warning.message)
    assert said in str(warning.message)


def test_accuracy_under_the_name_of_keras_2():
    with pytest.warns(DeprecationWarning, match="val_acc is now called val_accuracy"):
        assert watching("val_acc").monitored(LOGS) == 0.25
    with pytest.warns(DeprecationWarning, match="val_accuracy is now called val_acc"):
        assert watching("val_accuracy").monitored({"loss": 1.0, "val_acc": 1}) == 1


def test_no_validation_at_all_is_told_apart_from_a_misspelling():
    for frequency in (None, 1):
        with pytest.warns(DataWarning, match=r"validation_split=0.1\), or monitor 'loss'\."):
            assert watching("val_loss", frequency).monitored({"loss": 1.0}) is None


def test_epochs_between_two_validations_are_passed_over():
    callback = watching("val_loss", validation_freq=3)
    assert callback.monitored({"loss": 1.0}) is None
    assert callback.monitored(LOGS) == 2.0
    with pytest.warns(DataWarning, match="Did you mean 'loss'"):
        watching("los", validation_freq=3).monitored({"loss": 1.0})


def test_after_a_batch_nothing_is_known_of_the_validation():
    with pytest.warns(DataWarning, match=r"only at the end of an epoch.*monitor one of 'loss'"):
        watching("val_loss").monitored({"loss": 1.0}, validated=False)


def test_several_numbers_cannot_be_monitored():
    with pytest.raises(ValueError, match=r"monitors a single number, got val_p = array"):
        watching("val_p").monitored({"val_p": np.array([0.5, 0.25])})


@pytest.mark.parametrize("name", ["loss", "mse", "mean_absolute_error", "categorical_crossentropy"])
@pytest.mark.parametrize("prefix", ["", "val_"])
def test_auto_knows_what_shrinks(prefix, name):
    assert watching(prefix + name).improves(1.0, 2.0)
    assert not watching(prefix + name).improves(2.0, 1.0)


@pytest.mark.parametrize(
    "name", ["accuracy", "acc", "sparse_top_k_categorical_accuracy", "Precision", "recall", "auc"]
)
@pytest.mark.parametrize("prefix", ["", "val_"])
def test_auto_knows_what_grows(prefix, name):
    assert watching(prefix + name).improves(2.0, 1.0)
    assert not watching(prefix + name).improves(1.0, 2.0)


def test_what_auto_does_not_know_it_asks_for_at_once():
    with pytest.raises(ValueError, match=r"whether a lower or a higher val_score is better.*mode="):
        watching("val_score").improves(1.0, None)
    assert watching("val_score", mode="max").improves(2.0, 1.0)


def test_an_unknown_mode():
    with pytest.raises(
        UnknownNameError, match=r"mode of MonitorCallback 'mim'. Did you mean 'min'"
    ):
        watching(mode="mim")


@given(numbers, numbers, st.floats(0, 1e3))
def test_max_is_min_of_the_negative(value, reference, delta):
    smaller = watching(mode="min", min_delta=delta)
    larger = watching(mode="max", min_delta=-delta)
    assert smaller.improves(value, reference) == larger.improves(-value, -reference)


@given(numbers)
def test_nothing_improves_on_itself_and_everything_on_nothing(value):
    assert not watching().improves(value, value)
    assert watching().improves(value, None)


@given(numbers)
def test_every_number_is_better_than_nan_which_is_better_than_none(value):
    nan = float("nan")
    assert watching().improves(value, nan)
    assert not watching().improves(nan, value)
    assert not watching().improves(nan, nan)
    assert watching().improves(nan, None)
