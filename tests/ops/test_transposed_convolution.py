"""The transposed convolution against its definition, and as the adjoint of the convolution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import ops
from minicnn.errors import ShapeError
from minicnn.ops import reference
from minicnn.ops.windows import padding_amounts

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


def by_pixels(x, kernel, bias, strides, padding, dilation_rate, y_shape):
    """Add every product to its output, as in the definition."""
    y = np.zeros(y_shape)
    tops = [
        padding_amounts(y_shape[1 + a], kernel.shape[a], strides[a], padding, dilation_rate[a])[0]
        for a in (0, 1)
    ]
    for r, c in np.ndindex(x.shape[1:3]):
        for i, j in np.ndindex(kernel.shape[:2]):
            row = r * strides[0] + i * dilation_rate[0] - tops[0]
            column = c * strides[1] + j * dilation_rate[1] - tops[1]
            if 0 <= row < y_shape[1] and 0 <= column < y_shape[2]:
                y[:, row, column] += x[:, r, c] @ kernel[i, j].T
    return y + bias


def arrays(size, window, channels, filters, seed):
    random = np.random.default_rng(seed)
    return (
        random.normal(size=(2, *size, channels)),
        random.normal(size=(*window, filters, channels)),
        random.normal(size=filters),
    )


@given(
    size=pairs,
    window=pairs,
    strides=pairs,
    dilation_rate=pairs,
    padding=st.sampled_from(["valid", "same"]),
    channels=st.integers(1, 3),
    filters=st.integers(1, 3),
    seed=st.integers(0, 99),
)
@settings(max_examples=80)
def test_each_pixel_adds_its_multiple_of_a_filter(
    size, window, strides, dilation_rate, padding, channels, filters, seed
):
    x, kernel, bias = arrays(size, window, channels, filters, seed)
    y, cache = reference.conv2d_transpose_forward(
        x, kernel, bias, strides, padding, None, dilation_rate
    )
    expected = by_pixels(x, kernel, bias, strides, padding, dilation_rate, y.shape)
    np.testing.assert_allclose(y, expected, atol=1e-12)

    other = np.random.default_rng(seed + 1).normal(size=y.shape)
    convolved, _ = reference.conv2d_forward(other, kernel, None, strides, padding, dilation_rate)
    np.testing.assert_allclose(np.vdot(y - bias, other), np.vdot(x, convolved), atol=1e-9)

    dx, dkernel, dbias = reference.conv2d_transpose_backward(other, cache)
    np.testing.assert_allclose(dx, convolved, atol=1e-12)
    np.testing.assert_allclose(np.vdot(dkernel, kernel), np.vdot(y - bias, other), atol=1e-9)
    np.testing.assert_allclose(dbias, other.sum(axis=(0, 1, 2)), atol=1e-12)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("window", "strides"), [((3, 3), (1, 1)), ((5, 4), (2, 3)), ((2, 2), (2, 2))]
)
def test_the_kernels_give_the_same(window, strides, padding):
    x, kernel, bias = (array.astype("float32") for array in arrays((5, 6), window, 20, 9, seed=3))
    y, cache = ops.conv2d_transpose_forward(x, kernel, bias, strides, padding)
    expected, reference_cache = reference.conv2d_transpose_forward(
        x, kernel, bias, strides, padding
    )
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-4)
    dy = np.random.default_rng(0).normal(size=y.shape).astype("float32")
    gradients = reference.conv2d_transpose_backward(dy, reference_cache)
    for got, wanted in zip(ops.conv2d_transpose_backward(dy, cache), gradients, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-3)
    without = ops.conv2d_transpose_backward(dy, cache, input_gradient=False)
    assert without[0] is None
    np.testing.assert_array_equal(without[1], ops.conv2d_transpose_backward(dy, cache)[1])


def test_wrong_shapes_are_errors():
    x, kernel, bias = arrays((4, 4), (2, 2), 3, 5, 0)
    with pytest.raises(ShapeError, match=r"\(kernel_height, kernel_width, filters, 3\)"):
        ops.conv2d_transpose_forward(x, kernel[..., :2])
    with pytest.raises(ShapeError, match="bias of shape"):
        ops.conv2d_transpose_forward(x, kernel, bias[1:])
    with pytest.raises(ShapeError, match="output_padding"):
        ops.conv2d_transpose_forward(x, kernel, bias, (2, 2), "same", (0, 0))
    y, cache = ops.conv2d_transpose_forward(x, kernel)
    with pytest.raises(ShapeError, match="dy"):
        ops.conv2d_transpose_backward(y[:, 1:], cache)
