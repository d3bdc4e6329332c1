"""Softmax and cross-entropy: probabilities, loss and p − y, from scipy and by slopes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from minicnn import losses, steps
from minicnn.errors import ShapeError
from minicnn.steps.checks import distribution

from .checking import assert_sum

scores = st.lists(st.floats(-30, 30), min_size=2, max_size=6)


def loss_by_scipy(logits, target):
    """−Σ t·ln p, the mean over all rows."""
    return -(target * special.log_softmax(logits, axis=-1)).sum(axis=-1).mean()


@given(scores, st.integers(0, 5), st.sampled_from([0.0, 0.1, 1.0]))
def test_probabilities_loss_and_gradient(logits, label, smoothing):
    label %= len(logits)
    target = np.eye(len(logits))[label] * (1 - smoothing) + smoothing / len(logits)
    walk = steps.softmax_crossentropy(logits, label, smoothing)
    np.testing.assert_allclose(walk.probabilities, special.softmax(logits), rtol=1e-12)
    np.testing.assert_allclose(walk.target, target)
    assert walk.loss == pytest.approx(loss_by_scipy(np.array(logits), target), rel=1e-12, abs=1e-12)
    back = walk.backward().logits
    np.testing.assert_allclose(back.gradient, special.softmax(logits) - target, atol=1e-12)
    for step in (walk.loss_step, *walk, *back):
        assert_sum(step)


def test_the_numbers_by_hand():
    """Softmax of (0, ln 3) is (1/4, 3/4)."""
    walk = steps.softmax_crossentropy([0.0, np.log(3)], 0)
    assert walk.loss_step.equation == "−ln(0.25) = 1.386"
    back = walk.backward().logits
    assert [step.equation for step in back] == ["0.25 − 1 = −0.75", "0.75 − 0 = 0.75"]
    assert back[0].note == "p − y"
    assert str(walk).endswith("Loss: −ln(0.25) = 1.386.")


def test_labels_of_every_cell():
    """The loss is the mean over all cells, as that of the library's loss."""
    random = np.random.default_rng(1)
    logits, labels = random.normal(size=(2, 3, 4)), random.integers(0, 4, (2, 3))
    walk = steps.softmax_crossentropy(logits, labels)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    value, dlogits = loss.value_and_gradient(labels[None], logits[None])
    assert walk.loss == pytest.approx(value)
    back = walk.backward().logits
    np.testing.assert_allclose(back.gradient, dlogits[0])
    for step in (walk.loss_step, back[0, 1, 2], back[1, 2, labels[1, 2]]):
        assert_sum(step)


def test_the_gradient_is_the_slope():
    logits, target = np.array([0.3, -1.0, 2.0]), np.array([0.2, 0.5, 0.1])  # of sum 0.8
    back = steps.softmax_crossentropy(logits, target).backward(3.0).logits
    for place, change in enumerate(np.eye(3) * 1e-6):
        above, below = (loss_by_scipy(logits + d, target) for d in (change, -change))
        assert back[place].value == pytest.approx(3 * (above - below) / 2e-6, rel=1e-6)
        assert_sum(back[place])


def test_a_probability_too_small_to_be_written():
    walk = steps.softmax_crossentropy([1000.0, -1000.0], 1)
    assert walk.loss == 2000
    assert walk.loss_step.equation == "−ln p = 1000 − (−1000) + ln(1) = 2000"


@pytest.mark.parametrize("label", [2, [2], [0, 0, 1], [[0, 0, 1]], [0.0, 0.0, 1.0], np.uint8(2)])
def test_all_forms_of_a_label(label):
    assert steps.softmax_crossentropy([1.0, 2.0, 3.0], label).target.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("label", "expected"), [([0], 1.0), (0, 1.0), ([1.0], 1.0), ([0.0], 0.0), (np.uint8([0]), 1.0)]
)
def test_a_single_class(label, expected):
    """An integer is the number of the class, a float is how much of it there is."""
    assert distribution(label, (1,)).tolist() == [expected]


@pytest.mark.parametrize("label", [3, -1, 10])
def test_a_label_out_of_range(label):
    with pytest.raises(
        ValueError, match=rf"3 classes, numbered from 0 to 2, got the label {label}"
    ):
        steps.softmax_crossentropy([1.0, 2.0, 3.0], label)


def test_labels_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"shape \(2,\). Pass the label of one example: y\[0\]"):
        steps.softmax_crossentropy([1.0, 2.0, 3.0], [1, 2])
    with pytest.raises(ValueError, match=r"class_names.index"):
        steps.softmax_crossentropy([1.0, 2.0, 3.0], "cat")
    with pytest.raises(ValueError, match="got -1"):
        steps.softmax_crossentropy([1.0, 2.0, 3.0], [0, -1, 1])
    with pytest.raises(ValueError, match=r"got the label 0.5"):
        steps.softmax_crossentropy([1.0, 2.0, 3.0], 0.5)
    with pytest.raises(ValueError, match="label_smoothing must be"):
        steps.softmax_crossentropy([1.0, 2.0, 3.0], 0, label_smoothing=2)
    with pytest.raises(ShapeError, match="single number"):
        steps.softmax_crossentropy(1.0, 0)


def test_dy_is_one_number():
    with pytest.raises(ShapeError, match=r"walk.backward\(\)"):
        steps.softmax_crossentropy([1.0, 2.0], 0).backward([1.0, 1.0])
