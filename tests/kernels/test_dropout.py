"""The compiled dropout has the bits of the definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import ops
from minicnn.ops import reference

pytest.importorskip("numba", reason="the fast operations need numba")

from minicnn.kernels import dropout


@given(
    shape=st.sampled_from([(1,), (3, 4097), (2, 5, 7, 3), (0, 4), (8192,)]),
    rate=st.sampled_from([0.0, 0.25, 0.5, 0.99]),
    seed=st.integers(0, 2**64 - 1),
    step=st.integers(0, 2**63),
    start=st.integers(0, 10_000),
)
def test_it_drops_what_the_definition_drops(shape, rate, seed, step, start):
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    arguments = x, rate, seed, step, None, start
    for got, expected in zip(
        dropout.dropout_forward(*arguments), reference.dropout_forward(*arguments), strict=True
    ):
        np.testing.assert_array_equal(got, expected, strict=True)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_number_of_threads_does_not_matter(threads, set_threads):
    set_threads(threads)
    x = np.ones((3, 50_000), "float32")
    y, mask = dropout.dropout_forward(x, 0.5, 1, 2)
    np.testing.assert_array_equal(y, reference.dropout_forward(x, 0.5, 1, 2)[0])
    np.testing.assert_array_equal(mask, y)


def test_other_layouts_masks_and_dtypes_are_taken():
    x = np.random.default_rng(0).normal(size=(40, 30)).astype("float32")
    expected = reference.dropout_forward(x, 0.5, 1, 2)
    for other in (np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2]):
        for got, wanted in zip(ops.dropout_forward(other, 0.5, 1, 2), expected, strict=True):
            np.testing.assert_array_equal(got, wanted)
    wide = x.astype("float64")
    for shape in (None, (40, 1)):
        y, mask = ops.dropout_forward(wide, 0.5, 1, 2, shape)
        assert (y.dtype, mask.shape) == (wide.dtype, shape or wide.shape)
