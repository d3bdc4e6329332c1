"""Initializers against Keras by statistics of large samples: the bits themselves differ."""

from typing import Any

import numpy as np
import pytest

from minicnn import initializers

from .recorded import Case, cases

CASES = cases("initializers")


def initializer_of(case: Case) -> Any:
    """Build it, with a seed where it draws."""
    seed = {"seed": 3} if "seed" in case["class_config"] else {}
    return getattr(initializers, case["initializer"])(**case["config"], **seed)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_statistics(case: Case):
    sample = initializer_of(case)(tuple(case["shape"]), "float32")
    assert sample.shape == tuple(case["shape"])
    assert sample.dtype == np.float32
    spread = case["std"]
    # Of two samples of n draws: the means differ by σ·√(2/n), here at most 0.007 σ; the standard
    # deviations by σ/√n. Five times that, rounded up, and still far below a wrong fan or factor.
    assert sample.mean() == pytest.approx(case["mean"], abs=0.03 * spread + 1e-7)
    assert sample.std() == pytest.approx(spread, rel=0.02, abs=1e-7)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["initializer"] != "RandomNormal"], ids=str
)
def test_bounds(case: Case):
    sample = initializer_of(case)(tuple(case["shape"]), "float32")
    # A bounded distribution: 18,000 draws or more come near the bound and never pass it.
    near = 0.005 * case["std"] + 1e-7
    assert sample.min() == pytest.approx(case["min"], abs=near)
    assert sample.max() == pytest.approx(case["max"], abs=near)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_config(case: Case):
    config = getattr(initializers, case["initializer"])(**case["config"]).get_config()
    # Keras 3.15 has input_axes and output_axes for kernels of other layouts; older files do not.
    newer = {"input_axes", "output_axes"}
    expected = {key: value for key, value in case["class_config"].items() if key not in newer}
    assert {key: value for key, value in config.items() if key not in newer} == expected
