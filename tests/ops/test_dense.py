"""The fully connected layer's arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import ops

from ..gradients import assert_slope


@given(
    leading=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    features=st.integers(1, 6),
    units=st.integers(1, 6),
    activation=st.sampled_from(["linear", "relu"]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=30)
def test_output_and_gradients(leading, features, units, activation, seed):
    random = np.random.default_rng(seed)
    x, kernel, bias = (
        random.normal(size=shape) for shape in ((*leading, features), (features, units), (units,))
    )
    y, cache = ops.dense_forward(x, kernel, bias, activation)
    for place in np.ndindex(y.shape):
        *example, unit = place
        weighed = [x[(*example, feature)] * kernel[feature, unit] for feature in range(features)]
        total = sum(weighed) + bias[unit]
        assert y[place] == pytest.approx(max(total, 0) if activation == "relu" else total)

    dy = random.normal(size=y.shape)
    gradients = ops.dense_backward(dy, cache)
    loss = lambda: float((dy * ops.dense_forward(x, kernel, bias, activation)[0]).sum())  # noqa: E731
    for name, array, gradient in zip(
        ("x", "kernel", "bias"), (x, kernel, bias), gradients, strict=True
    ):
        assert_slope(loss, array, gradient, name, random)


def test_without_bias_or_input_gradient():
    y, cache = ops.dense_forward(np.array([[2.0]]), np.array([[3.0]]))
    assert y.item() == 6
    dx, dkernel, _ = ops.dense_backward(np.array([[5.0]]), cache, input_gradient=False)
    assert dx is None
    assert dkernel.item() == 10
