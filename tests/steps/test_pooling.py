"""Walks through pooling: the maximum, the terms of the mean, and the gradients."""

import numpy as np
import pytest
from hypothesis import given, settings

from minicnn import steps
from minicnn.errors import ShapeError
from minicnn.layers import AveragePooling2D, MaxPooling2D

from ..ops import naive
from ..ops.cases import slidings
from .checking import assert_sum
from .lecture import MAP_1

KINDS = {
    "max": (steps.max_pooling2d, MaxPooling2D),
    "average": (steps.average_pooling2d, AveragePooling2D),
}


class TestTheLecture:
    def test_max_pooling(self):
        walk = steps.max_pooling2d(MAP_1)
        assert walk.output.tolist() == [[3, 0], [3, 1]]
        assert walk.output.dtype == np.int64
        step = walk[1, 1]
        assert step.window.tolist() == [[0, 1], [-2, -1]]
        assert step.shares.tolist() == [[0, 1], [0, 0]]
        assert step.equation == "max(0, 1, −2, −1) = 1"
        assert step.note.endswith("won by input[2, 3]")

    def test_the_gradient_goes_to_the_winner(self):
        back = steps.max_pooling2d(MAP_1).backward([[10, 20], [30, 40]])
        assert back.input.gradient.tolist() == [
            [10, 0, 0, 0], [0, 0, 20, 0], [0, 0, 0, 40], [30, 0, 0, 0],
        ]  # fmt: skip
        assert back.input[2, 3].equation == "40·1 = 40"
        assert back.input[2, 2].equation == "40·0 = 0"

    def test_average_pooling(self):
        walk = steps.average_pooling2d(MAP_1)
        assert walk.output.tolist() == [[0, -1.75], [-1.25, -0.5]]
        assert walk[0, 1].equation == "((−3) + (−1) + 0 + (−3))/4 = −1.75"
        assert walk.backward([[8, 0], [0, 0]]).input[1, 1].equation == "8·0.25 = 2"


def test_overlapping_windows_add_up():
    """The 9 in the middle wins all four windows and gets all of dy."""
    walk = steps.max_pooling2d([[1, 2, 3], [4, 9, 5], [6, 7, 8]], pool_size=2, strides=1)
    step = walk.backward([[1, 10], [100, 1000]]).input[1, 1]
    assert step.value == 1111
    assert [term.where for term in step.terms] == [
        "dy[0, 0] · won[0, 0]", "dy[0, 1] · won[0, 1]", "dy[1, 0] · won[1, 0]", "dy[1, 1] · won[1, 1]",
    ]  # fmt: skip


def test_of_equal_cells_the_first_wins():
    walk = steps.max_pooling2d([[5, 5], [5, 5]])
    assert walk[0, 0].note.endswith("won by input[0, 0]")
    assert walk.backward([[1]]).input.gradient.tolist() == [[1, 0], [0, 0]]


def test_padding_never_wins():
    walk = steps.max_pooling2d(-np.arange(1, 10).reshape(3, 3), padding="same")
    step = walk[1, 1]
    assert step.window_is_padding.tolist() == [[False, True], [True, True]]
    assert step.equation == "max(−9) = −9"
    assert [term.is_padding for term in step.terms] == [False, True, True, True]


def test_the_mean_counts_the_cells_on_the_image():
    walk = steps.average_pooling2d(np.arange(1, 10).reshape(3, 3), padding="same")
    assert walk.output.tolist() == [[3, 4.5], [7.5, 9]]
    assert walk[0, 1].equation == "(3 + 6)/2 = 4.5"
    assert walk.backward(np.ones((2, 2))).input.gradient.tolist() == [
        [0.25, 0.25, 0.5], [0.25, 0.25, 0.5], [0.5, 0.5, 1],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@given(case=slidings(largest=6, dilations=False))
@settings(max_examples=40)
def test_output_is_what_loops_give(kind, case):
    x_shape, window, strides, padding, _, seed = case
    x = np.random.default_rng(seed).integers(-9, 0, x_shape).astype(float)  # padding's 0 is larger
    walk = KINDS[kind][0](x[0], window, strides, padding)
    expected = naive.pool2d(x[:1], window, strides, padding, kind)[0]
    np.testing.assert_allclose(walk.output, expected, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@given(case=slidings(largest=6, dilations=False))
@settings(max_examples=40)
def test_every_step_adds_up_and_equals_the_layer(kind, case):
    x_shape, window, strides, padding, _, seed = case
    random = np.random.default_rng(seed)
    x = random.integers(-2, 2, x_shape).astype(float)  # full of ties
    function, layer_class = KINDS[kind]
    walk = function(x[0], window, strides, padding)
    layer = layer_class(window, strides, padding, dtype="float64")
    y, cache = layer.forward(x[:1])
    np.testing.assert_allclose(walk.output, y[0], atol=1e-12)
    dy = random.normal(size=y.shape)
    back = walk.backward(dy[0]).input
    np.testing.assert_allclose(back.gradient, layer.backward(dy, cache)[0][0], atol=1e-12)
    for one in [*walk][:20] + [*back][:20]:
        assert_sum(one)
    for step in [*walk][:20]:
        inside = step.window[~step.window_is_padding]
        value = inside.max() if kind == "max" else inside.mean()
        assert step.value == pytest.approx(value, abs=1e-12)
        assert step.shares.sum() == pytest.approx(1)


@given(case=slidings(largest=6, dilations=False))
@settings(max_examples=30)
def test_factors_are_read_where_they_say(case):
    x_shape, window, strides, padding, _, seed = case
    random = np.random.default_rng(seed)
    x = random.normal(size=x_shape[1:])
    walk = steps.max_pooling2d(x, window, strides, padding)
    for step in [*walk][:20]:
        for term in step.terms:
            cell, won = term.factors
            inside = all(0 <= one < size for one, size in zip(cell.index, x.shape, strict=True))
            assert cell.is_padding == (not inside)
            assert won.value == (inside and x[cell.index] == step.value)
    dy = random.normal(size=walk.output.shape)
    for step in [*walk.backward(dy).input][:20]:
        for term in step.terms:
            upstream, won = term.factors
            assert upstream.value == dy[upstream.index]
            assert won.value == (x[step.index] == walk.output[won.index])


def test_coloured_images_are_pooled_channel_by_channel():
    image = np.arange(32).reshape(4, 4, 2)
    walk = steps.max_pooling2d(image)
    assert walk.output.tolist() == image[1::2, 1::2].tolist()
    assert walk[1, 0, 1].note.endswith("won by input[3, 1, 1]")


@pytest.mark.parametrize(
    ("function", "layer"),
    [(steps.max_pooling2d, "MaxPooling2D"), (steps.average_pooling2d, "AveragePooling2D")],
)
def test_mistakes(function, layer):
    with pytest.raises(ShapeError, match="one image"):
        function(np.ones((1, 4, 4, 1)))
    with pytest.raises(ShapeError, match=f"{layer} .* covers 5 rows"):
        function(np.ones((4, 4)), 5)
    with pytest.raises(ValueError, match=f"{layer}.* pool_size .*got 0"):
        function(np.ones((4, 4)), 0)
