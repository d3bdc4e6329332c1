"""Compile a model as its file says, and restore the optimizer's state."""

from collections.abc import Mapping
from contextlib import suppress
from os import PathLike
from typing import Any

import numpy as np

from minicnn import losses, metrics, optimizers
from minicnn.errors import UnknownNameError, warn
from minicnn.models.files.keras2 import mapped
from minicnn.models.files.optimizer_state import fitting_state
from minicnn.models.trainer import Trainer
from minicnn.saving import SavedModel

MAX_METRICS = 1_000


def compile_as_saved(
    path: str | PathLike[str],
    model: Trainer,
    saved: SavedModel,
    custom_objects: Mapping[str, Any] | None,
) -> None:
    """Compile a model if the file says how; a state that does not fit is a warning."""
    choice = saved.config.get("compile_config") or saved.config.get("training_config")
    if not choice:
        return
    try:
        _compile(model, choice, dict(custom_objects or {}))
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        model.compiled = None
        warn(f"{path}: the model was loaded but not compiled: {error} Call model.compile(...).")
        return
    if saved.optimizer is None or not model.built:
        return
    if model.optimizer.slot_groups and len(saved.optimizer.variables) <= 2:
        return  # compiled, but never trained: Keras makes the slots at the first step
    weights = model.trainable_weights
    state = fitting_state(model.optimizer, weights, saved.optimizer)
    if state is None:
        warn(
            f"{path}: its optimizer's state does not fit the model's trainable weights, as if layers "
            "had been added, removed or frozen after training. Training starts with a fresh optimizer."
        )
        return
    optimizer, rate = model.optimizer, model.optimizer.get_config()["learning_rate"]
    optimizer.build(weights)
    with np.errstate(all="ignore"):
        optimizer.set_state(state)
    is_float64 = isinstance(rate, float) and float(np.float32(rate)) != rate
    has_rate = "learning_rate" in optimizer.variable_names([])
    if is_float64 and has_rate and np.float32(rate) == np.float32(optimizer.learning_rate):
        optimizer.learning_rate = rate  # the same number as the file's float32


def _compile(model: Trainer, choice: Mapping[str, Any], own: dict[str, Any]) -> None:
    def made_loss(item: Any) -> Any:
        with suppress(UnknownNameError):  # a name that needs none of the user's objects stays
            if isinstance(item, str) and losses.get(item):
                return item
        return losses.deserialize(item, own)

    def made_metric(item: Any) -> Any:
        # A name stays a name: "accuracy" depends on the shapes, "loss" may be a metric.
        return item if isinstance(item, str) and item not in own else metrics.deserialize(item, own)

    makers = {"loss": made_loss, "metrics": made_metric, "weighted_metrics": made_metric}
    described: dict[str, Any] = {name: choice.get(name) for name in makers}
    flat = {name: _flat(value) for name, value in described.items()}
    if sum(map(len, flat.values())) > MAX_METRICS:
        raise ValueError(f"more than the {MAX_METRICS:,} metrics allowed.")
    if len(model.output_names) <= 1:  # Keras nests what is for a single output, too
        described = {**flat, "loss": (flat["loss"] or [None])[0]}
    optimizer = choice.get("optimizer") or choice.get("optimizer_config") or "rmsprop"
    model.compile(
        optimizers.deserialize(optimizer, own),
        loss_weights=choice.get("loss_weights"),
        **{name: mapped(value, makers[name]) or None for name, value in described.items()},
    )


def _flat(described: Any) -> list[Any]:
    """Return the items out of the nesting that Keras has for models of several outputs."""
    if described is None:
        return []
    if isinstance(described, Mapping) and "class_name" not in described:
        described = list(described.values())  # by name of the output
    if isinstance(described, (list, tuple)):
        return [item for part in described for item in _flat(part)]
    return [described]
