"""What optimizers accept: learning rates, options, names of other libraries, configs, state."""

import json

import numpy as np
import pytest

from minicnn import optimizers
from minicnn.errors import UnknownNameError
from minicnn.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Nadam,
    RMSprop,
    schedules,
)


@pytest.mark.parametrize("rate", ["0.1", None, [0.1], True, schedules.CosineDecay])
def test_learning_rates_of_other_types(rate):
    with pytest.raises(TypeError, match="learning_rate must be a"):
        Adam(learning_rate=rate)


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf")])
def test_learning_rates_out_of_range(rate):
    with pytest.raises(ValueError, match="learning_rate must be a number >= 0"):
        Adam(learning_rate=rate)


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf")])
def test_a_schedule_that_returns_no_learning_rate(rate):
    class Broken(schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.1 if step == 0 else rate

    weights = [np.array([1.0])]
    optimizer = SGD(Broken())
    optimizer.apply([np.array([1.0])], weights)
    with pytest.raises(ValueError, match=f"sgd: the learning rate .*returned {rate} at step 1"):
        optimizer.apply([np.array([1.0])], weights)
    with pytest.raises(ValueError, match=f"sgd: the learning rate .*returned {rate} at step 0"):
        SGD(lambda: rate).apply([np.array([1.0])], weights)
    assert weights[0][0] == 0.9


def test_the_learning_rate_has_the_methods_of_a_variable():
    optimizer = Adam(0.5)
    assert optimizer.learning_rate.numpy() == 0.5
    optimizer.learning_rate.assign(0.25)
    assert optimizer.learning_rate == 0.25
    assert repr(optimizer.learning_rate) == "0.25"
    assert json.dumps(optimizer.learning_rate) == "0.25"


@pytest.mark.parametrize(
    "options",
    [
        {"clipnorm": 1.0, "clipvalue": 1.0},
        {"clipnorm": 0},
        {"global_clipnorm": -1.0},
        {"weight_decay": -0.1},
        {"beta_1": 1.0},
        {"beta_2": -0.1},
        {"epsilon": "small"},
    ],
)
def test_options_out_of_range(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        Adam(**options)


def test_adamw_needs_its_decay():
    assert AdamW().weight_decay == 0.004
    with pytest.raises(ValueError, match="use Adam"):
        AdamW(weight_decay=None)


def test_the_learning_rate_of_keras_2():
    with pytest.warns(DeprecationWarning, match="Adam: lr is now called learning_rate") as seen:
        optimizer = Adam(lr=0.01)
    assert seen[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="Adam: lr is now called learning_rate") as seen:
        optimizer.lr = 0.5
    assert seen[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="lr is now called learning_rate"):
        assert optimizer.lr == optimizer.learning_rate == 0.5


def test_the_decay_of_keras_2():
    with pytest.warns(DeprecationWarning, match="SGD: decay is now called .*InverseTime") as seen:
        optimizer = SGD(0.1, decay=0.5)
    assert seen[0].filename == __file__
    weights = [np.array([1.0])]
    for _ in range(3):
        optimizer.apply([np.array([1.0])], weights)
    assert weights[0][0] == pytest.approx(1 - 0.1 - 0.1 / 1.5 - 0.1 / 2)
    optimizer.learning_rate = 0.2  # as ReduceLROnPlateau does: the decay goes on
    assert optimizer.learning_rate == pytest.approx(0.2 / 2.5)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    again.iterations = 3
    assert again.learning_rate == optimizer.learning_rate
    assert SGD(0.1, decay=0.0).learning_rate == 0.1


def test_betas_of_other_libraries():
    with pytest.warns(DeprecationWarning, match="beta1 is now called beta_1"):
        assert Adam(beta1=0.5).beta_1 == 0.5


def test_misspelt_arguments_get_the_nearest_right_one():
    with pytest.raises(UnknownNameError, match="Did you mean 'momentum'"):
        SGD(momentun=0.9)


def test_what_keras_can_and_this_cannot_is_refused_unless_off():
    Adam(use_ema=False, gradient_accumulation_steps=None, jit_compile=True)
    with pytest.raises(TypeError, match="use_ema=True"):
        Adam(use_ema=True)


def test_saved_configs_of_keras_2_and_3():
    keras_2 = {"learning_rate": 0.1, "decay": 1.0, "is_legacy_optimizer": False, "beta_1": 0.8}
    optimizer = optimizers.get({"class_name": "Custom>Adam", "config": keras_2})
    optimizer.iterations = 3
    assert optimizer.learning_rate == pytest.approx(0.1 / (1 + 3 * 1.0))
    assert optimizer.beta_1 == 0.8
    with pytest.warns(UserWarning, match="use_ema"):
        optimizers.get({"class_name": "SGD", "config": {"use_ema": True}})


def test_a_schedule_survives_a_config():
    optimizer = Adam(schedules.ExponentialDecay(0.1, 10, 0.5))
    again = optimizers.deserialize(json.loads(json.dumps(optimizers.serialize(optimizer))))
    again.iterations = 10
    assert again.learning_rate == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("adam", Adam),
        ("Adam", Adam),
        ("SGD", SGD),
        ("rmsprop", RMSprop),
        ("AdamW", AdamW),
        ("Adadelta", Adadelta),
        ("ADAGRAD", Adagrad),
        ("nadam", Nadam),
        ("adamax", Adamax),
    ],
)
def test_names(name, kind):
    assert type(optimizers.get(name)) is kind
    assert type(optimizers.get(kind)) is kind
    optimizer = kind()
    assert optimizers.get(optimizer) is optimizer


def test_misspelt_names_and_other_things():
    with pytest.raises(UnknownNameError, match="Did you mean 'adam'"):
        optimizers.get("adan")
    for wrong in (None, 3, int):
        with pytest.raises(TypeError, match="optimizer must be a name"):
            optimizers.get(wrong)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Adam(name=3),
        lambda: schedules.PiecewiseConstantDecay([1], [0.1, 0.2], name=3),
        lambda: schedules.CosineDecayRestarts(0.1, 10, name=3),
    ],
)
def test_names_are_text(make):
    with pytest.raises(ValueError, match="name must be a non-empty string, got 3"):
        make()
