"""Doctests know `np`. Those that need an optional package are skipped where it is not installed."""

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from minicnn.naming import clear_session

NEEDS = {"minicnn.callbacks.tensorboard": "tensorboard", "minicnn.exporting": "onnx"}
ABSENT = {module: package for module, package in NEEDS.items() if not find_spec(package)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the doctests of modules whose package is absent."""
    for item in items:
        for module, package in ABSENT.items():
            if isinstance(item, pytest.DoctestItem) and item.name.startswith(module):
                item.add_marker(pytest.mark.skip(reason=f"needs {package}"))


@pytest.fixture(autouse=True)
def _start_of_doctests(doctest_namespace: dict[str, Any]) -> None:
    """Let examples use `np`, as those of NumPy do, and count the names of layers from the first."""
    doctest_namespace["np"] = np
    clear_session()
