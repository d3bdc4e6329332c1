"""Initializers: the bits differ, so statistics of large samples are recorded."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from .recording import Case

SHAPES = {"convolution": (3, 3, 32, 64), "dense": (400, 200)}
SCALED = [
    "GlorotUniform",
    "GlorotNormal",
    "HeUniform",
    "HeNormal",
    "LecunUniform",
    "LecunNormal",
]
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("Zeros", {}),
    ("Ones", {}),
    ("Constant", {"value": 0.3}),
    ("RandomNormal", {}),
    ("RandomNormal", {"mean": 1.0, "stddev": 0.5}),
    ("RandomUniform", {}),
    ("RandomUniform", {"minval": -1.0, "maxval": 3.0}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": 1.0, "stddev": 0.5}),
]


def cases() -> Iterator[Case]:
    """Yield extremes, mean and standard deviation of each initializer's sample."""
    for class_name in SCALED:
        for kind in SHAPES:
            yield record(f"{class_name} {kind}", class_name, {}, SHAPES[kind])
    for class_name, config in OTHERS:
        arguments = " ".join(f"{key}={value}" for key, value in config.items())
        yield record(f"{class_name} {arguments}".strip(), class_name, config, SHAPES["dense"])


def record(name: str, class_name: str, config: dict[str, Any], shape: tuple[int, ...]) -> Case:
    """Describe one large sample."""
    seed = {"seed": 1} if class_name not in ("Zeros", "Ones", "Constant") else {}
    initializer = getattr(keras.initializers, class_name)(**config, **seed)
    sample = np.asarray(initializer(shape), dtype="float64")
    return {
        "name": name,
        "initializer": class_name,
        "config": config,
        "shape": shape,
        "min": sample.min(),
        "max": sample.max(),
        "mean": sample.mean(),
        "std": sample.std(),
        "class_config": getattr(keras.initializers, class_name)(**config).get_config(),
    }, {}
