"""Configs as Keras 2 spells them, in words that Keras 3 still understands."""

from collections.abc import Mapping
from typing import Any

from minicnn import losses, metrics
from minicnn.errors import UnknownNameError
from minicnn.models.files.keras2_optimizer import keras2_config
from minicnn.training.compiled import Compiled

# What Keras 3 renamed, by class
OLD_NAMES = {
    "InputLayer": {"batch_shape": "batch_input_shape"},
    "LeakyReLU": {"negative_slope": "alpha"},
}


def spelled(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Sequential's config that Keras 2 and 3 both read."""
    return {**config, "layers": [_layer(one) for one in config["layers"]]}


def training_config(compiled: Compiled) -> dict[str, Any]:
    """Return what `compile` chose, so that Keras 2 and 3 both read it from an ``.h5`` file."""
    config = compiled.get_config()
    loss = config["loss"]
    metrics_of = {
        argument: config[argument] and [_metric(one) for one in config[argument]]
        for argument in ("metrics", "weighted_metrics")
    }
    return {
        "optimizer_config": keras2_config(compiled.optimizer),
        "loss": losses.get(loss).name if isinstance(loss, str) else loss,
        "loss_weights": None,
        **metrics_of,
    }


def _metrics(described: Any) -> Any:
    return described and [_metric(one) for one in described]


def _metric(one: Any) -> Any:
    """Return a metric with its name and class, unless the class is chosen by the labels' shape."""
    if not isinstance(one, str) or one in ("accuracy", "acc"):
        return one
    try:
        return metrics.serialize(metrics.get(one))
    except UnknownNameError:  # the name of a loss
        return one


def _layer(described: Mapping[str, Any]) -> dict[str, Any]:
    old = OLD_NAMES.get(described["class_name"], {})
    config = {old.get(name, name): value for name, value in described["config"].items()}
    if isinstance(config.get("activation"), Mapping):  # a layer too: activation=LeakyReLU(0.1)
        config["activation"] = _layer(config["activation"])
    return {**described, "config": config}
