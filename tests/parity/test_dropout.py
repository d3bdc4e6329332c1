"""Dropout in training: the two values it can give and their shares, as in Keras."""

import numpy as np
import pytest

from minicnn.layers import Dropout

from .recorded import Case, assert_close, cases


@pytest.mark.parametrize("case", cases("dropout"), ids=str)
def test_values_and_shares(case: Case):
    x = np.ones(case["shape"], "float32")
    layer = Dropout(case["rate"], seed=2)
    layer.build((None, *x.shape[1:]))
    y, cache = layer.forward(x, training=True)
    assert_close(np.unique(y), case["values"], "values of y")
    # Five standard deviations of a share: two samples of 20,000 draws are compared.
    spread = 5 * np.sqrt(2 * case["rate"] * (1 - case["rate"]) / x.size)
    assert abs(float((y == 0).mean()) - case["share_of_zeros"]) < spread
    dx, _ = layer.backward(x, cache)
    np.testing.assert_array_equal(dx, y, "the gradient of ones is dropped and scaled alike")
