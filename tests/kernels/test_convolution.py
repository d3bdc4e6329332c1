"""Compare the compiled convolution with the reference: any shape, layout and number of threads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import ops
from minicnn.ops import reference

from ..ops.cases import convolutions

pytest.importorskip("numba", reason="the fast operations need numba")

from minicnn.kernels import convolution, im2col
from minicnn.kernels.primitives import copies as runs
from minicnn.kernels.primitives.simd import LANES

TOLERANCE = {"float32": 5e-5, "float64": 1e-12}  # of the largest value

# (batch, height, width, channels), (kernel), strides, padding, groups
LARGE = [
    ((5, 28, 28, 1), (3, 3, 1, 64), (1, 1), "valid", 1),  # the lecture's first
    ((3, 26, 26, 64), (3, 3, 64, 32), (1, 1), "valid", 1),  # and second
    ((2, 13, 11, 64), (3, 3, 64, 48), (1, 1), "same", 1),
    ((1, 9, 9, 130), (3, 3, 130, 66), (1, 1), "same", 1),
    ((2, 12, 12, 96), (1, 1, 96, 80), (1, 1), "valid", 1),
    ((2, 15, 15, 32), (1, 1, 32, 40), (2, 2), "same", 1),
    ((2, 17, 14, 24), (5, 5, 24, 36), (1, 1), "valid", 1),
    ((2, 17, 14, 24), (5, 5, 24, 36), (3, 2), "same", 1),
    ((2, 16, 16, 64), (3, 3, 16, 32), (1, 1), "same", 4),
    ((2, 20, 20, 24), (3, 3, 1, 24), (1, 1), "same", 24),  # depthwise
    ((33, 6, 6, 3), (3, 3, 3, 5), (1, 1), "same", 1),
    ((1, 4, 4, 16), (4, 4, 16, 16), (1, 1), "valid", 1),  # one position
    ((1, 1, 40, 8), (1, 3, 8, 8), (1, 1), "same", 1),  # one row
    ((2, 75, 71, 16), (3, 3, 16, 20), (1, 1), "same", 1),  # more than any buffer takes at once
    ((1, 90, 110, 3), (5, 5, 3, 12), (1, 1), "valid", 1),
]


def assert_close(got, expected, dtype):
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype == dtype
    allowed = TOLERANCE[dtype] * max(np.abs(expected).max(initial=0), 1)
    assert np.abs(got - expected).max(initial=0) <= allowed


def assert_same(x, kernel, bias, dtype, **options):
    """Compare forward and backward of both versions, for one upstream gradient."""
    y, cache = convolution.conv2d_forward(x, kernel, bias, **options)
    expected, reference_cache = reference.conv2d_forward(x, kernel, bias, **options)
    assert_close(y, expected, dtype)
    dy = np.random.default_rng(1).normal(size=y.shape).astype(dtype)
    if options.get("activation") == "relu":  # rounding may decide on which side of 0 a cell lies
        z, _ = reference.conv2d_forward(x, kernel, bias, **options | {"activation": "linear"})
        dy[np.abs(z) < 1e-3] = 0
    expected = reference.conv2d_backward(dy, reference_cache)
    for got, wanted in zip(convolution.conv2d_backward(dy, cache), expected, strict=True):
        assert_close(got, wanted, dtype)
    without_dx = convolution.conv2d_backward(dy, cache, input_gradient=False)
    assert without_dx[0] is None
    for got, wanted in zip(without_dx[1:], expected[1:], strict=True):
        assert_close(got, wanted, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(case=convolutions(largest=14))
@settings(max_examples=120)
def test_equals_the_reference(dtype, case):
    assert_same(*case.arrays(dtype), dtype, **case.options)


@given(
    batch=st.integers(1, 20),
    size=st.tuples(st.integers(3, 19), st.integers(3, 19)),
    channels=st.integers(1, 40),
    filters=st.integers(1, 40),
    options=st.fixed_dictionaries(
        {
            "padding": st.sampled_from(["valid", "same"]),
            "activation": st.sampled_from(["linear", "relu"]),
        }
    ),
)
@settings(max_examples=100)
def test_3x3_kernels_of_any_width(batch, size, channels, filters, options):
    """Test every remainder of every axis: the edges of tiles and vectors."""
    shapes = (batch, *size, channels), (3, 3, channels, filters)
    assert_same(*arrays(*shapes, "float32"), "float32", **options)


@pytest.mark.parametrize("activation", ["linear", "relu"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("x_shape", "kernel_shape", "strides", "padding", "groups"), LARGE)
def test_large_shapes(x_shape, kernel_shape, strides, padding, groups, dtype, activation):
    x, kernel, bias = arrays(x_shape, kernel_shape, dtype)
    assert_same(
        x, kernel, bias, dtype,
        strides=strides, padding=padding, groups=groups, activation=activation,
    )  # fmt: skip


@pytest.mark.parametrize("dilation_rate", [(2, 2), (1, 3), (4, 1)])
def test_many_channels_dilated(dilation_rate):
    x, kernel, bias = arrays((2, 17, 15, 32), (3, 3, 32, 40), "float32")
    assert_same(x, kernel, bias, "float32", dilation_rate=dilation_rate, padding="same")


LAYOUTS = {
    "every second image": lambda x: np.repeat(x, 2, axis=0)[::2],
    "axes transposed": lambda x: x.transpose(3, 2, 1, 0).copy().transpose(3, 2, 1, 0),
    "Fortran order": np.asfortranarray,
    "backwards": lambda x: x[::-1, ::-1, ::-1, ::-1].copy()[::-1, ::-1, ::-1, ::-1],
    "a window of a larger image": lambda x: np.pad(x, 1)[1:-1, 1:-1, 1:-1, 1:-1],
    "unaligned": lambda x: np.frombuffer(b"." + x.tobytes(), x.dtype, offset=1).reshape(x.shape),
    "read-only": lambda x: np.broadcast_to(x, x.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_layout_does_not_matter(layout):
    x, kernel, bias = arrays((3, 9, 8, 5), (3, 3, 5, 7), "float32")
    y, cache = reference.conv2d_forward(x, kernel, bias)
    dy = np.random.default_rng(1).normal(size=y.shape).astype("float32")
    laid_out = LAYOUTS[layout]
    got, fast_cache = ops.conv2d_forward(laid_out(x), laid_out(kernel), bias)
    assert_close(got, y, "float32")
    expected = reference.conv2d_backward(dy, cache)
    for one, other in zip(ops.conv2d_backward(laid_out(dy), fast_cache), expected, strict=True):
        assert_close(one, other, "float32")


def test_inputs_are_not_changed():
    x, kernel, bias = arrays((2, 9, 9, 4), (3, 3, 4, 6), "float32")
    dy = np.ones((2, 7, 7, 6), "float32")
    before = [array.copy() for array in (x, kernel, bias, dy)]
    y, cache = convolution.conv2d_forward(x, kernel, bias, activation="relu")
    kept = y.copy()
    convolution.conv2d_backward(dy, cache)
    for array, copy in zip((x, kernel, bias, dy, y), (*before, kept), strict=True):
        np.testing.assert_array_equal(array, copy)


def test_backward_can_be_called_twice():
    x, kernel, bias = arrays((2, 9, 9, 4), (3, 3, 4, 6), "float32")
    y, cache = convolution.conv2d_forward(x, kernel, bias, activation="relu")
    first, second = (convolution.conv2d_backward(y, cache) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", LARGE[::2], ids=str)
def test_the_number_of_threads_does_not_change_a_bit(case, dtype, set_threads):
    x_shape, kernel_shape, strides, padding, groups = case
    x, kernel, bias = arrays((7, *x_shape[1:]), kernel_shape, dtype)

    def bits(threads):
        set_threads(threads)
        y, cache = convolution.conv2d_forward(
            x, kernel, bias, strides=strides, padding=padding, groups=groups, activation="relu"
        )
        dy = np.random.default_rng(1).normal(size=y.shape).astype(dtype)
        return [y.tobytes(), *(one.tobytes() for one in convolution.conv2d_backward(dy, cache))]

    assert bits("1") == bits("2") == bits("3")


@pytest.mark.parametrize("case", LARGE, ids=str)
def test_results_written_with_streaming_stores_have_the_same_bits(case, monkeypatch):
    x_shape, kernel_shape, strides, padding, groups = case
    x, kernel, bias = arrays(x_shape, kernel_shape, "float32")
    options = {"strides": strides, "padding": padding, "groups": groups, "activation": "relu"}

    def bits(large):
        monkeypatch.setattr(runs, "LARGE", large)
        y, cache = convolution.conv2d_forward(x, kernel, bias, **options)
        dy = np.random.default_rng(1).normal(size=y.shape).astype("float32")
        return [y.tobytes(), *(one.tobytes() for one in convolution.conv2d_backward(dy, cache))]

    assert bits(0) == bits(1 << 40)


@pytest.mark.parametrize("channels", [1, 4, 32])
def test_an_empty_batch(channels):
    x, kernel, bias = arrays((0, 9, 9, channels), (3, 3, channels, 16), "float32")
    y, cache = convolution.conv2d_forward(x, kernel, bias)
    assert y.shape == (0, 7, 7, 16)
    dx, dkernel, dbias = convolution.conv2d_backward(y, cache)
    assert dx.shape == x.shape
    assert not dkernel.any()
    assert not dbias.any()


def test_no_filters():
    x, kernel, bias = arrays((2, 5, 5, 1), (3, 3, 1, 0), "float32")
    y, cache = convolution.conv2d_forward(x, kernel, bias)
    assert y.shape == (2, 3, 3, 0)
    dx, dkernel, _ = convolution.conv2d_backward(y, cache)
    assert not dx.any()
    assert dkernel.shape == kernel.shape


def arrays(x_shape, kernel_shape, dtype):
    random = np.random.default_rng(0)
    shapes = (x_shape, kernel_shape, kernel_shape[-1:])
    return [random.normal(size=shape).astype(dtype) for shape in shapes]


def test_a_forward_pass_packs_only_as_many_groups_as_fill_a_vector():
    """Backward gains from packs of four channels, forward does not: each has its own plan."""
    shapes = (8, 28, 28, 16), (3, 3, 1, 16 * LANES)
    plan = im2col.make_plan(*shapes, (1, 1), "same", (1, 1), 16, True)
    assert (plan.group_packing, plan.backward.group_packing) == ((16, 1), (16, 4))
    assert (plan.x, plan.y, plan.mask) == (plan.backward.x, plan.backward.y, plan.backward.mask)
    whole = im2col.make_plan(shapes[0], (3, 3, 1, 16), (1, 1), "same", (1, 1), 16, True)
    assert whole.backward is None
