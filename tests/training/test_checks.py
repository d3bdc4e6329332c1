"""The range of the data, which is looked at a part at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.training import checks
from minicnn.training.checks import check_finite_and_range

shapes = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple)
dtypes = st.sampled_from(["float32", "float64", "uint8", "int64", "bool"])


@given(shape=shapes, dtype=dtypes, part=st.integers(1, 200), seed=st.integers(0, 99))
def test_the_smallest_and_the_largest_of_all_parts(shape, dtype, part, seed):
    array = np.random.default_rng(seed).integers(0, 100, shape).astype(dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "CHUNK", part)
        assert check_finite_and_range("x", array) == (array.min(), array.max())
        assert check_finite_and_range("x", array.T) == (array.min(), array.max())


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0), (3, 1), (9, 2)])
def test_what_is_not_finite_is_found_in_every_part(wrong, place, monkeypatch):
    monkeypatch.setattr(checks, "CHUNK", 4)
    array = np.random.default_rng(0).normal(size=(10, 3))
    array[place] = wrong
    with pytest.raises(ValueError, match=rf"x\[{place[0]}, {place[1]}\] = {wrong}") as error:
        check_finite_and_range("x", array)
    assert "has 1 number that is NaN, infinite" in str(error.value)


def test_an_array_of_several_parts_as_they_are():
    array = np.random.default_rng(0).normal(size=(checks.CHUNK // 100, 250)).astype("float32")
    assert check_finite_and_range("x", array) == (array.min(), array.max())
