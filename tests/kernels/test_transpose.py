"""Transposing a matrix."""

import numpy as np
import pytest

pytest.importorskip("numba", reason="the fast operations need numba")

from minicnn.kernels.primitives.transpose import transpose
from minicnn.kernels.runtime.jit import njit_kernel


@njit_kernel
def turn(source, target):
    transpose(source[1:-1, 2:-1], target[:, 3:-2])


@pytest.mark.parametrize("shape", [(1, 1), (16, 16), (8, 40), (17, 5), (33, 31), (3, 100)])
def test_all_elements_are_transposed_and_nothing_else_is_written(shape):
    rows, columns = shape
    source = np.random.default_rng(0).normal(size=(rows + 2, columns + 3)).astype("float32")
    target = np.full((columns, rows + 5), 7, "float32")
    turn(source, target)
    np.testing.assert_array_equal(target[:, 3:-2], source[1:-1, 2:-1].T)
    assert np.all(target[:, :3] == 7)
    assert np.all(target[:, -2:] == 7)
