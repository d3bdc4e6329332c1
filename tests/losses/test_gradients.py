"""Every loss, with every option, against central differences in float64."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minicnn import losses


def cubic(y_true, y_pred):
    return np.sum(np.abs(y_pred - y_true) ** 3, axis=-1)


def cubic_gradient(y_true, y_pred):
    return 3 * np.abs(y_pred - y_true) * (y_pred - y_true)


LOSSES = {
    "categorical": losses.CategoricalCrossentropy(),
    "categorical, logits": losses.CategoricalCrossentropy(from_logits=True),
    "categorical, smoothed": losses.CategoricalCrossentropy(label_smoothing=0.2),
    "sparse": losses.SparseCategoricalCrossentropy(),
    "sparse, logits": losses.SparseCategoricalCrossentropy(from_logits=True),
    "sparse, ignoring": losses.SparseCategoricalCrossentropy(ignore_class=0),
    "binary": losses.BinaryCrossentropy(),
    "binary, logits": losses.BinaryCrossentropy(from_logits=True),
    "binary, smoothed": losses.BinaryCrossentropy(label_smoothing=0.2),
    "squared": losses.MeanSquaredError(),
    "absolute": losses.MeanAbsoluteError(),
    "percentage": losses.MeanAbsolutePercentageError(),
    "logarithmic": losses.MeanSquaredLogarithmicError(),
    "huber": losses.Huber(0.3),
    "log cosh": losses.LogCosh(),
    "poisson": losses.Poisson(),
    "hinge": losses.Hinge(),
    "squared hinge": losses.SquaredHinge(),
    "categorical hinge": losses.CategoricalHinge(),
    "cosine": losses.CosineSimilarity(),
    "divergence": losses.KLDivergence(),
    "function": losses.FunctionLoss(cubic),
    "function with gradient": losses.FunctionLoss(cubic, gradient=cubic_gradient),
}


@pytest.mark.parametrize("name", LOSSES)
@given(
    shape=st.lists(st.integers(1, 3), min_size=2, max_size=3).map(tuple),
    classes=st.integers(2, 4),
    seed=st.integers(0, 2**32 - 1),
)
@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_backward_is_the_slope_of_forward(name, shape, classes, seed, assert_slope):
    loss = LOSSES[name]
    shape = (*shape[:-1], classes)
    random = np.random.default_rng(seed)
    y_pred = random.uniform(0.05, 0.95, size=shape)
    if "logits" in name:
        y_pred = random.normal(size=shape) * 3
    y_true = random.dirichlet(np.ones(classes), size=shape[:-1])
    if "sparse" in name:
        y_true = random.integers(classes, size=shape[:-1])
    if "hinge" in name:
        y_true, y_pred = np.eye(classes)[y_true.argmax(axis=-1)], 1.5 * y_pred
    if name in ("absolute", "percentage"):
        y_pred += 2 * (y_pred > y_true) - 1  # away from the kink
    assert_slope(loss, y_true, y_pred, seed)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision_is_kept(name, dtype):
    y_pred = np.full((2, 3), 1 / 3, dtype)
    y_true = np.array([0, 1]) if "sparse" in name else np.eye(3)[:2]

    values, cache = LOSSES[name].forward(y_true, y_pred)

    assert values.dtype == dtype
    assert LOSSES[name].backward(np.ones(2, dtype), cache).dtype == dtype


def test_a_wrong_gradient_is_noticed(assert_slope):
    wrong = losses.FunctionLoss(cubic, gradient=lambda y_true, y_pred: y_pred - y_true)
    with pytest.raises(AssertionError, match="Not equal"):
        assert_slope(wrong, np.zeros((2, 3)), np.full((2, 3), 0.7))
