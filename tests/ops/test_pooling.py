"""The reference poolings against loops; gradients against slopes; ties and borders by hand."""

import numpy as np
import pytest
from hypothesis import given, settings

from minicnn.ops import reference

from ..gradients import assert_slope, distinct
from . import naive
from .cases import slidings

KINDS = {
    "max": (reference.max_pool2d_forward, reference.max_pool2d_backward),
    "average": (reference.average_pool2d_forward, reference.average_pool2d_backward),
}


@pytest.mark.parametrize("kind", KINDS)
@given(case=slidings(dilations=False))
@settings(max_examples=50)
def test_forward_is_what_loops_give(kind, case):
    x_shape, window, strides, padding, _, seed = case
    x = np.random.default_rng(seed).integers(-3, 0, x_shape).astype(float)  # padding's 0 is larger
    y, _ = KINDS[kind][0](x, window, strides, padding)
    np.testing.assert_allclose(y, naive.pool2d(x, window, strides, padding, kind), atol=1e-12)


@given(case=slidings(dilations=False))
@settings(max_examples=50)
def test_max_pooling_sends_gradients_to_the_first_of_equals(case):
    x_shape, window, strides, padding, _, seed = case
    random = np.random.default_rng(seed)
    x = random.integers(-1, 1, x_shape).astype(float)  # full of ties
    y, cache = reference.max_pool2d_forward(x, window, strides, padding)
    dy = random.normal(size=y.shape)
    expected = naive.max_pool2d_backward(dy, x, window, strides, padding)
    np.testing.assert_allclose(reference.max_pool2d_backward(dy, cache), expected, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@given(case=slidings(largest=7, dilations=False))
@settings(max_examples=30)
def test_gradients(kind, case):
    x_shape, window, strides, padding, _, seed = case
    forward, backward = KINDS[kind]
    random = np.random.default_rng(seed)
    x = distinct(x_shape, random)
    y, cache = forward(x, window, strides, padding)
    dy = random.normal(size=y.shape)
    loss = lambda: float((dy * forward(x, window, strides, padding)[0]).sum())  # noqa: E731
    assert_slope(loss, x, backward(dy, cache), "x", random)


def test_average_divides_by_the_cells_on_the_image():
    x = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    y, cache = reference.average_pool2d_forward(x, (2, 2), (2, 2), "same")
    assert y.ravel().tolist() == [3, 4.5, 7.5, 9]
    dx = reference.average_pool2d_backward(np.ones((1, 2, 2, 1)), cache)
    assert dx[0, :, :, 0].tolist() == [[0.25, 0.25, 0.5], [0.25, 0.25, 0.5], [0.5, 0.5, 1]]
