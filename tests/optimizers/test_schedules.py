import json

import pytest

from minicnn.errors import UnknownNameError
from minicnn.optimizers import schedules

ALL = {
    "exponential": schedules.ExponentialDecay(0.1, 4, 0.5),
    "staircase": schedules.ExponentialDecay(0.1, 4, 0.5, staircase=True),
    "inverse": schedules.InverseTimeDecay(0.1, 4, 0.5),
    "inverse staircase": schedules.InverseTimeDecay(0.1, 4, 0.5, staircase=True),
    "cosine": schedules.CosineDecay(0.1, 4, alpha=0.2),
    "warm-up": schedules.CosineDecay(0.02, 4, warmup_target=0.1, warmup_steps=2),
    "polynomial": schedules.PolynomialDecay(0.1, 4, 0.02, power=2.0),
    "polynomial cycle": schedules.PolynomialDecay(0.1, 4, 0.02, cycle=True),
    "restarts": schedules.CosineDecayRestarts(0.1, 2, t_mul=2.0, m_mul=0.5, alpha=0.1),
    "equal restarts": schedules.CosineDecayRestarts(0.1, 3, t_mul=1.0),
    "piecewise": schedules.PiecewiseConstantDecay([2, 6], [0.1, 0.05, 0.01]),
}


@pytest.mark.parametrize(
    ("name", "expected"),  # at steps 0, 2, 3, 4, 6, 8
    [
        ("exponential", [0.1, 0.1 * 0.5**0.5, 0.1 * 0.5**0.75, 0.05, 0.1 * 0.5**1.5, 0.025]),
        ("staircase", [0.1, 0.1, 0.1, 0.05, 0.05, 0.025]),
        ("inverse", [0.1, 0.08, 0.1 / 1.375, 0.1 / 1.5, 0.1 / 1.75, 0.05]),
        ("inverse staircase", [0.1, 0.1, 0.1, 0.1 / 1.5, 0.1 / 1.5, 0.05]),
        ("cosine", [0.1, 0.06, 0.02 + 0.04 * (1 - 0.5**0.5), 0.02, 0.02, 0.02]),
        ("warm-up", [0.02, 0.1, 0.05 * (1 + 0.5**0.5), 0.05, 0.0, 0.0]),
        ("polynomial", [0.1, 0.04, 0.025, 0.02, 0.02, 0.02]),
        ("polynomial cycle", [0.1, 0.06, 0.04, 0.02, 0.04, 0.02]),
        (
            "restarts",
            [
                0.1,
                0.055,
                0.01 + 0.045 * (1 + 0.5**0.5) / 2,
                0.0325,
                0.0325,
                0.01 + 0.0225 * (1 + 0.5**0.5) / 2,
            ],
        ),
        ("equal restarts", [0.1, 0.025, 0.1, 0.075, 0.1, 0.025]),
        ("piecewise", [0.1, 0.1, 0.05, 0.05, 0.05, 0.01]),
    ],
)
def test_by_hand(name, expected):
    rates = [ALL[name](step) for step in (0, 2, 3, 4, 6, 8)]
    assert rates == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_configs_make_the_same_schedule(name):
    config = json.loads(json.dumps(schedules.serialize(ALL[name])))
    again = schedules.deserialize(config)
    assert [again(step) for step in range(9)] == [ALL[name](step) for step in range(9)]


@pytest.mark.parametrize("kind", [schedules.ExponentialDecay, schedules.InverseTimeDecay])
def test_decay_takes_steps(kind):
    with pytest.raises(ValueError, match="decay_steps must be a number > 0, got 0"):
        kind(0.1, 0, 0.5)


@pytest.mark.parametrize(
    ("boundaries", "values", "message"),
    [([1], [0.1], "one more value"), ([2, 1], [0.1, 0.2, 0.3], "increase")],
)
def test_pieces_that_do_not_fit(boundaries, values, message):
    with pytest.raises(ValueError, match=message):
        schedules.PiecewiseConstantDecay(boundaries, values)


def test_unknown_schedules():
    with pytest.raises(UnknownNameError, match="Did you mean 'CosineDecay'"):
        schedules.deserialize({"class_name": "CosineDecays", "config": {}})


def test_a_schedule_without_a_rule_says_what_is_missing():
    with pytest.raises(NotImplementedError, match="__call__"):
        schedules.LearningRateSchedule()(0)
