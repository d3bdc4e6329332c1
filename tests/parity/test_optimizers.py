"""Compare optimizers with Keras: the weights after every step, the optimizer's variables."""

from typing import Any

import numpy as np
import pytest

from minicnn import optimizers
from minicnn.optimizers import schedules

from .recorded import Case, assert_close, cases

CASES = cases("optimizers")


def optimizer_of(case: Case) -> Any:
    """Build the optimizer, with its schedule if it has one."""
    config = dict(case["config"])
    if isinstance(rate := config.get("learning_rate"), dict):
        config["learning_rate"] = getattr(schedules, rate["schedule"])(**rate["config"])
    return getattr(optimizers, case["optimizer"])(**config)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_steps(case: Case):
    arrays = case.arrays
    optimizer = optimizer_of(case)
    weights = [arrays["weight0"][0].copy(), arrays["weight1"][0].copy()]
    optimizer.build(weights)
    for step in range(len(arrays["gradient0"])):
        gradients = [arrays[name][step].copy() for name in ("gradient0", "gradient1")]
        optimizer.apply(gradients, weights)
        for k, weight in enumerate(weights):
            expected = arrays[f"weight{k}"][step + 1]
            assert_close(weight, expected, f"weight {k} after step {step + 1}", tolerance=2e-6)
    assert optimizer.iterations == len(arrays["gradient0"])
    assert float(optimizer.learning_rate) == pytest.approx(case["last_learning_rate"], rel=1e-5)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_variables_in_the_order_of_files(case: Case):
    arrays = case.arrays
    optimizer = optimizer_of(case)
    weights = [arrays["weight0"][0].copy(), arrays["weight1"][0].copy()]
    optimizer.build(weights)
    for gradients in zip(arrays["gradient0"], arrays["gradient1"], strict=True):
        optimizer.apply([gradient.copy() for gradient in gradients], weights)
    names = case["variables"]
    assert len(optimizer.variables) == len(names)
    for index, (name, variable) in enumerate(zip(names, optimizer.variables, strict=True)):
        assert_close(np.asarray(variable), arrays[f"variable{index}"], name)


@pytest.mark.parametrize("case", CASES[:4], ids=str)
def test_apply_gradients_as_pairs(case: Case):
    arrays = case.arrays
    optimizer = optimizer_of(case)
    weights = [arrays["weight0"][0].copy(), arrays["weight1"][0].copy()]
    gradients = [arrays["gradient0"][0], arrays["gradient1"][0]]
    optimizer.apply_gradients(zip(gradients, weights, strict=True))
    for k, weight in enumerate(weights):
        assert_close(weight, arrays[f"weight{k}"][1], f"weight {k}", tolerance=2e-6)
