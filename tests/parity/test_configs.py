"""Compare `get_config()`, from which files are written, with Keras, key by key."""

from typing import Any

import pytest

import minicnn.layers
import minicnn.losses
import minicnn.metrics
import minicnn.optimizers
from minicnn.optimizers import schedules

from .recorded import Case, cases, tuples

MODULES = {
    "layers": minicnn.layers,
    "losses": minicnn.losses,
    "metrics": minicnn.metrics,
    "optimizers": minicnn.optimizers,
    "optimizers.schedules": schedules,
}


def core(value: Any) -> Any:
    """Return {"class_name", "config"} of a serialized object, tuples as JSON's lists."""
    if isinstance(value, dict) and "class_name" in value:
        return {"class_name": value["class_name"], "config": core(value["config"])}
    if isinstance(value, dict):
        # Keras 3.15 has these for kernels of other layouts; older versions do not know them.
        newer = {"input_axes", "output_axes"}
        return {key: core(one) for key, one in value.items() if key not in newer}
    return [core(one) for one in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("case", cases("configs"), ids=str)
def test_keys_and_values(case: Case):
    kind = getattr(MODULES[case["module"]], case["class"])
    config = kind(**tuples(case["config"])).get_config()
    expected = core(case["get_config"])
    actual = {key: core(config[key]) for key in expected if key in config}
    assert actual == rounded(expected)


@pytest.mark.parametrize("case", cases("configs"), ids=str)
def test_from_config_makes_the_same(case: Case):
    kind = getattr(MODULES[case["module"]], case["class"])
    config = kind(**tuples(case["config"])).get_config()
    assert core(kind.from_config(config).get_config()) == core(config)
    made = core(kind.from_config(case["get_config"]).get_config())
    expected = core(case["get_config"])
    assert {key: made[key] for key in expected if key in made} == rounded(expected)


def rounded(value: Any) -> Any:
    """Allow differences from rounding to float32 in Keras, such as a learning rate of 0.1."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-6)
    return [rounded(one) for one in value] if isinstance(value, list) else value
