"""The check itself: right gradients pass, each kind of mistake is caught and called by its name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import activations, layers
from minicnn.errors import DataWarning
from minicnn.layers import Layer
from minicnn.random import generator
from minicnn.testing import GradientError, check_gradients, measure_gradients

from .wrong import FAULTS, FEATURES, IMAGES, Shift, Square


def numbers(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("name", FAULTS)
def test_a_mistake_is_called_by_its_name(name):
    fault = FAULTS[name]
    gradient = "dx" if fault.name == "x" else f"the gradient d{fault.name}"
    said = rf"^{gradient} of .* is wrong at \[.*backward returns .* differences give .*{fault.diagnosis}"
    with pytest.raises(GradientError, match=said) as caught:
        check_gradients(fault.layer, numbers(fault.shape))
    wrong = [row.name for row in caught.value.report.rows if not row.passed]
    assert wrong == [fault.name]


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_the_numbers(name, seed):
    fault = FAULTS[name]
    report = measure_gradients(fault.layer, numbers(fault.shape, seed), seed=seed)
    assert [row.name for row in report.rows if not row.passed] == [fault.name]


def test_an_error_is_an_assertion():
    with pytest.raises(AssertionError, match="dx"):
        check_gradients(Square(lambda x, dy: x * dy), numbers(FEATURES))


def test_both_numbers_are_those_of_calculus():
    x = numbers(FEATURES)
    upstream = []

    def derivative(x, dy):
        upstream.append(dy)
        return 3 * x * dy

    (row,) = measure_gradients(Square(derivative), x).rows
    assert len(row.wrong) == x.size
    for entry in row.wrong:
        assert entry.numerical == pytest.approx(
            2 * x[entry.position] * upstream[0][entry.position], rel=1e-6
        )
        assert entry.analytic == pytest.approx(1.5 * entry.numerical, rel=1e-6)
    assert row.error == pytest.approx(1 / 3, rel=1e-2)  # of the largest gradient that was said


def test_the_upstream_gradient_is_not_all_ones():
    """With ones, a backward that forgets dy, or takes its mean over the batch, would pass."""
    seen = []
    check_gradients(Square(lambda x, dy: seen.append(dy) or 2 * x * dy), numbers(FEATURES))
    assert len(np.unique(seen[0])) == seen[0].size


@given(st.sampled_from(sorted(activations.KNOWN)), st.integers(0, 1000))
def test_right_ones_pass_with_room_to_spare(name, seed):
    report = check_gradients(layers.Activation(name), numbers(IMAGES, seed), seed=seed)
    assert report.passed
    assert report.error < 1e-7


# Kinks


def test_a_kink_is_said_and_no_mistake():
    x = np.array([[0.0, 1.0, -2.0, 3.0]])
    report = check_gradients(layers.ReLU(), x)
    assert report.passed
    assert report.kinks == 1
    assert "1 at kinks" in str(report)


@pytest.mark.parametrize("distance", [1e-6, 1e-7])
def test_a_kink_near_by_is_stepped_over(distance):
    report = check_gradients(layers.ReLU(), [[distance, -1.0], [-distance, 1.0]])
    assert report.passed
    assert report.kinks == 0


@pytest.mark.parametrize(
    "layer", [layers.MaxPooling2D(), layers.MaxPooling2D(3, 1), layers.LeakyReLU()]
)
def test_where_there_are_kinks_only_nothing_is_proved(layer):
    with pytest.warns(DataWarning, match=r"dx of .* is not checked: all 25 compared entries are"):
        report = check_gradients(layer, np.zeros((2, 4, 4, 1)))
    assert [row.verdict for row in report.rows] == ["only kinks"]


class StepAtZero(Layer):
    """ReLU with an arbitrary derivative at 0."""

    def __init__(self, at_zero, elsewhere=1.0):
        super().__init__()
        self.at_zero, self.elsewhere = at_zero, elsewhere

    def forward(self, x, training=False):
        return np.maximum(x, 0), x

    def backward(self, dy, cache):
        return dy * np.where(cache == 0, self.at_zero, self.elsewhere * (cache > 0)), {}


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_any_slope_between_the_two_will_do(at_zero):
    assert check_gradients(StepAtZero(at_zero), [[0.0, 1.0, -1.0, 2.0]]).passed


def test_a_kink_is_no_excuse_for_anything():
    with pytest.raises(GradientError, match=r"at \[0, 0\]"):
        check_gradients(StepAtZero(7.0), [[0.0, 1.0, -1.0, 2.0]])


def test_nor_for_the_other_entries():
    with pytest.raises(GradientError, match=r"at \[0, [13]\]"):
        check_gradients(StepAtZero(0.0, elsewhere=2.0), [[0.0, 1.0, -1.0, 2.0]])


def test_a_sharp_bend_is_no_kink():
    """Of sin(3000·x) the slope changes within any step but the smallest; it is one all the same."""

    class Bent(Layer):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def forward(self, x, training=False):
            return np.sin(3000 * x) / 3000, x

        def backward(self, dy, cache):
            return self.factor * dy * np.cos(3000 * cache), {}

    x = (np.pi / 4 + 2 * np.pi * np.array([[300, 310, 320]])) / 3000  # sine and cosine are equal
    assert check_gradients(Bent(1), x, tolerance=1e-5).kinks == 0
    with pytest.raises(GradientError):
        check_gradients(Bent(1.0002), x, tolerance=1e-5)


# What cannot be compared


class Rude(Layer):
    """A layer with forbidden behavior."""

    def __init__(self, forward=None, gradients=None, dx=None):
        super().__init__()
        self._forward, self._gradients, self._dx = forward, gradients, dx

    def build(self, input_shape):
        self.add_weight("bias", input_shape[-1:], "zeros")

    def forward(self, x, training=False):
        return (self._forward(x) if self._forward else x + self.bias), None

    def backward(self, dy, cache):
        gradients = {"bias": dy.sum(axis=0)}
        dx = self._dx(dy) if self._dx else dy
        return dx, gradients if self._gradients is None else self._gradients(dy)


def in_place(x):
    x[x < 0] = 0
    return x


UNFIT = {
    "none": (Rude(gradients=lambda dy: {}), r'no gradient of bias, only of \[\]. Write return dx, {"bi'),
    "shape": (
        Rude(gradients=lambda dy: {"bias": dy}),
        r"dbias of .* has shape \(3, 4\), but bias has \(4,\). Sum over the axes",
    ),
    "dx's shape": (Rude(dx=lambda dy: dy[0]), r"dx of .* has shape \(4,\), but x has \(3, 4\)"),
    "dtype": (Rude(dx=lambda dy: dy.astype("float32")), "dx of .* has dtype float32"),
    "not finite": (Rude(dx=lambda dy: dy / 0.0), "dx of .* contains NaN or infinity"),
    "in place": (Rude(forward=in_place), r"changes its input.* x = x.copy\(\)"),
    "forward's dtype": (Rude(forward=lambda x: x.astype("float32")), "returns float32 for float64"),
    "forward not finite": (Rude(forward=lambda x: x + np.nan), "returns NaN or infinity"),
    "by chance": (
        Rude(forward=lambda x: x + np.random.default_rng().normal()),
        "different outputs for the same input",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("name", UNFIT)
def test_what_cannot_be_compared_is_explained(name):
    layer, answer = UNFIT[name]
    with pytest.raises(GradientError, match=answer):
        check_gradients(layer, numbers(FEATURES))


def test_weight_gradients_that_differ_from_backward():
    class TwoMinds(layers.Dense):
        def backward(self, dy, cache, input_gradient=True):
            dx, gradients = super().backward(dy, cache)
            factor = 1 if input_gradient else 2
            return dx, {name: factor * one for name, one in gradients.items()}

    with pytest.raises(
        GradientError, match=r"returns a different dkernel with input_gradient=False"
    ):
        check_gradients(TwoMinds(2), numbers(FEATURES))


# What is left as it was


@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize("kind", [layers.BatchNormalization, lambda: layers.Dense(3)])
def test_the_layer_stays_as_it_is(kind, built):
    layer = kind()
    if built:
        layer.build((None, *FEATURES[1:]))
    before = layer.get_weights()
    stream = generator().bit_generator.state
    check_gradients(layer, numbers(FEATURES))
    assert layer.built == built
    assert layer.dtype == "float32"
    for old, new in zip(before, layer.weights, strict=True):
        np.testing.assert_array_equal(new, old)
        assert new.dtype == np.float32
    assert generator().bit_generator.state == stream


def test_the_input_stays_as_it_is():
    x = numbers(FEATURES)
    kept = x.copy()
    check_gradients(layers.Dense(2), x)
    np.testing.assert_array_equal(x, kept)


def test_a_scale_of_one_does_not_hide_that_it_is_forgotten():
    class Scale(Layer):
        def build(self, input_shape):
            self.add_weight("scale", input_shape[-1:], "ones")

        def forward(self, x, training=False):
            return x * self.scale, x

        def backward(self, dy, cache):
            return dy, {"scale": (dy * cache).sum(axis=0)}

    with pytest.raises(GradientError, match="dx of Scale"):
        check_gradients(Scale(), numbers(FEATURES))


def test_dropout_drops_the_same_cells():
    layer = layers.Dropout(0.5, seed=1)
    assert check_gradients(layer, numbers(IMAGES)).error < 1e-9
    assert layer.seed_state.tolist() == [1, 0]


def test_a_sum_of_many_entries_is_as_tolerant_as_one():
    """The direction of the sum has length 1: errors within the tolerance do not add up to one."""

    class AlmostRight(layers.Dense):
        def backward(self, dy, cache):
            dx, gradients = super().backward(dy, cache)
            return dx, {name: gradient * (1 + 6e-7) for name, gradient in gradients.items()}

    rows = check_gradients(AlmostRight(400), numbers((2, 400)), entries=5).rows
    assert [row.checked for row in rows] == [5, 5, 5]


def test_several_inputs():
    class Product(Layer):
        def forward(self, x, training=False):
            return x[0] * x[1], x

        def backward(self, dy, cache):
            return [dy * cache[1], self.factor * dy * cache[0]], {}

    layer, x = Product(), [numbers(FEATURES), numbers(FEATURES, 1)]
    layer.factor = 1
    assert [row.name for row in check_gradients(layer, x).rows] == ["x[0]", "x[1]"]
    layer.factor = 2
    with pytest.raises(GradientError, match=r'^dx\[1\] of Product "product" is wrong.*0.5 times'):
        check_gradients(layer, x)


def test_the_report_in_words():
    report = measure_gradients(Shift(lambda dy: -dy.sum(axis=0)), numbers(FEATURES))
    assert [row.verdict for row in report.rows] == ["FAILED", "passed"]
    assert 'Shift "shift": dshift: 4 entries, 0 at kinks, error 2.0e+00: FAILED' in str(report)
    assert repr(report) == "<GradientReport: FAILED, error 2.0e+00>"
