"""Losses against Keras: each sample's, the gradient, and the number after reduction."""

import numpy as np
import pytest

from minicnn import losses

from .recorded import Case, assert_close, cases

CASES = cases("losses")
REDUCTIONS = ("sum_over_batch_size", "sum", "mean_with_sample_weight")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_losses_and_gradient(case: Case):
    arrays = case.arrays
    loss = getattr(losses, case["loss"])(**case["config"])
    values, cache = loss.forward(arrays["y_true"], arrays["y_pred"])
    assert_close(values, arrays["losses"], "losses")
    dy_pred = loss.backward(arrays["dlosses"], cache)
    assert_close(dy_pred, arrays["dy_pred"], "dy_pred")
    assert dy_pred.dtype == np.float32


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_reduction(case: Case, reduction: str):
    arrays = case.arrays
    loss = getattr(losses, case["loss"])(**case["config"], reduction=reduction)
    plain = loss(arrays["y_true"], arrays["y_pred"])
    assert_close(plain, case["reduced"][reduction]["plain"], "without weights")
    weighted = loss(arrays["y_true"], arrays["y_pred"], sample_weight=arrays["sample_weight"])
    assert_close(weighted, case["reduced"][reduction]["weighted"], "with sample_weight")
