"""ReLU masks have one bit for each positive element, for any number of filters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from numba import njit

from minicnn.kernels.primitives import relu_mask as module
from minicnn.kernels.primitives.relu_mask import relu_mask_shape
from minicnn.kernels.primitives.simd import LANES, load, store


@njit
def make_mask(cells, count, marks, at):
    module.write_relu_mask(cells, count, marks, at)


@njit
def apply_mask(gradient, marks, out):
    for cell in range(len(gradient)):
        for f in range(0, gradient.shape[1], LANES):
            n = min(LANES, gradient.shape[1] - f)
            store(
                module.apply_relu_mask(marks, cell, f, load(gradient, cell, f, n)), out, cell, f, n
            )


@given(cells=st.integers(1, 12), filters=st.integers(1, 40), relu=st.booleans())
def test_gradients_pass_where_the_output_is_positive(cells, filters, relu):
    y = np.random.default_rng(0).standard_normal((1, cells, 1, filters)).astype(np.float32)
    y[0, 0, 0, 0] = np.nan  # not positive
    gradient, out = (
        np.arange(1, y.size + 1, dtype=np.float32).reshape(cells, filters),
        y[0, :, 0] * 0,
    )
    marks = np.empty(relu_mask_shape(y.shape, relu), np.uint16)
    make_mask(y[0, :, 0], cells if relu else 0, marks[0], 0)
    apply_mask(gradient, marks[0], out)
    passed = y[0, :, 0] > 0 if relu else True
    np.testing.assert_array_equal(out, np.where(passed, gradient, 0))
