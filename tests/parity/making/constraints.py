"""Constraints: weights before and after."""

from collections.abc import Iterator
from typing import Any

import keras

from .recording import Case, random

TABLE: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("NonNeg", {}, (4, 3)),
    ("MaxNorm", {}, (6, 3)),
    ("MaxNorm", {"max_value": 0.5, "axis": [0, 1, 2]}, (2, 2, 3, 4)),
    ("UnitNorm", {}, (4, 3)),
    ("UnitNorm", {"axis": 1}, (4, 3)),
    ("MinMaxNorm", {}, (4, 3)),
    ("MinMaxNorm", {"min_value": 1.0, "max_value": 1.5, "rate": 0.3, "axis": 1}, (4, 3)),
]


def cases() -> Iterator[Case]:
    """Yield a weight, and the result of the constraint."""
    for seed, (class_name, config, shape) in enumerate(TABLE):
        weight = random(seed, shape)
        weight[..., -1] = 0
        constrained = getattr(keras.constraints, class_name)(**config)(weight)
        name = f"{class_name} {config} of {shape}"
        settings = {"name": name, "constraint": class_name, "config": config}
        yield settings, {"weight": weight, "constrained": keras.ops.convert_to_numpy(constrained)}
