"""Packed groups compute the same as separate groups, and `unpack_groups` is the adjoint."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.ops import reference

pytest.importorskip("numba")

from minicnn.kernels.primitives.packed_groups import groups_per_pack, pack_groups, unpack_groups
from minicnn.kernels.primitives.simd import LANES

FEW = st.integers(1, 4)


@given(groups=st.integers(1, 40), filters=st.integers(1, 20))
def test_packs_fill_a_vector_or_have_four_channels_and_divide_the_groups(groups, filters):
    count = groups_per_pack((3, 3, 1, groups * filters), groups, 1000)
    few = 4 if filters <= LANES else 1
    possible = [
        n for n in range(1, groups + 1) if groups % n == 0 and (n * filters <= LANES or n <= few)
    ]
    assert count == max(possible)


def test_groups_of_several_channels_are_packed_only_to_fill_a_vector():
    """More zeros would multiply the work of an ordinary grouped convolution."""
    assert groups_per_pack((3, 3, 4, 4 * LANES), 4, 1000) == 1
    assert groups_per_pack((3, 3, 4, 4 * LANES // 4), 4, 1000) == 4
    assert groups_per_pack((3, 3, 4, 4 * LANES // 4), 4, 100) == 1  # not worth packing the kernel


@given(packs=FEW, count=FEW, channels=FEW, filters=FEW, seed=st.integers(0, 99))
def test_packs_equal_their_groups(packs, count, channels, filters, seed):
    random, groups = np.random.default_rng(seed), packs * count
    x = random.normal(size=(2, 3, 4, groups * channels))
    kernel = random.normal(size=(2, 2, channels, groups * filters))
    packed = pack_groups(kernel, groups, count)
    y, cache = reference.conv2d_forward(x, packed, groups=packs)
    expected, groups_cache = reference.conv2d_forward(x, kernel, groups=groups)
    np.testing.assert_allclose(y, expected, atol=1e-12)
    dy = random.normal(size=y.shape)
    dx, dpacked, _ = reference.conv2d_backward(dy, cache)
    expected_dx, dkernel, _ = reference.conv2d_backward(dy, groups_cache)
    np.testing.assert_allclose(dx, expected_dx, atol=1e-12)
    np.testing.assert_allclose(
        unpack_groups(dpacked, kernel.shape, groups, count), dkernel, atol=1e-12
    )
