"""Gradient checks of whole models with their loss, one wrong entry among many, and misuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import Sequential, layers
from minicnn.errors import NotReadyError, ShapeError
from minicnn.layers import Layer
from minicnn.testing import GradientError, check_gradients

from .test_gradient_check import numbers
from .wrong import FEATURES, Square


def small_model(*more, loss="sparse_categorical_crossentropy"):
    model = Sequential([
        layers.Input((6, 6, 1)),
        layers.Conv2D(2, 3, activation="relu", kernel_regularizer="l2"),
        layers.BatchNormalization(),
        layers.Dropout(0.3, seed=2),
        layers.Flatten(),
        *more,
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    if loss:
        model.compile("adam", loss)
    return model


PIXELS = (4, 6, 6, 1)
LABELS = np.array([0, 2, 1, 2])


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("loss", "labels"),
    [
        ("sparse_categorical_crossentropy", LABELS),
        ("categorical_crossentropy", np.eye(3)[LABELS]),
        ("mse", np.eye(3)[LABELS]),
        (None, None),
    ],
)
def test_models_with_their_loss(loss, labels, training):
    model = small_model(loss=loss)
    before = model.get_weights()
    report = check_gradients(model, numbers(PIXELS), labels, training=training)
    assert report.error < 1e-7
    named = [(row.owner, row.name) for row in report.rows]
    assert named[0] == ('Conv2D "conv2d"', "kernel")
    assert named[-1] == ("the model", "x")
    assert len(named) == 7
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)


def test_a_loss_of_ones_own_and_sample_weights():
    def cubic(y_true, y_pred):
        return np.abs(y_true - y_pred).max(axis=-1) ** 3

    model = small_model(loss=None)
    weights = np.array([0.0, 1.0, 2.0, 0.5])
    report = check_gradients(
        model, numbers(PIXELS), np.eye(3)[LABELS], loss=cubic, sample_weight=weights, tolerance=1e-4
    )
    assert report.passed


def test_the_layer_that_is_wrong_is_named_not_those_below_it():
    wrong = Square(lambda x, dy: x * dy, name="culprit")
    with pytest.raises(GradientError, match=r'^dx of Square "culprit" is wrong') as caught:
        check_gradients(small_model(wrong), numbers(PIXELS), LABELS)
    assert [row.owner for row in caught.value.report.rows if not row.passed] == ['Square "culprit"']


def test_a_wrong_fusion_of_activation_and_loss_is_found():
    class Unfused(layers.Dense):
        def logits_backward(self, dz, cache):
            dx, gradients = super().logits_backward(dz, cache)
            return dx, {name: 2 * one for name, one in gradients.items()}

        def backward(self, dy, cache):
            cache, z, y = cache
            dz = self.activation.backward(dy, z, y)
            return super().logits_backward(dz, cache)

    model = Sequential([layers.Input((4,)), Unfused(3, activation="softmax", name="head")])
    with pytest.raises(GradientError, match=r'dkernel of Unfused "head" .* should be 0.5 times'):
        check_gradients(model, numbers((4, 4)), LABELS, loss="sparse_categorical_crossentropy")


def test_a_model_that_is_not_built_stays_so():
    model = Sequential([layers.Dense(2), layers.Dense(1)])
    assert check_gradients(model, numbers(FEATURES)).passed
    assert not model.built


def test_entries():
    x = numbers((2, 30))

    def checked(**options):
        return [row.checked for row in check_gradients(layers.Dense(4), x, **options).rows]

    assert checked() == [25, 4, 25]
    assert checked(entries=3) == [3, 3, 3]
    assert checked(entries=None) == [120, 4, 60]
    assert checked(entries=1) == [1, 1, 1]


@settings(max_examples=20)
@given(place=st.tuples(st.integers(0, 39), st.integers(0, 49)))
def test_the_only_wrong_entry_is_found_wherever_it_is(place):
    class OneWrong(layers.Dense):
        def backward(self, dy, cache):
            dx, gradients = super().backward(dy, cache)
            gradients["kernel"][place] += 1.0
            return dx, gradients

    with pytest.raises(GradientError) as caught:
        check_gradients(OneWrong(50), numbers((3, 40)), entries=5)
    row = caught.value.report.rows[0]
    assert [entry.position for entry in row.wrong] == [place]


@pytest.mark.parametrize(
    ("arguments", "kind", "answer"),
    [
        (
            (layers.Dense, [[1.0]]),
            TypeError,
            "a layer or a model.*Scale\\(\\), not the class Scale",
        ),
        ((layers.Dense(1), [1.0, 2.0]), ShapeError, r"takes a batch.*got \(2,\)"),
        ((layers.Dense(1), [[np.nan]]), ValueError, "finite"),
        ((layers.Dense(1), [[1.0]], [1]), TypeError, "are for models, not for a layer"),
        ((Sequential([layers.Dense(1)]), [[1.0]], [1]), NotReadyError, "labels need a loss"),
        ((layers.Conv2D(1, 3), [[1.0]]), ShapeError, "takes images of shape"),
    ],
)
def test_misuse(arguments, kind, answer):
    with pytest.raises(kind, match=answer):
        check_gradients(*arguments)


def scaled(**methods):
    """A layer whose methods return these values instead of correct ones."""

    class Scaled(Layer):
        def build(self, input_shape):
            self.add_weight("scale", shape=input_shape[-1:], initializer="ones")

        def forward(self, x, training=False):
            return methods.get("forward", lambda y, x: (y, x))(x * self.scale, x)

        def backward(self, dy, cache):
            dx, gradients = dy * self.scale, {"scale": (dy * cache).sum(axis=0)}
            return methods.get("backward", lambda *both: both)(dx, gradients)

    return Scaled()


@pytest.mark.parametrize(
    ("layer", "answer"),
    [
        (scaled(forward=lambda y, x: y), "forward of Scaled .* return y, None"),
        (scaled(backward=lambda dx, gradients: dx), "backward of Scaled .*return dx, {}"),
        (scaled(backward=lambda dx, gradients: (dx, None)), "backward of Scaled .*return dx, {}"),
        (scaled(backward=lambda dx, gradients: (dx, [dx])), "backward of Scaled .*return dx, {}"),
    ],
)
def test_methods_that_return_something_else(layer, answer):
    with pytest.raises(ShapeError, match=answer):
        check_gradients(layer, numbers((4, 3)))


def test_misused_options():
    with pytest.raises(TypeError, match="a loss needs labels"):
        check_gradients(Sequential([layers.Dense(1)]), [[1.0]], loss="mse")
    with pytest.raises(ValueError, match="entries must be an integer >= 1"):
        check_gradients(layers.Dense(1), [[1.0]], entries=0)
    with pytest.raises(ValueError, match="tolerance must be a number > 0"):
        check_gradients(layers.Dense(1), [[1.0]], tolerance=0)


def test_a_gradient_of_nothing_but_rounding_is_right():
    """Behind the mean that batch normalisation takes off, a bias changes nothing."""
    model = Sequential([layers.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.BatchNormalization()])
    bias = check_gradients(model, numbers(PIXELS)).rows[1]
    assert (bias.name, bias.passed) == ("bias", True)
    assert bias.error < 1e-6
