"""Packed windows: the products of the wide kernel are those of each window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from minicnn.kernels.primitives.packed_windows import pack, packing, unpack, windows_per_pack
from minicnn.kernels.primitives.simd import LANES

SIZES = st.integers(1, 5)
SHAPES = st.tuples(SIZES, SIZES, SIZES, SIZES)


@given(filters=st.integers(1, 70), windows=st.integers(0, 60), width=SIZES, stride=SIZES)
def test_as_many_as_fill_a_vector_and_divide_the_row(filters, windows, width, stride):
    many = windows_per_pack(filters, windows, width, stride)
    possible = [
        count
        for count in range(1, LANES + 1)
        if count * filters <= LANES and windows % count == 0 and stride < width
    ]
    assert many == max(possible, default=1)


@given(many=SIZES, shape=SHAPES, stride=SIZES, seed=st.integers(0, 99))
def test_each_window_is_multiplied_by_the_kernel(many, shape, stride, seed):
    rng = np.random.default_rng(seed)
    kernel, bias = rng.standard_normal(shape, np.float32), rng.standard_normal(shape[3], np.float32)
    shapes = packing(many, shape, stride)
    wide, biases = pack(kernel, bias, shapes)
    window = rng.standard_normal((shape[0], shapes.width, shape[2]))
    results = np.tensordot(window.reshape(shapes.packed[:2]), wide.astype(float), 2) + biases
    for number in range(many):
        cells = window[:, number * stride : number * stride + shape[1]]
        expected = np.tensordot(cells, kernel.astype(float), 3) + bias
        one = results[number * shape[3] : (number + 1) * shape[3]]
        np.testing.assert_allclose(one, expected, atol=1e-5)


@given(many=SIZES, shape=SHAPES, stride=SIZES, seed=st.integers(0, 99))
def test_unpack_is_the_adjoint(many, shape, stride, seed):
    rng = np.random.default_rng(seed)
    kernel, bias = rng.standard_normal(shape, np.float32), rng.standard_normal(shape[3], np.float32)
    shapes = packing(many, shape, stride)
    wide, biases = pack(kernel, bias, shapes)
    dwide = rng.standard_normal(wide.shape, np.float32)
    dbiases = rng.standard_normal(biases.shape, np.float32)
    dkernel, dbias = unpack(dwide, dbiases, shapes)
    there = np.vdot(wide.astype(float), dwide) + np.vdot(biases.astype(float), dbiases)
    back = np.vdot(kernel.reshape(-1).astype(float), dkernel) + np.vdot(bias.astype(float), dbias)
    np.testing.assert_allclose(there, back, atol=1e-3)
