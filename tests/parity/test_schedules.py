"""Learning-rate schedules against Keras, step by step."""

import pytest

from minicnn.optimizers import schedules

from .recorded import Case, assert_close, cases


@pytest.mark.parametrize("case", cases("schedules"), ids=str)
def test_learning_rates(case: Case):
    schedule = getattr(schedules, case["schedule"])(**case["config"])
    rates = [float(schedule(step)) for step in case["steps"]]
    # Keras computes the cosine in float32, to which 1 + cos(π·…) is exact to 1e-7 of its start.
    assert_close(rates, case.arrays["rates"], "learning rates", tolerance=1e-6)
