"""Constraints against Keras."""

import pytest

from minicnn import constraints

from .recorded import Case, assert_close, cases


@pytest.mark.parametrize("case", cases("constraints"), ids=str)
def test_constrained_weights(case: Case):
    constraint = getattr(constraints, case["constraint"])(**case["config"])
    constrained = constraint(case.arrays["weight"])
    assert constrained.dtype == "float32"
    assert_close(constrained, case.arrays["constrained"], "weight")
