"""Validation in `fit`: its data, its times, and that it changes nothing."""

import numpy as np
import pytest

from minicnn.callbacks import History, LambdaCallback
from minicnn.optimizers import SGD
from minicnn.random import set_random_seed

from .small import NUMBERS, X, assert_same_weights, cut, endless, network, trained


def test_history_has_the_keys_in_keras_order():
    history = network().fit(X, NUMBERS, epochs=2, validation_data=(X, NUMBERS), verbose=0)
    assert isinstance(history, History)
    assert list(history.history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert history.epoch == [0, 1]
    assert all(len(values) == 2 for values in history.history.values())
    assert all(isinstance(value, float) for values in history.history.values() for value in values)


def test_validation_uses_the_weights_at_the_end_of_the_epoch():
    model = network()
    history = model.fit(X, NUMBERS, epochs=1, validation_data=(X, NUMBERS), verbose=0)
    loss, accuracy = model.evaluate(X, NUMBERS, verbose=0)
    assert history.history["val_loss"] == [pytest.approx(loss)]
    assert history.history["val_accuracy"] == [pytest.approx(accuracy)]
    assert model.history is history


@pytest.mark.parametrize(
    "validation",
    [
        lambda: (X, NUMBERS),
        lambda: [X, NUMBERS],
        lambda: (X.tolist(), NUMBERS.tolist()),
        cut,
        lambda: (X, NUMBERS, np.ones(10)),
    ],
)
def test_forms_of_validation_data(validation):
    history = network().fit(X, NUMBERS, validation_data=validation(), epochs=2, verbose=0)
    expected = network().fit(X, NUMBERS, validation_data=(X, NUMBERS), epochs=2, verbose=0)
    # Shuffled differently in training, so only the form is compared.
    assert list(history.history) == list(expected.history)


def test_validation_split_takes_the_end_before_shuffling():
    split = network()
    history = split.fit(X, NUMBERS, validation_split=0.35, epochs=2, shuffle=False, verbose=0)
    apart = network()
    expected = apart.fit(
        X[:6],
        NUMBERS[:6],
        validation_data=(X[6:], NUMBERS[6:]),
        epochs=2,
        shuffle=False,
        verbose=0,
    )
    assert history.history == expected.history
    assert_same_weights(split, apart)


def test_validation_split_of_shuffled_training_never_trains_with_the_rest():
    one, other = network(optimizer=SGD(0.1)), network(optimizer=SGD(0.1))
    changed = np.concatenate([X[:6], 1 - X[6:]])  # in training these would make other weights
    for model, images in ((one, X), (other, changed)):
        set_random_seed(1)
        model.fit(images, NUMBERS, validation_split=0.4, epochs=3, verbose=0)
    assert_same_weights(one, other)
    assert (one.layers[0].kernel != network().layers[0].kernel).any()


def test_validation_freq_and_steps():
    history = network().fit(
        X,
        NUMBERS,
        epochs=4,
        validation_data=endless(),
        validation_steps=2,
        validation_freq=2,
        verbose=0,
    )
    assert len(history.history["loss"]) == 4
    assert len(history.history["val_loss"]) == 2


def test_every_third_epoch_is_validated_counting_from_the_first():
    validated = []
    network().fit(
        X,
        NUMBERS,
        epochs=7,
        validation_data=(X, NUMBERS),
        validation_freq=3,
        callbacks=[
            LambdaCallback(on_epoch_end=lambda e, logs: validated.append("val_loss" in logs))
        ],
        verbose=0,
    )
    assert validated == [False, False, True, False, False, True, False]


def test_validation_changes_nothing():
    assert_same_weights(
        trained(X, NUMBERS, validation_data=(X[:3], NUMBERS[:3])), trained(X, NUMBERS)
    )
