"""The strategies draw consistent cases, far from kinks, and cover all kinds."""

import builtins
import sys

import numpy as np
import pytest
from hypothesis import find, given, settings

from minicnn import testing
from minicnn.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dropout,
    MaxPooling2D,
    ReLU,
)
from minicnn.testing import check_gradients, strategies
from minicnn.testing.numerical import distinct_numbers


@given(strategies.images(2, 6))
def test_images(x):
    batch, height, width, channels = x.shape
    assert 1 <= batch <= 3
    assert 2 <= min(height, width) <= max(height, width) <= 6
    assert 1 <= channels <= 4
    assert np.unique(x).size == x.size
    assert 0 < np.abs(x).min() <= np.abs(x).max() <= 2


@given(strategies.convolutions())
@settings(max_examples=30)
def test_convolutions_fit_and_have_the_right_gradient(case):
    assert 0 not in case.layer.compute_output_shape(case.x.shape)
    assert check_gradients(case.layer, case.x, entries=8).passed


@given(strategies.poolings())
@settings(max_examples=30)
def test_poolings_fit_and_have_the_right_gradient(case):
    report = check_gradients(case.layer, case.x, entries=8)
    assert report.passed
    assert report.kinks == 0


@given(strategies.models())
@settings(max_examples=20)
def test_models_learn_and_have_the_right_gradient(case):
    assert check_gradients(case.model, case.x, case.y, entries=5).passed
    before = case.model.get_weights()
    loss = case.model.train_on_batch(case.x, case.y)[0]
    assert np.isfinite(loss)
    assert any(
        (old != new).any() for old, new in zip(before, case.model.get_weights(), strict=True)
    )


@given(strategies.images())
@settings(max_examples=30)
def test_images_are_far_from_kinks(x):
    assert check_gradients(ReLU(), x).kinks == 0


SOUGHT = {
    "strides above the window": (strategies.convolutions, lambda c: c.layer.strides[0] > 4),
    "dilation": (strategies.convolutions, lambda c: max(c.layer.dilation_rate) > 1),
    "groups": (strategies.convolutions, lambda c: c.layer.groups == 3),
    "padding": (strategies.convolutions, lambda c: c.layer.padding == "same"),
    "no bias": (strategies.convolutions, lambda c: not c.layer.use_bias),
    "the whole image": (strategies.convolutions, lambda c: c.x.shape[1:3] == c.layer.kernel_size),
    "maximum": (strategies.poolings, lambda c: isinstance(c.layer, MaxPooling2D)),
    "average": (strategies.poolings, lambda c: isinstance(c.layer, AveragePooling2D)),
    "overlapping": (strategies.poolings, lambda c: c.layer.strides[0] < c.layer.pool_size[0]),
    "two convolutions": (
        strategies.models, lambda c: sum(isinstance(one, Conv2D) for one in c.model.layers) == 2
    ),
    "normalised": (
        strategies.models, lambda c: any(isinstance(one, BatchNormalization) for one in c.model.layers)
    ),
    "two classes": (strategies.models, lambda c: c.model.output_shape[-1] == 2),
    "dropout": (strategies.models, lambda c: any(isinstance(one, Dropout) for one in c.model.layers)),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUGHT)
def test_what_they_reach(name):
    strategy, condition = SOUGHT[name]
    assert condition(find(strategy(), condition))


def test_a_failing_case_is_made_small():
    case = find(strategies.convolutions(), lambda case: case.x.shape[1] > 2)
    assert case.x.shape == (1, 3, 1, 1)
    assert case.layer.kernel_size == (1, 1)


def test_distinct_numbers_are_spread_evenly_and_none_is_0():
    numbers = np.sort(distinct_numbers((3, 5), np.random.default_rng(0)), axis=None)
    np.testing.assert_allclose(np.diff(numbers), 4 / 15)
    assert -2 < numbers[0] < numbers[-1] < 2
    assert np.abs(numbers).min() > 0.05


def test_distinct_numbers_of_no_size():
    assert distinct_numbers((0, 3), np.random.default_rng(0)).shape == (0, 3)


def test_without_hypothesis_the_command_that_installs_it_is_said(monkeypatch):
    usual = builtins.__import__

    def not_there(name, *rest, **more):
        if name.split(".")[0] == "hypothesis":
            raise ModuleNotFoundError("No module named 'hypothesis'", name="hypothesis")
        return usual(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", not_there)
    monkeypatch.delitem(sys.modules, "minicnn.testing.strategies")
    monkeypatch.delattr(testing, "strategies", raising=False)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "minicnn\[strategies\]"'):
        _ = testing.strategies
    assert testing.check_gradients is check_gradients


def test_unknown_names_are_no_attributes():
    with pytest.raises(AttributeError, match="no attribute 'check_gradient'"):
        _ = testing.check_gradient
