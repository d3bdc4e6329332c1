"""Optimizers: the weights after every step, and the optimizer's variables at the end."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from .recording import Case, random
from .schedules import TABLE as SCHEDULES

STEPS = 6


def faster_steps(config: dict[str, Any]) -> dict[str, Any]:
    """Return arguments that let a schedule change within STEPS."""
    if "boundaries" in config:
        return {"boundaries": [1, 2, 4]}
    return {"first_decay_steps": 2} if "first_decay_steps" in config else {"decay_steps": 4}


SHAPES = [(3, 2), (2,)]
CLIPS = {"clipnorm": 0.7, "clipvalue": 0.4, "global_clipnorm": 0.9}

# name, class, arguments
TABLE: list[tuple[str, str, dict[str, Any]]] = [
    ("sgd default", "SGD", {}),
    ("sgd", "SGD", {"learning_rate": 0.1}),
    ("sgd momentum", "SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    ("sgd nesterov", "SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("sgd weight decay", "SGD", {"learning_rate": 0.1, "weight_decay": 0.05}),
    (
        "sgd momentum weight decay",
        "SGD",
        {"learning_rate": 0.1, "momentum": 0.5, "weight_decay": 0.05},
    ),
    ("rmsprop default", "RMSprop", {}),
    ("rmsprop rho", "RMSprop", {"learning_rate": 0.05, "rho": 0.5, "epsilon": 1e-3}),
    ("rmsprop momentum", "RMSprop", {"learning_rate": 0.05, "momentum": 0.9}),
    ("rmsprop centered", "RMSprop", {"learning_rate": 0.05, "centered": True}),
    (
        "rmsprop centered momentum",
        "RMSprop",
        {"learning_rate": 0.05, "momentum": 0.8, "centered": True},
    ),
    ("rmsprop weight decay", "RMSprop", {"learning_rate": 0.05, "weight_decay": 0.05}),
    ("adam default", "Adam", {}),
    ("adam", "Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
    ("adam amsgrad", "Adam", {"learning_rate": 0.05, "beta_2": 0.5, "amsgrad": True}),
    ("adam weight decay", "Adam", {"learning_rate": 0.05, "weight_decay": 0.05}),
    ("adamw default", "AdamW", {}),
    ("adamw", "AdamW", {"learning_rate": 0.05, "weight_decay": 0.1}),
    ("adamw amsgrad", "AdamW", {"learning_rate": 0.05, "beta_2": 0.5, "amsgrad": True}),
]
NEWER: list[tuple[str, str, dict[str, Any]]] = [
    ("adagrad default", "Adagrad", {}),
    (
        "adagrad",
        "Adagrad",
        {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "epsilon": 1e-3},
    ),
    ("adadelta default", "Adadelta", {}),
    ("adadelta", "Adadelta", {"learning_rate": 1.0, "rho": 0.8, "epsilon": 1e-3}),
    ("nadam default", "Nadam", {}),
    ("nadam", "Nadam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
    ("nadam weight decay", "Nadam", {"learning_rate": 0.05, "weight_decay": 0.05, "clipnorm": 1.0}),
    ("adamax default", "Adamax", {}),
    ("adamax", "Adamax", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
]
TABLE += [
    (f"{class_name.lower()} {clip}", class_name, {"learning_rate": 0.05, clip: limit})
    for class_name in ("SGD", "RMSprop", "Adam", "AdamW")
    for clip, limit in CLIPS.items()
]
TABLE += [
    (
        f"{optimizer.lower()} {name}",
        optimizer,
        {"learning_rate": {"schedule": schedule, "config": {**config, **faster}}},
    )
    for optimizer in ("SGD", "Adam")
    for name, schedule, config in SCHEDULES
    for faster in [faster_steps(config)]
]
TABLE += NEWER


def cases() -> Iterator[Case]:
    """Yield each optimizer's walk with random gradients, one of them tiny and one of them zero."""
    for seed, (name, class_name, config) in enumerate(TABLE):
        arguments = dict(config)
        rate = arguments.get("learning_rate")
        if isinstance(rate, dict):
            schedule = getattr(keras.optimizers.schedules, rate["schedule"])
            arguments["learning_rate"] = schedule(**rate["config"])
        optimizer = getattr(keras.optimizers, class_name)(**arguments)
        variables = [keras.Variable(random(seed + k, shape)) for k, shape in enumerate(SHAPES)]
        walks = [[variable.numpy()] for variable in variables]
        gradients = [random(100 * seed + k, (STEPS, *shape)) for k, shape in enumerate(SHAPES)]
        gradients[0][:, 0, 0] = 1e-6
        gradients[0][:, 1, 0] = 0
        for step in range(STEPS):
            optimizer.apply([gradient[step] for gradient in gradients], variables)
            for walk, variable in zip(walks, variables, strict=True):
                walk.append(variable.numpy())
        arrays = {f"weight{k}": np.stack(walk) for k, walk in enumerate(walks)}
        arrays |= {f"gradient{k}": gradient for k, gradient in enumerate(gradients)}
        for index, variable in enumerate(optimizer.variables):
            arrays[f"variable{index}"] = np.asarray(variable.numpy())
        settings = {
            "name": name,
            "optimizer": class_name,
            "config": config,
            "variables": [variable.name for variable in optimizer.variables],
            "last_learning_rate": float(optimizer.learning_rate),
        }
        yield settings, arrays
