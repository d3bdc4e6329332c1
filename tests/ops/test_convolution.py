"""The reference convolution against loops, SciPy, and the definition of an adjoint."""

import inspect

import numpy as np
from hypothesis import given, settings
from scipy.signal import correlate2d

from minicnn.ops import reference
from minicnn.ops.convolution import col2im, im2col

from ..gradients import assert_slope
from . import naive
from .cases import convolutions, slidings


@given(convolutions(largest=6))
@settings(max_examples=60)
def test_forward_is_what_loops_give(case):
    x, kernel, bias = case.arrays()
    y, _ = reference.conv2d_forward(x, kernel, bias, **case.options)
    np.testing.assert_allclose(y, naive.conv2d(x, kernel, bias, **case.options), atol=1e-12)


@given(convolutions())
@settings(max_examples=30)
def test_stride_1_is_scipys_correlation(case):
    x, kernel, _ = case.arrays()
    x, kernel = x[:1, :, :, :1], kernel[:, :, :1, :1]
    padding = case.sliding.padding
    mode = padding
    if padding == "same":  # SciPy puts the odd cell before, Keras after: "full" has both
        mode = "full"
    expected = correlate2d(x[0, :, :, 0], kernel[:, :, 0, 0], mode)
    if kernel.shape[0] > x.shape[1] or kernel.shape[1] > x.shape[2]:
        return  # SciPy would swap the two
    y, _ = reference.conv2d_forward(x, kernel, padding=padding)
    if padding == "same":
        (top, left), (height, width) = [size // 2 for size in kernel.shape[:2]], x.shape[1:3]
        expected = expected[top : top + height, left : left + width]
    np.testing.assert_allclose(y[0, :, :, 0], expected, atol=1e-12)


@given(slidings())
def test_col2im_is_the_adjoint_of_im2col(case):
    x_shape, window, *where, seed = case
    random = np.random.default_rng(seed)
    x = random.normal(size=x_shape)
    columns = im2col(x, window, *where)
    others = random.normal(size=columns.shape)
    back = col2im(others, x_shape, *where)
    assert back.shape == x_shape
    np.testing.assert_allclose((columns * others).sum(), (x * back).sum(), atol=1e-10)


@given(slidings())
def test_im2col_reads_each_windows_cells(case):
    x_shape, window, strides, padding, dilation_rate, seed = case
    x = np.random.default_rng(seed).normal(size=x_shape)
    columns = im2col(x, window, strides, padding, dilation_rate)
    expected = np.zeros_like(columns)
    for row, column, cells in naive.windows(x, window, strides, padding, dilation_rate):
        for i, j, r, c in cells:
            expected[:, row, column, i, j] = x[:, r, c]
    np.testing.assert_array_equal(columns, expected)


@given(convolutions(largest=6))
@settings(max_examples=40)
def test_gradients(case):
    """All of strides, padding, dilation and groups together, which a layer would not allow."""
    x, kernel, bias = case.arrays()
    bias = np.zeros(case.filters) if bias is None else bias
    options = case.options | {"activation": "linear"}
    random = np.random.default_rng(case.sliding.seed)
    y, cache = reference.conv2d_forward(x, kernel, bias, **options)
    dy = random.normal(size=y.shape)

    def loss():
        return float((dy * reference.conv2d_forward(x, kernel, bias, **options)[0]).sum())

    gradients = reference.conv2d_backward(dy, cache)
    for name, array, gradient in zip(
        ("x", "kernel", "bias"), (x, kernel, bias), gradients, strict=True
    ):
        assert_slope(loss, array, gradient, name, random)


def test_relu_lets_the_gradient_through_where_the_output_is_positive():
    x = np.array([[[[1.0], [-1.0], [0.0]]]])
    kernel = np.full((1, 1, 1, 1), 2.0)
    _, cache = reference.conv2d_forward(x, kernel, activation="relu")
    dx, dkernel, dbias = reference.conv2d_backward(np.array([[[[3.0], [5.0], [7.0]]]]), cache)
    assert dx.ravel().tolist() == [6, 0, 0]
    assert (dkernel.item(), dbias.item()) == (3, 3)


def test_without_input_gradient():
    x, kernel = np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1))
    y, cache = reference.conv2d_forward(x, kernel)
    dx, dkernel, dbias = reference.conv2d_backward(y, cache, input_gradient=False)
    assert dx is None
    assert (dkernel.shape, dbias.shape) == ((2, 2, 1, 1), (1,))


def test_defaults_are_one_step_no_padding_one_group():
    parameters = inspect.signature(reference.conv2d_forward).parameters
    assert [parameters[name].default for name in ("strides", "padding", "dilation_rate", "groups")] == [
        (1, 1), "valid", (1, 1), 1,
    ]  # fmt: skip
