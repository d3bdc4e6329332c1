"""Activation functions and their gradients against Keras, at zero and far out too."""

import numpy as np
import pytest

from minicnn import activations

from .recorded import Case, cases


@pytest.mark.parametrize("case", cases("activations"), ids=str)
def test_value_and_gradient(case: Case):
    arrays = case.arrays
    activation = activations.get(case["function"])
    if case["config"]:
        activation = activations.Activation(case["function"], **case["config"])
    y = activation(arrays["z"])
    dz = activation.backward(arrays["dy"], arrays["z"], y)
    # Nothing relative to the largest here: far out it is thousands of times larger than at zero.
    np.testing.assert_allclose(y, arrays["y"], rtol=2e-6, atol=5e-7, err_msg="y")
    np.testing.assert_allclose(dz, arrays["dz"], rtol=2e-6, atol=1e-6, err_msg="dz")
