"""Learning-rate schedules at many steps."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from .recording import Case

STEPS = [0, 1, 2, 3, 7, 9, 10, 11, 19, 20, 21, 50, 99, 100, 101, 1000]
TABLE: list[tuple[str, str, dict[str, Any]]] = [
    (
        "exponential",
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9},
    ),
    (
        "exponential staircase",
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9, "staircase": True},
    ),
    ("cosine", "CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 100}),
    (
        "cosine alpha",
        "CosineDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 100, "alpha": 0.2},
    ),
    (
        "cosine warm-up",
        "CosineDecay",
        {
            "initial_learning_rate": 0.0,
            "decay_steps": 90,
            "warmup_target": 0.1,
            "warmup_steps": 10,
            "alpha": 0.1,
        },
    ),
    (
        "piecewise",
        "PiecewiseConstantDecay",
        {"boundaries": [10, 20, 100], "values": [1.0, 0.5, 0.25, 0.1]},
    ),
    (
        "inverse time",
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True},
    ),
    ("polynomial", "PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 100}),
    (
        "polynomial square cycle",
        "PolynomialDecay",
        {
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "end_learning_rate": 0.01,
            "power": 2.0,
            "cycle": True,
        },
    ),
    (
        "cosine restarts",
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 10},
    ),
    (
        "cosine restarts shrinking",
        "CosineDecayRestarts",
        {
            "initial_learning_rate": 0.1,
            "first_decay_steps": 10,
            "t_mul": 1.0,
            "m_mul": 0.5,
            "alpha": 0.1,
        },
    ),
]


def cases() -> Iterator[Case]:
    """Yield each schedule's learning rate at STEPS."""
    for name, class_name, config in TABLE:
        schedule = getattr(keras.optimizers.schedules, class_name)(**config)
        rates = np.array([float(schedule(step)) for step in STEPS], "float32")
        settings = {"name": name, "schedule": class_name, "config": config, "steps": STEPS}
        arrays = {"rates": rates}
        yield settings, arrays
