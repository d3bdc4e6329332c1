"""Compare the vectorized exponential with NumPy's in float64."""

import numpy as np
import pytest

pytest.importorskip("numba", reason="the fast operations need numba")

from minicnn.kernels.primitives.exponential import exp, expm1
from minicnn.kernels.primitives.simd import LANES, load, store
from minicnn.kernels.runtime.jit import njit_kernel


@njit_kernel
def _both(x, powers, less_one):
    for k in range(0, x.shape[1], LANES):
        count = min(LANES, x.shape[1] - k)
        store(exp(load(x, 0, k, count)), powers, 0, k, count)
        store(expm1(load(x, 0, k, count)), less_one, 0, k, count)


def both(x):
    """Return eˣ and eˣ − 1 of float32 numbers."""
    x = np.array(x, np.float32)[None]
    powers, less_one = np.empty_like(x), np.empty_like(x)
    _both(x, powers, less_one)
    return powers[0], less_one[0]


def test_errors_are_at_most_two_units_in_the_last_place():
    x = -np.concatenate([np.linspace(0, 87, 100_003), np.logspace(-37, 1, 10_007)])
    x = x.astype(np.float32)
    powers, less_one = both(x)
    np.testing.assert_allclose(powers, np.exp(x.astype(np.float64)), rtol=1e-7)
    np.testing.assert_allclose(less_one, np.expm1(x.astype(np.float64)), rtol=1.5e-7)


def test_extreme_values():
    powers, less_one = both([0.0, -0.0, -87.5, -88, -1000, -np.inf, np.nan])
    np.testing.assert_array_equal(powers[[0, 1, 3, 4, 5, 6]], [1, 1, 0, 0, 0, np.nan])
    np.testing.assert_allclose(powers[2], np.exp(-87.5), atol=1e-38)
    np.testing.assert_array_equal(less_one, [0, 0, -1, -1, -1, -1, np.nan])
