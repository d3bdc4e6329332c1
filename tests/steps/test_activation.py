"""Walks through activations: against scipy and slopes, and the equations calculated as written."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from minicnn import activations, steps
from minicnn.errors import ShapeError, UnknownNameError

from .checking import assert_sum

NAMES = sorted(set(activations.KNOWN) - {"softmax", "log_softmax"})
ORACLES = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.2 * x,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "gelu": lambda x: x * stats.norm.cdf(x),
    "silu": lambda x: x * special.expit(x),
    "swish": lambda x: x * special.expit(x),
    "sigmoid": special.expit,
    "tanh": math.tanh,
    "softplus": lambda x: special.logsumexp([0, x]),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * np.expm1(x)),
    "relu6": lambda x: np.clip(x, 0, 6),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_swish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "mish": lambda x: x * math.tanh(special.logsumexp([0, x])),
    "exponential": math.exp,
    "softsign": lambda x: x / (1 + abs(x)),
}
WITH_PARAMETERS = [
    ("relu", {"negative_slope": 0.1, "max_value": 6.0, "threshold": 0.5}),
    ("leaky_relu", {"negative_slope": 0.3}),
    ("elu", {"alpha": 2.0}),
    ("gelu", {"approximate": True}),
]

SIGNS = {"−": "-", "·": "*", "^": "**", "²": "**2", "³": "**3", "√": "root"}


def calculated(text: str) -> float:
    """Return the value of a formula as written."""
    for sign, python in SIGNS.items():
        text = text.replace(sign, python)
    names = {
        "e": math.e, "max": max, "min": min, "tanh": math.tanh, "ln": math.log,
        "Φ": stats.norm.cdf, "φ": stats.norm.pdf, "π": math.pi, "root": math.sqrt,
    }  # fmt: skip
    return eval(text, names)  # only what `formulas` writes


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", [-30.0, -2.0, -0.5, 0.25, 3.0, 30.0])
def test_values_and_equations(name, x):
    step = steps.activation(x, name)[()]
    assert step.value == pytest.approx(ORACLES[name](x), rel=1e-12)
    written, value = step.equation.split(" = ")
    assert calculated(written) == pytest.approx(step.value, rel=2e-3)
    assert calculated(value) == pytest.approx(step.value, rel=1e-3)


@pytest.mark.parametrize(("name", "parameters"), [*((n, {}) for n in NAMES), *WITH_PARAMETERS])
@pytest.mark.parametrize("x", [-2.0, 0.25, 0.7, 2.9, 9.0])
def test_gradients_are_slopes(name, parameters, x):
    h = 1e-6
    above, below = (steps.activation(x + d, name, **parameters).output for d in (h, -h))
    back = steps.activation([x], name, **parameters).backward([2.0]).input
    slope = (above - below).item() / (2 * h)
    assert back[0].value == pytest.approx(2 * slope, rel=1e-6, abs=1e-8)
    assert_sum(back[0])
    assert [factor.value for factor in back[0].terms[0].factors] == [
        2.0,
        pytest.approx(slope, rel=1e-6, abs=1e-8),
    ]


@pytest.mark.parametrize("name", ["elu", "gelu", "silu", "sigmoid", "softplus", "tanh"])
@pytest.mark.parametrize("x", [-2.0, 0.25, 3.0])
def test_the_derivatives_formula_is_true(name, x):
    note = steps.activation([x], name).backward([1.0]).input[0].note
    left, *formulas, value = note.split(" = ")
    assert left.endswith(")")
    for formula in formulas:
        assert calculated(formula) == pytest.approx(calculated(value), rel=3e-3, abs=1e-3)


@pytest.mark.parametrize(("name", "parameters"), WITH_PARAMETERS)
@pytest.mark.parametrize("x", [-2.0, 0.25, 0.7, 9.0])
def test_equations_with_parameters(name, parameters, x):
    step = steps.activation(x, name, **parameters)[()]
    assert calculated(step.equation.split(" = ")[0]) == pytest.approx(step.value, rel=2e-3)


def test_relu_says_why():
    back = steps.activation([-2, 3]).backward([5, 7]).input
    assert back.gradient.tolist() == [0, 7]
    assert back[0].note == "relu'(−2) = 0, as −2 is not above 0"
    assert back[1].note == "relu'(3) = 1, as 3 is above 0"
    cut = steps.activation([7.0], max_value=6).backward([5.0]).input[0]
    assert cut.note == "relu'(7) = 0, as 7 is cut at 6"


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=8))
def test_softmax_is_scipys(scores):
    walk = steps.activation(scores, "softmax")
    np.testing.assert_allclose(walk.output, special.softmax(scores), rtol=1e-12)
    for step in walk:
        assert_sum(step)


def test_softmax_equation():
    walk = steps.activation([0.0, math.log(3)], "softmax")
    assert (
        walk[1].equation == "e^(1.099 − 1.099)/(e^(0 − 1.099) + e^(1.099 − 1.099)) = 1/1.333 = 0.75"
    )


@pytest.mark.parametrize("axis", [-1, 0, 1, (0, 2)])
def test_softmax_gradient_is_the_slope(axis):
    random = np.random.default_rng(1)
    x, dy = random.normal(size=(2, 2, 3, 2))[:, 0], random.normal(size=(2, 3, 2))
    back = steps.activation(x, "softmax", axis=axis).backward(dy).input
    for place in np.ndindex(x.shape):
        change = np.zeros(x.shape)
        change[place] = 1e-6
        slope = (dy * (special.softmax(x + change, axis) - special.softmax(x - change, axis))).sum()
        step = back[place]
        assert step.value == pytest.approx(slope / 2e-6, rel=1e-6, abs=1e-9)
        assert_sum(step)
        for term in step.terms:
            assert term.factors[0].value == dy[term.factors[0].index]


def test_a_function_of_ones_own():
    def cube(x):
        return x**3

    walk = steps.activation([2.0], cube)
    assert walk[0].equation == "cube(2) = 8"
    step = walk.backward([1.0]).input[0]
    assert step.value == pytest.approx(12)
    assert step.note == "cube'(2) = 12, measured"


def test_softmax_of_one_number():
    with pytest.raises(ShapeError, match=r"activation\(\[0.5, 2.0\], 'softmax'\)"):
        steps.activation(2.0, "softmax")


def test_misspelt():
    with pytest.raises(UnknownNameError, match="'relu'"):
        steps.activation([1.0], "rely")
    with pytest.raises(UnknownNameError, match="Did you mean 'negative_slope'"):
        steps.activation([1.0], "relu", negativ_slope=0.1)
    with pytest.raises(UnknownNameError, match="There are: none"):
        steps.activation([1.0], "tanh", alpha=1)
