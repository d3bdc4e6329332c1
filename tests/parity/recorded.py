"""Read the files of `make_values.py`: the cases of a topic, each with its arrays."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

VALUES = Path(__file__).parent / "values"


@dataclass(frozen=True, eq=False)
class Case:
    """One thing that Keras did: `case["loss"]` is a setting, `case.arrays["y_pred"]` an array."""

    name: str
    settings: dict[str, Any]
    arrays: dict[str, np.ndarray]

    def __str__(self) -> str:
        return self.name

    def __getitem__(self, setting: str) -> Any:
        return self.settings[setting]


@cache
def cases(topic: str) -> list[Case]:
    """Return a topic's cases, in the order in which they were made."""
    settings = json.loads((VALUES / f"{topic}.json").read_text(encoding="utf-8"))["cases"]
    arrays: dict[str, dict[str, np.ndarray]] = {case["name"]: {} for case in settings}
    if (path := VALUES / f"{topic}.npz").exists():
        with np.load(path) as file:
            for key in file.files:
                name, array = key.rsplit("/", 1)
                arrays[name][array] = file[key]
    return [Case(case["name"], case, arrays[case["name"]]) for case in settings]


def assert_close(actual: Any, expected: Any, what: str, tolerance: float = 1e-5) -> None:
    """Compare values and shape.

    The tolerance is relative to each number, or to the largest of the array where that allows
    more: the rounding of a float32 sum is as large as its terms make it, even where they cancel.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, (
        f"{what}: shape {actual.shape}, Keras has {expected.shape}"
    )
    largest = float(np.abs(expected).max(initial=0))
    np.testing.assert_allclose(
        actual, expected, rtol=tolerance, atol=tolerance * min(largest, 1e3), err_msg=what
    )


def tuples(config: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with JSON's lists as the tuples that people write."""
    return {key: as_tuple(value) for key, value in config.items()}


def as_tuple(value: Any) -> Any:
    """Return a list, and the lists in it, as tuples; anything else unchanged."""
    return tuple(as_tuple(one) for one in value) if isinstance(value, list) else value
