"""Batch normalisation, number by number: by hand, by NumPy's mean and variance, and by slopes."""

import numpy as np
import pytest

from minicnn import steps
from minicnn.errors import ShapeError

from .checking import assert_sum

X = np.random.default_rng(1).normal(size=(2, 3, 4)) * 3 + 1
GAMMA, BETA = np.array([2.0, -1.0, 0.5, 1.5]), np.array([0.1, 0.2, 0.3, 0.4])
MEAN, VARIANCE = np.array([0.5, 1.0, 1.5, 2.0]), np.array([4.0, 9.0, 1.0, 0.25])
KEPT = {"moving_mean": MEAN, "moving_variance": VARIANCE}


def test_by_hand():
    """Mean 4, variance ((−3)² + (−1)² + 4²)/3 = 26/3."""
    walk = steps.batch_normalization([[1], [3], [8]], gamma=[3], beta=[1], epsilon=1 / 3)
    assert walk.mean[0].equation == "(1 + 3 + 8)/3 = 4"
    assert walk.variance[0].equation == "((1 − 4)² + (3 − 4)² + (8 − 4)²)/3 = 8.667"
    assert walk.normalized[0, 0].equation == "(1 − 4)/√(8.667 + 0.3333) = −1"
    assert walk[0, 0].equation == "3·(−1) + 1 = −2"
    np.testing.assert_allclose(walk.output.ravel(), [-2, 0, 5])


@pytest.mark.parametrize("axis", [-1, 0, 1])
@pytest.mark.parametrize("kept", [{}, KEPT], ids=["training", "prediction"])
def test_forward(axis, kept):
    x = np.moveaxis(X, -1, axis)
    walk = steps.batch_normalization(x, GAMMA, BETA, **kept, epsilon=0.1, axis=axis)
    mean, variance = (MEAN, VARIANCE) if kept else (X.mean(axis=(0, 1)), X.var(axis=(0, 1)))
    np.testing.assert_allclose(walk.mean.output, mean)
    np.testing.assert_allclose(walk.variance.output, variance)
    normalized = (X - mean) / np.sqrt(variance + 0.1)
    np.testing.assert_allclose(walk.normalized.output, np.moveaxis(normalized, -1, axis))
    np.testing.assert_allclose(walk.output, np.moveaxis(normalized * GAMMA + BETA, -1, axis))
    for step in (*walk, *walk.normalized):
        assert_sum(step)
        assert step.value == pytest.approx(calculated(step), rel=2e-2, abs=1e-2)
    if not kept:
        for step in (*walk.mean, *walk.variance):
            assert_sum(step)


def calculated(step):
    """The value that the step's equation gives, in the few digits that it is written with."""
    left = step.equation.split(" = ")[0].replace("−", "-").replace("·", "*")
    return eval(left.replace("√", "root"), {"root": np.sqrt})


@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize("kept", [{}, KEPT], ids=["training", "prediction"])
@pytest.mark.parametrize("weights", [(GAMMA, BETA), (None, None)], ids=["scaled", "bare"])
def test_gradients_are_slopes(axis, kept, weights):
    dy = np.random.default_rng(2).normal(size=np.moveaxis(X, -1, axis).shape)

    def loss(x, gamma, beta):
        return (dy * steps.batch_normalization(x, gamma, beta, **kept, axis=axis).output).sum()

    arrays = {"input": np.moveaxis(X, -1, axis), "gamma": weights[0], "beta": weights[1]}
    walk = steps.batch_normalization(*arrays.values(), **kept, axis=axis)
    back = walk.backward(dy)
    assert list(back.gradients) == [name for name, array in arrays.items() if array is not None]
    for name, gradient in back.gradients.items():
        for place in np.ndindex(gradient.output.shape):
            change = np.zeros(gradient.output.shape)
            change[place] = 1e-5
            above, below = (
                loss(*{**arrays, name: arrays[name] + d}.values()) for d in (change, -change)
            )
            assert gradient[place].value == pytest.approx((above - below) / 2e-5, abs=1e-6)
            assert_sum(gradient[place])


def test_a_channel_of_one_number_is_beta():
    walk = steps.batch_normalization([7.0, 9.0], beta=[1.0, 2.0])
    assert walk.output.tolist() == [1.0, 2.0]
    assert walk.backward([1.0, 1.0]).input.gradient.tolist() == [0.0, 0.0]


def test_kept_from_training_is_said():
    walk = steps.batch_normalization(X, **KEPT)
    assert not walk.training
    assert walk.mean[1].equation == "1, kept from training"
    assert "as in prediction" in str(walk)


def test_mistakes():
    with pytest.raises(ShapeError, match=r"gamma as one number a channel, shape \(4,\)"):
        steps.batch_normalization(X, gamma=[1.0])
    with pytest.raises(ValueError, match="together"):
        steps.batch_normalization(X, moving_mean=MEAN)
    with pytest.raises(ShapeError, match="channels"):
        steps.batch_normalization(3.0)
