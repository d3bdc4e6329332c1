"""Examples taken in an order: the fast version against NumPy's indexing, whatever the data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.ops import reference

try:
    from minicnn.kernels import examples
except ImportError:  # without numba there is the reference alone
    VERSIONS = [reference]
else:
    VERSIONS = [examples, reference]


@pytest.fixture(autouse=True, scope="module")
def few_examples_are_taken_fast_too():
    with pytest.MonkeyPatch.context() as patch:
        for fast in VERSIONS[:-1]:
            patch.setattr(fast, "LEAST", 0)
        yield


every_version = pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.__name__)
shapes = st.one_of(
    st.lists(st.integers(0, 9), max_size=3).map(tuple),
    st.tuples(st.integers(1, 3000)),  # of any number of bytes, above and below the least
    st.tuples(st.integers(10, 30), st.integers(10, 30), st.integers(1, 3)),
)
dtypes = st.sampled_from(["uint8", "float32", "float64", "int64", "bool", ">f4", "S3", "object"])


def make(count, shape, dtype, seed=0):
    return np.random.default_rng(seed).integers(0, 99, (count, *shape)).astype(dtype)


@every_version
@given(
    count=st.integers(1, 40),
    shape=shapes,
    dtype=dtypes,
    taken=st.integers(0, 90),
    seed=st.integers(0, 99),
)
def test_they_are_those_of_the_numbers(version, count, shape, dtype, taken, seed):
    array = make(count, shape, dtype, seed)
    order = np.random.default_rng(seed).integers(0, count, taken)
    got = version.take_examples(array, order)
    assert got.dtype == array.dtype
    np.testing.assert_array_equal(got, array[order])
    assert not np.shares_memory(got, array)


@every_version
@pytest.mark.parametrize(
    "layout",
    [
        np.asfortranarray,
        lambda array: array[::2],
        lambda array: array[:, ::2],
        lambda array: array[::-1],
        lambda array: np.broadcast_to(array[:1], array.shape),
        lambda array: np.concatenate([[0], array.view(np.uint8).ravel()]).astype(np.uint8)[1:]
        .view(np.float32).reshape(array.shape),  # not aligned
        lambda array: array.view(np.matrix),
    ],
)  # fmt: skip
def test_the_layout_does_not_matter(version, layout):
    array = layout(make(20, (400,), "float32"))
    order = np.random.default_rng(0).permutation(len(array))
    np.testing.assert_array_equal(version.take_examples(array, order), array[order])


@every_version
def test_data_that_may_only_be_read(version):
    array = make(9, (300,), "float32")
    array.flags.writeable = False
    got = version.take_examples(array, np.arange(9)[::-1])
    assert got.flags.writeable
    np.testing.assert_array_equal(got, array[::-1])


@every_version
@pytest.mark.parametrize("order", [[2, -1], np.array([1, 0], np.uint8), np.arange(6)[::2]])
def test_other_orders(version, order):
    array = make(5, (300,), "float32")
    order = np.asarray(order)
    np.testing.assert_array_equal(version.take_examples(array, order), array[order])


@every_version
@pytest.mark.parametrize("number", [5, -6, 2**62])
def test_an_example_that_is_not_there(version, number):
    with pytest.raises(IndexError, match="out of bounds"):
        version.take_examples(make(5, (300,), "float32"), np.array([0, number]))
