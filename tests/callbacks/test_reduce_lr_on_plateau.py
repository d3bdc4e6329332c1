"""Texts and values are those of Keras 3.15; `check_with_keras.py` compares many more."""

import pytest

from minicnn.callbacks import ReduceLROnPlateau
from minicnn.errors import DataWarning

VAL_LOSSES = (0.5, 0.4, 0.45, 0.45, 0.45, 0.46, 0.47, 0.2, 0.3)


@pytest.mark.parametrize(
    ("options", "reduced"),
    [
        (
            {"factor": 0.5, "patience": 1},
            {3: 0.25, 4: 0.125, 5: 0.0625, 6: 0.03125, 7: 0.015625, 9: 0.0078125},
        ),
        ({"factor": 0.5, "patience": 2, "min_delta": 0.1}, {3: 0.25, 5: 0.125, 7: 0.0625}),
        ({"factor": 0.5, "patience": 1, "cooldown": 2}, {3: 0.25, 5: 0.125, 7: 0.0625, 9: 0.03125}),
        ({"factor": 0.5, "patience": 1, "min_lr": 0.25}, {3: 0.25}),
        (
            {"monitor": "val_accuracy", "factor": 0.25, "patience": 1},
            {
                3: 0.125,
                4: 0.03125,
                5: 0.0078125,
                6: 0.001953125,
                7: 0.00048828125,
                9: 0.0001220703125,
            },
        ),
    ],
    ids=str,
)
def test_as_keras(options, reduced, train, model, losses, capsys):
    seen = train(ReduceLROnPlateau(verbose=1, **options), losses(*VAL_LOSSES))
    assert capsys.readouterr().out.splitlines() == [
        f"Epoch {epoch}: ReduceLROnPlateau reducing learning rate to {rate}."
        for epoch, rate in reduced.items()
    ]
    rates = [0.5]
    for epoch in range(1, len(VAL_LOSSES) + 1):
        rates.append(reduced.get(epoch, rates[-1]))
    assert [logs["learning_rate"] for logs in seen] == rates[:-1]
    assert model.optimizer.learning_rate == rates[-1]


@pytest.mark.parametrize("factor", [1.0, 2, -0.5])
def test_a_factor_that_does_not_reduce(factor):
    with pytest.raises(ValueError, match=r"factor must be a number >= 0 and < 1, got"):
        ReduceLROnPlateau(factor=factor)


def test_a_misspelt_monitor_is_named_at_the_first_epochs_end(train, losses):
    with pytest.warns(DataWarning, match="'learning_rate', 'loss'"):
        train(ReduceLROnPlateau(monitor="value"), losses(0.5))


def test_used_again_it_begins_anew(train, losses, model):
    callback = ReduceLROnPlateau(factor=0.5, patience=2)
    train(callback, losses(0.5, 0.6))
    train(callback, losses(0.9, 0.9))
    assert model.optimizer.learning_rate == 0.5
    assert callback.get_state() == {"best": 0.9, "wait": 1, "cooldown_counter": 0}
