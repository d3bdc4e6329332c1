"""Texts and values are those of Keras 3.15; `check_with_keras.py` compares many more."""

import pytest

from minicnn.callbacks import EarlyStopping
from minicnn.errors import DataWarning

VAL_LOSSES = (0.5, 0.4, 0.45, 0.3, 0.35, 0.36, 0.37, 0.2)


@pytest.mark.parametrize(
    ("options", "text", "epochs", "weight"),
    [
        ({"patience": 2}, "Epoch 6: early stopping\n", 6, 5),
        (
            {"patience": 2, "restore_best_weights": True},
            "Epoch 6: early stopping\nRestoring model weights from the end of the best epoch: 4.\n",
            6,
            3,
        ),
        ({"patience": 0}, "Epoch 3: early stopping\n", 3, 2),
        (
            {"patience": 2, "min_delta": 0.15, "restore_best_weights": True},
            "Epoch 3: early stopping\nRestoring model weights from the end of the best epoch: 1.\n",
            3,
            0,
        ),
        (
            {"patience": 2, "baseline": 0.1, "restore_best_weights": True},
            "Epoch 3: early stopping\nRestoring model weights from the end of the best epoch: 2.\n",
            3,
            1,
        ),
        (
            {"patience": 1, "start_from_epoch": 2, "restore_best_weights": True},
            "Epoch 5: early stopping\nRestoring model weights from the end of the best epoch: 4.\n",
            5,
            3,
        ),
        ({"monitor": "val_accuracy", "patience": 1}, "Epoch 3: early stopping\n", 3, 2),
        (
            {"patience": 9, "restore_best_weights": True},
            "Restoring model weights from the end of the best epoch: 8.\n",
            8,
            7,
        ),
    ],
    ids=str,
)
def test_as_keras(options, text, epochs, weight, train, model, losses, capsys):
    seen = train(EarlyStopping(verbose=1, **options), losses(*VAL_LOSSES))
    assert capsys.readouterr().out == text
    assert len(seen) == epochs
    assert model.weights == [weight]


def test_silent_unless_asked(train, losses, capsys):
    train(EarlyStopping(restore_best_weights=True), losses(*VAL_LOSSES))
    assert capsys.readouterr().out == ""


def test_used_again_it_begins_anew(train, model, losses):
    callback = EarlyStopping(patience=1)
    assert len(train(callback, losses(0.1, 0.2))) == 2
    model.stop_training = False
    assert len(train(callback, losses(0.9, 0.8, 0.7))) == 3


def test_the_first_epoch_alone_does_not_stop(train, losses):
    assert len(train(EarlyStopping(patience=0), losses(float("nan"), 0.5, 0.4))) == 3


def test_a_misspelt_monitor_is_a_warning_at_the_first_epochs_end(train, losses):
    with pytest.warns(DataWarning, match="Did you mean 'val_accuracy'"):
        train(EarlyStopping(monitor="val_accuraccy"), losses(0.5))


def test_the_state_is_all_that_decides_how_it_goes_on(train, losses):
    one = EarlyStopping(patience=2, restore_best_weights=True)
    train(one, losses(0.5, 0.4, 0.45))
    other = EarlyStopping(patience=2, restore_best_weights=True)
    other.on_train_begin()
    other.set_state(one.get_state())
    assert (other.best, other.best_epoch, other.wait, other.best_weights) == (0.4, 1, 1, [1])


@pytest.mark.parametrize(
    "options", [{"patience": "3"}, {"patience": -1}, {"min_delta": "a"}, {"start_from_epoch": 0.5}]
)
def test_invalid_arguments_are_errors_at_once(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"EarlyStopping: {name} must be"):
        EarlyStopping(**options)
