"""Walks through convolutions: the lecture's numbers, naive loops, and the layer's output."""

import numpy as np
import pytest
from hypothesis import given, settings

from minicnn import steps
from minicnn.errors import ShapeError, UnknownNameError
from minicnn.layers import Conv2D

from ..ops import naive
from ..ops.cases import convolutions
from .checking import assert_steps
from .lecture import FILTER_1, FILTER_2, IMAGE, MAP_1, MAP_2


def built_layer(case, kernel, bias):
    """The layer of a random convolution, with these weights."""
    options = case.options | {"activation": None}
    layer = Conv2D(
        case.filters, kernel.shape[:2], use_bias=bias is not None, dtype="float64", **options
    )
    layer.build((None, *case.sliding.x_shape[1:]))
    layer.set_weights([kernel] if bias is None else [kernel, bias])
    return layer


def walk_of(case, image, kernel, bias):
    options = {name: value for name, value in case.options.items() if name != "activation"}
    return steps.conv2d(image, kernel, bias, **options)


class TestTheLecture:
    def test_both_feature_maps(self):
        assert steps.conv2d(IMAGE, FILTER_1).output.tolist() == MAP_1
        assert steps.conv2d(IMAGE, FILTER_2).output.tolist() == MAP_2

    def test_two_filters_form_two_maps(self):
        kernel = np.stack([FILTER_1, FILTER_2], axis=-1)[:, :, None]
        walk = steps.conv2d(IMAGE, kernel)
        assert np.moveaxis(walk.output, -1, 0).tolist() == [MAP_1, MAP_2]

    def test_whole_numbers_stay_whole(self):
        walk = steps.conv2d(IMAGE.astype("uint8"), FILTER_1)
        assert walk.output.dtype == np.int64
        assert isinstance(walk[0, 0].value, int)
        assert walk.backward(walk.output).kernel.gradient.dtype == np.int64

    def test_the_first_step(self):
        step = steps.conv2d(IMAGE, FILTER_1)[0, 0]
        assert step.value == 3
        assert step.window.tolist() == IMAGE[:3, :3].tolist()
        assert step.filter.tolist() == FILTER_1.tolist()
        assert step.products.tolist() == np.eye(3).tolist()
        assert not step.window_is_padding.any()
        assert step.equation == (
            "1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 = 3"
        )
        assert [term.where for term in step.terms[:2]] == [
            "input[0, 0] · kernel[0, 0]", "input[0, 1] · kernel[0, 1]",
        ]  # fmt: skip

    def test_the_order_is_the_filters_way(self):
        walk = steps.conv2d(IMAGE, FILTER_1)
        assert [step.value for step in walk] == np.ravel(MAP_1).tolist()
        assert [step.index for step in walk][:5] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]

    def test_one_filter_goes_its_way_before_the_next(self):
        kernel = np.stack([FILTER_1, FILTER_2], axis=-1)[:, :, None]
        values = [step.value for step in steps.conv2d(IMAGE, kernel)]
        assert values == np.ravel([MAP_1, MAP_2]).tolist()

    def test_stride_2(self):
        walk = steps.conv2d(IMAGE, FILTER_1, strides=2)
        assert walk.output.tolist() == [[3, -3], [-3, 0]]
        assert (walk[1, 0].rows, walk[1, 0].columns) == ([2, 3, 4], [0, 1, 2])

    def test_padding_is_visible(self):
        walk = steps.conv2d(IMAGE, FILTER_1, padding="same")
        corner = walk[0, 0]
        assert corner.value == 2
        assert corner.window.tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 1]]
        assert corner.window_is_padding.tolist() == [[1, 1, 1], [1, 0, 0], [1, 0, 0]]
        assert [term.is_padding for term in corner.terms] == [1, 1, 1, 1, 0, 0, 1, 0, 0]
        assert not walk[1, 1].window_is_padding.any()

    def test_where_a_weights_gradient_comes_from(self):
        """Weight (0, 2) met the 4×4 cells from column 2 on; each counts as much as its output's dy."""
        dy = np.arange(16).reshape(4, 4)
        step = steps.conv2d(IMAGE, FILTER_1).backward(dy).kernel[0, 2]
        met = IMAGE[0:4, 2:6]
        assert step.value == (met * dy).sum()
        assert [term.product for term in step.terms] == (met * dy).ravel().tolist()
        assert step.terms[-1].where == "input[3, 5] · dy[3, 3]"

    def test_where_a_pixels_gradient_comes_from(self):
        """Pixel (1, 1) contributes to the four outputs at the top left, each through another weight."""
        dy = np.array([[10, 20, 0, 0], [30, 40, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
        step = steps.conv2d(IMAGE, FILTER_1).backward(dy).input[1, 1]
        assert {term.where: term.product for term in step.terms} == {
            "dy[0, 0] · kernel[1, 1]": 10 * 1,
            "dy[0, 1] · kernel[1, 0]": 20 * -1,
            "dy[1, 0] · kernel[0, 1]": 30 * -1,
            "dy[1, 1] · kernel[0, 0]": 40 * 1,
        }
        assert step.value == 0

    def test_a_bias_gets_all_of_dy(self):
        step = steps.conv2d(IMAGE, FILTER_1, bias=5).backward(MAP_1).bias[0]
        assert step.value == np.sum(MAP_1)
        assert len(step.terms) == 16


@given(convolutions(largest=6))
@settings(max_examples=40)
def test_output_is_what_loops_give(case):
    x, kernel, bias = case.arrays()
    walk = walk_of(case, x[0], kernel, bias)
    expected = naive.conv2d(x[:1], kernel, bias, **case.options | {"activation": "linear"})
    np.testing.assert_allclose(walk.output, expected[0], atol=1e-12)


@given(convolutions(largest=6))
@settings(max_examples=40)
def test_every_step_adds_up(case):
    x, kernel, bias = case.arrays()
    random = np.random.default_rng(case.sliding.seed)
    walk = walk_of(case, x[0], kernel, bias)
    arrays = {"input": x[0], "kernel": kernel, "dy": random.normal(size=walk.output.shape)}
    assert_steps(walk, arrays, random)
    back = walk.backward(arrays["dy"])
    for name, gradient in back.gradients.items():
        assert_steps(gradient, arrays, random)
        assert gradient[(0,) * gradient.output.ndim].name == f"d{name}"


@given(convolutions(largest=6, both=False))
@settings(max_examples=40)
def test_walk_equals_the_layer_both_ways(case):
    x, kernel, bias = case.arrays()
    layer = built_layer(case, kernel, bias)
    walk = walk_of(case, x[0], kernel, bias)
    y, cache = layer.forward(x[:1])
    np.testing.assert_allclose(walk.output, y[0], atol=1e-12)
    dy = np.random.default_rng(case.sliding.seed).normal(size=y.shape)
    dx, gradients = layer.backward(dy, cache)
    back = walk.backward(dy[0])
    np.testing.assert_allclose(back.input.gradient, dx[0], atol=1e-12)
    assert set(back.gradients) == {"input", *gradients}
    for name, gradient in gradients.items():
        np.testing.assert_allclose(back.gradients[name].gradient, gradient, atol=1e-12)


@given(convolutions(largest=5))
@settings(max_examples=30)
def test_a_plain_image_and_one_filter_are_the_same_without_their_axes(case):
    x, kernel, _ = case.arrays()
    image, one = x[0, :, :, 0], kernel[:, :, 0, 0]
    options = {key: case.options[key] for key in ("strides", "padding", "dilation_rate")}
    plain = steps.conv2d(image, one, 0.5, **options)
    full = steps.conv2d(image[:, :, None], one[:, :, None, None], [0.5], **options)
    np.testing.assert_array_equal(plain.output, full.output[:, :, 0])
    random = np.random.default_rng(case.sliding.seed)
    dy = random.normal(size=plain.output.shape)
    arrays = {"input": image, "kernel": one, "dy": dy}
    back = plain.backward(dy)
    for walk in (plain, back.input, back.kernel, back.bias):
        assert_steps(walk, arrays, random)
    assert back.input.gradient.shape == image.shape
    assert back.kernel.gradient.shape == one.shape


def test_a_coloured_image_and_one_filter():
    coloured, kernel = np.arange(48).reshape(4, 4, 3), np.arange(27).reshape(3, 3, 3)
    walk = steps.conv2d(coloured, kernel)
    assert walk.output[1, 1] == (coloured[1:4, 1:4] * kernel).sum()
    assert walk[1, 1].window.shape == (3, 3, 3)
    assert walk.backward([[0, 0], [0, 1]]).kernel.gradient.tolist() == coloured[1:4, 1:4].tolist()


def test_groups_see_their_own_channels():
    """Two groups: filter 1 sees channel 1 only, and channel 1 gets its gradient from it only."""
    image = np.arange(8).reshape(2, 2, 2)
    kernel = np.array([3, 5]).reshape(1, 1, 1, 2)
    walk = steps.conv2d(image, kernel, groups=2)
    assert walk[1, 0, 1].terms[0].where == "input[1, 0, 1] · kernel[0, 0, 0, 1]"
    assert walk.output[:, :, 1].tolist() == (5 * image[:, :, 1]).tolist()
    back = walk.backward(np.ones((2, 2, 2)))
    assert back.input[0, 0, 1].terms[0].where == "dy[0, 0, 1] · kernel[0, 0, 0, 1]"
    assert len(back.input[0, 0, 1].terms) == 1


def test_a_cell_that_no_window_sees():
    step = steps.conv2d(IMAGE, FILTER_1, strides=2).backward(np.ones((2, 2))).input[5, 5]
    assert (step.value, list(step.terms), step.note) == (0, [], "no window saw it")
    assert step.equation == "nothing to add = 0"


def test_the_lectures_second_layer_is_walked_at_its_size():
    """Single precision and 64 channels: 576 products per step, each from its index."""
    random = np.random.default_rng(3)
    layer = Conv2D(32, 3)
    layer.build((None, 26, 26, 64))
    x = random.normal(size=(1, 26, 26, 64)).astype("float32")
    walk = steps.conv2d(x[0], layer.kernel, layer.bias)
    y, cache = layer.forward(x)
    np.testing.assert_allclose(walk.output, y[0], atol=1e-4)
    dy = random.normal(size=y.shape).astype("float32")
    dx, gradients = layer.backward(dy, cache)
    back = walk.backward(dy[0])
    np.testing.assert_allclose(back.input.gradient, dx[0], atol=1e-3)
    np.testing.assert_allclose(back.kernel.gradient, gradients["kernel"], atol=1e-2)
    step = walk[3, 4, 5]
    assert len(step.terms) == 576
    assert step.value == pytest.approx(
        float((x[0, 3:6, 4:7] * layer.kernel[..., 5]).sum()), abs=1e-4
    )


class TestMistakes:
    @pytest.mark.parametrize(
        ("image", "kernel", "words"),
        [
            (IMAGE[None, :, :, None], FILTER_1, r"one image .* Write images\[0\]"),
            (IMAGE[0], FILTER_1, r"got shape \(6,\)"),
            (np.ones((6, 6, 3)), FILTER_1, r"image has 3 channels, .* is made for 1"),
            (IMAGE, np.ones((3, 3, 2)), r"kernel\[:, :, np.newaxis, :\]"),
            (IMAGE, FILTER_1[0], r"takes one filter"),
            (IMAGE, np.ones((7, 2)), r"covers 7×2 cells, and the image has only 6×6"),
        ],
    )
    def test_shapes(self, image, kernel, words):
        with pytest.raises(ShapeError, match=words):
            steps.conv2d(image, kernel)

    def test_groups_that_do_not_divide(self):
        with pytest.raises(ShapeError, match="2 groups of equal size, got 3 channels"):
            steps.conv2d(np.ones((4, 4, 3)), np.ones((3, 3, 1, 2)), groups=2)

    def test_a_bias_too_many(self):
        with pytest.raises(ShapeError, match=r"bias must have shape \(1,\), got shape \(2,\)"):
            steps.conv2d(IMAGE, FILTER_1, bias=[1, 2])

    def test_a_misspelt_padding(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'same'"):
            steps.conv2d(IMAGE, FILTER_1, padding="sane")

    def test_no_numbers(self):
        with pytest.raises(ValueError, match="image must be numbers"):
            steps.conv2d([["a", "b"]], FILTER_1)
        with pytest.raises(ValueError, match="rows of equal length"):
            steps.conv2d([[1, 2], [3]], FILTER_1)
