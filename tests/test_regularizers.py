"""Penalties on weights."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import regularizers
from minicnn.errors import UnknownNameError
from minicnn.regularizers import L1, L1L2, L2

from .gradients import assert_slope, distinct

WEIGHT = np.array([[1.0, -2.0], [3.0, 0.0]])


@pytest.mark.parametrize(
    ("one", "expected"),
    [(L1(0.5), 3), (L2(0.5), 7), (L1L2(0.1, 0.01), 0.74), (L1(), 0.06), (L2(), 0.14)],
)
def test_penalty(one, expected):
    assert one(WEIGHT) == pytest.approx(expected)
    assert isinstance(one(WEIGHT.astype("float32")), float)


@given(l1=st.floats(0, 2), l2=st.floats(0, 2), seed=st.integers(0, 2**32 - 1))
def test_gradient_is_the_slope_of_the_penalty(l1, l2, seed):
    random = np.random.default_rng(seed)
    weight, one = distinct((3, 2, 2), random), L1L2(l1, l2)
    assert_slope(lambda: one(weight), weight, one.gradient(weight), "weight", random)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradient_keeps_the_dtype(dtype):
    assert L1L2(0.1, 0.1).gradient(WEIGHT.astype(dtype)).dtype == dtype


def test_at_zero_nothing_pulls():
    assert L1(1.0).gradient(np.zeros(2)).tolist() == [0, 0]


@pytest.mark.parametrize(
    "one", [L1(0.3), L2(0.2), L1L2(0.3, 0.2)], ids=lambda one: type(one).__name__
)
def test_config_makes_an_equal_one(one):
    again = regularizers.get(json.loads(json.dumps(regularizers.serialize(one))))
    assert type(again) is type(one)
    assert vars(again) == vars(one)


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [("l1", L1), ("L2", L2), ("l1_l2", L1L2), ("L1L2", L1L2), (L2, L2), (L1(0.5), L1)],
)
def test_names(identifier, kind):
    assert type(regularizers.get(identifier)) is kind


def test_none_is_none():
    assert regularizers.get(None) is None
    assert regularizers.serialize(None) is None


def test_keras_lower_case_names():
    assert regularizers.l2(0.01)(np.array([10.0])) == pytest.approx(1)
    assert (regularizers.l1, regularizers.l2, regularizers.l1_l2) == (L1, L2, L1L2)


def test_unknown_name():
    with pytest.raises(
        UnknownNameError, match=r"unknown regularizer 'l1l3'. Did you mean '(L1L2|l1l2)'"
    ):
        regularizers.get("l1l3")


def test_a_function_lacks_its_gradient():
    with pytest.raises(
        TypeError, match=r"also needs its gradient.*class that derives from minicnn\.regularizers"
    ):
        regularizers.get(lambda weight: weight.sum())


@pytest.mark.parametrize("factor", [-0.1, float("nan"), float("inf"), "0.1", None])
@pytest.mark.parametrize(("kind", "name"), [(L1, "l1"), (L2, "l2")])
def test_wrong_factors(kind, name, factor):
    with pytest.raises(ValueError, match=f"{name} must be a number >= 0, got {factor!r}"):
        kind(factor)


def test_a_class_of_ones_own():
    class Maximum(regularizers.Regularizer):
        def __call__(self, weight):
            return float(weight.max())

    own = Maximum()
    assert regularizers.get(own) is own
    with pytest.raises(NotImplementedError, match=r"Maximum needs a method gradient\(weight\)"):
        own.gradient(WEIGHT)
    with pytest.raises(NotImplementedError, match=r"needs a method __call__"):
        regularizers.Regularizer()(WEIGHT)
