"""Build minicnn's networks from recorded cases."""

from typing import Any

from minicnn import layers, losses, models, optimizers, regularizers
from minicnn.optimizers import schedules

from .recorded import Case, tuples


def layer(kind: str, config: dict[str, Any]) -> layers.Layer:
    """Build a layer; a regularizer is described by a name or as [class, arguments]."""
    arguments = tuples(config)
    for key, value in config.items():
        if key.endswith("regularizer") and isinstance(value, list):
            arguments[key] = getattr(regularizers, value[0])(**value[1])
    return getattr(layers, kind)(**arguments)


def optimizer(settings: dict[str, Any]) -> Any:
    """Build an optimizer, with its schedule if it has one."""
    config = dict(settings["config"])
    if isinstance(rate := config["learning_rate"], dict):
        config["learning_rate"] = getattr(schedules, rate["schedule"])(**rate["config"])
    return getattr(optimizers, settings["class"])(**config)


def compiled(case: Case, input_shape: tuple[int, ...]) -> models.Sequential:
    """Build and compile a case's network, with the weights that Keras started from."""
    stack = [layer(kind, config) for kind, config in case["layers"]]
    model = models.Sequential([layers.Input(input_shape), *stack])
    for index in case["frozen"]:
        model.layers[index].trainable = False
    model.set_weights(numbered(case, "initial"))
    model.compile(
        optimizer(case["optimizer"]),
        getattr(losses, case["loss"]["class"])(**case["loss"]["config"]),
        metrics=case["metrics"],
    )
    return model


def numbered(case: Case, name: str) -> list[Any]:
    """Return the arrays name0, name1, …"""
    count = sum(key.startswith(name) for key in case.arrays)
    return [case.arrays[f"{name}{k}"] for k in range(count)]
