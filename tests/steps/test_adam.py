"""One step of Adam: by hand, by its textbook form, and as the optimizer takes it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import steps
from minicnn.errors import ShapeError, UnknownNameError
from minicnn.optimizers import Adam

from .checking import assert_sum

NAMES = ["m", "v", "correction_1", "correction_2", "rate", "update", "weight"]


def test_by_hand():
    """At the first step, m/correction_1 = g and v/correction_2 = g²: the step is α."""
    walk = steps.adam(1.0, gradient=0.5, learning_rate=0.1, epsilon=0.0)
    assert walk.names == NAMES
    assert walk["m"].equation == "0.9·0 + 0.1·0.5 = 0.05"
    assert walk["v"].equation == "0.999·0 + 0.001·0.25 = 0.00025"
    assert walk["correction_1"].equation == "1 − 0.9^1 = 0.1"
    assert walk["weight"].equation == "1 − 0.1 = 0.9"
    assert walk.output == pytest.approx(0.9)


numbers = st.floats(-10, 10)


@given(numbers, numbers, numbers, st.floats(0.01, 10), st.integers(1, 50), st.booleans(),
       st.sampled_from([None, 0.1]))  # fmt: skip
def test_the_textbooks_form(weight, gradient, m, v, t, amsgrad, decay):
    """m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), with ε = 0; decay and AMSGrad as their papers have them."""
    alpha, beta_1, beta_2, v_max = 0.01, 0.8, 0.95, 5.0
    walk = steps.adam(weight, gradient, m, v, t, alpha, beta_1, beta_2, 0.0,
                      v_max if amsgrad else None, decay)  # fmt: skip
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    largest = max(v, v_max) if amsgrad else v
    m_hat, v_hat = m / (1 - beta_1**t), largest / (1 - beta_2**t)
    shrunk = weight - alpha * (decay or 0) * weight
    assert walk["m"].value == pytest.approx(m)
    assert walk["v"].value == pytest.approx(v)
    assert walk.output == pytest.approx(shrunk - alpha * m_hat / math.sqrt(v_hat), abs=1e-12)
    for step in walk:
        if step.name != "v_max":  # the larger of two is no sum
            assert_sum(step)
    assert ("v_max" in walk.names, "decayed" in walk.names) == (amsgrad, decay is not None)


@given(st.lists(st.floats(-2, 2, width=32), min_size=1, max_size=5), st.booleans(),
       st.sampled_from([None, 0.1]), st.sampled_from(["float32", "float64"]))  # fmt: skip
def test_it_is_what_the_optimizer_does(gradients, amsgrad, decay, dtype):
    """Step after step, from the optimizer's state."""
    adam = Adam(0.01, beta_1=0.7, beta_2=0.9, amsgrad=amsgrad, weight_decay=decay)
    weights = [np.array([0.5, 1.5], dtype)]
    adam.build(weights)
    for gradient in gradients:
        slots = {name: slot[0][1] for name, slot in adam.slots.items()}
        walk = steps.adam(
            weights[0][1], np.asarray(gradient, dtype), slots["momentum"], slots["velocity"],
            adam.iterations + 1, 0.01, 0.7, 0.9, v_max=slots.get("velocity_hat"),
            weight_decay=decay,
        )  # fmt: skip
        adam.apply([np.array([0.0, gradient], dtype)], weights)
        assert walk.output == pytest.approx(
            weights[0][1].item(), rel=1e-6 if dtype == "float32" else 1e-14
        )
        assert walk["v"].value == pytest.approx(adam.slots["velocity"][0][1].item(), rel=1e-6)


def test_a_small_update_can_be_seen():
    assert steps.adam(1.0, 1.0, learning_rate=1e-5)["weight"].equation == "1 − 1e−05 = 0.99999"


def test_steps_by_name_and_number():
    walk = steps.adam(1.0, 0.5)
    assert walk[0] is walk["m"]
    assert [step.name for step in walk] == NAMES
    assert len(walk) == 7
    with pytest.raises(UnknownNameError, match="Did you mean 'correction_1'"):
        walk["correction1"]


def test_how_it_is_shown():
    walk = steps.adam(1.0, 0.5)
    lines = str(walk).splitlines()
    assert lines[0] == "Adam, step 1: one weight"
    assert lines[-1] == "  weight        1 − 0.001 = 0.999"
    assert max(map(len, lines)) <= 80
    assert "<td" in walk._repr_html_()
    assert "1 − 0.001 = 0.999" in walk._repr_html_()
    assert repr(walk) == "<Adam, step 1: one weight: 1 − 0.001 = 0.999>"


def test_mistakes():
    with pytest.raises(ShapeError, match=r"gradient\[0, 0\]"):
        steps.adam(1.0, np.ones((3, 3)))
    with pytest.raises(ValueError, match="from 1, got step=0"):
        steps.adam(1.0, 1.0, step=0)
    with pytest.raises(ValueError, match="beta_1"):
        steps.adam(1.0, 1.0, beta_1=1.0)
    with pytest.raises(ValueError, match="weight_decay"):
        steps.adam(1.0, 1.0, weight_decay=-1.0)
