"""The names that layers and models get by themselves: `conv2d`, `conv2d_1`, …"""

import pytest

from minicnn import layers, models
from minicnn.naming import clear_session

from .recorded import Case, cases, tuples


@pytest.mark.parametrize("case", cases("layer_names"), ids=str)
def test_first_two_of_a_class(case: Case):
    clear_session()
    kind = getattr(models if case["layer"] == "Sequential" else layers, case["layer"])
    assert [kind(**tuples(case["config"])).name for _ in range(2)] == case["names"]
