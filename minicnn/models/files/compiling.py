"""Compile a model as its file says, and restore the optimizer's state."""

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from minicnn import losses, metrics, optimizers
from minicnn.errors import UnknownNameError, warn
from minicnn.models.files.optimizer_state import fitting_state
from minicnn.saving import SavedModel

if TYPE_CHECKING:
    from minicnn.models.model import Model

MAX_METRICS = 1_000


def compile_as_saved(
    path: str | PathLike[str],
    model: "Model",
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
    rate = model.optimizer.get_config()["learning_rate"]
    model.optimizer.build(weights)
    with np.errstate(all="ignore"):
        model.optimizer.set_state(state)
    _restore_rate(model.optimizer, rate)


def _compile(model: "Model", choice: Mapping[str, Any], own: dict[str, Any]) -> None:
    if len(model.output_names) > 1:
        _compile_outputs(model, choice, own)
        return
    loss, *others = _flat(choice.get("loss")) or [None]
    if others:
        raise ValueError("it has several losses, and the model one output.")
    optimizer = choice.get("optimizer") or choice.get("optimizer_config") or "rmsprop"
    by_name = loss is None or (isinstance(loss, str) and _is_known(loss, losses.get))
    model.compile(
        optimizer=optimizers.deserialize(optimizer, own),
        loss=loss if by_name else losses.deserialize(loss, own),
        metrics=_metrics(choice.get("metrics"), own),
        weighted_metrics=_metrics(choice.get("weighted_metrics"), own),
    )


def _compile_outputs(model: "Model", choice: Mapping[str, Any], own: dict[str, Any]) -> None:
    """Compile a model of several outputs; losses and metrics are in lists or dicts."""

    def made(described: Any, deserialize: Any) -> Any:
        if described is None or (isinstance(described, str) and described not in own):
            return described
        if isinstance(described, (list, tuple)):
            return [made(item, deserialize) for item in described]
        if "class_name" not in described:
            return {name: made(item, deserialize) for name, item in described.items()}
        return deserialize(described, own)

    optimizer = choice.get("optimizer") or choice.get("optimizer_config") or "rmsprop"
    model.compile(
        optimizer=optimizers.deserialize(optimizer, own),
        loss=made(choice.get("loss"), losses.deserialize),
        metrics=made(choice.get("metrics"), metrics.deserialize),
        weighted_metrics=made(choice.get("weighted_metrics"), metrics.deserialize),
        loss_weights=choice.get("loss_weights"),
    )


def _metrics(described: Any, own: dict[str, Any]) -> list[Any] | None:
    found = _flat(described)
    if len(found) > MAX_METRICS:
        raise ValueError(f"{len(found):,} metrics, more than the {MAX_METRICS:,} allowed.")
    # A name stays a name: "accuracy" depends on the shapes, "loss" may be a metric.
    made = [
        item if isinstance(item, str) and item not in own else metrics.deserialize(item, own)
        for item in found
    ]
    return made or None


def _flat(described: Any) -> list[Any]:
    """Return the items out of the nesting that Keras has for models of several outputs."""
    if described is None:
        return []
    if isinstance(described, Mapping) and "class_name" not in described:
        described = list(described.values())  # by name of the output
    if isinstance(described, (list, tuple)):
        return [item for part in described for item in _flat(part)]
    return [described]


def _is_known(name: str, get: Any) -> bool:
    """Whether a name needs none of the user's objects: then it stays as it was spelt."""
    try:
        get(name)
    except UnknownNameError:
        return False
    return True


def _restore_rate(optimizer: optimizers.Optimizer, rate: Any) -> None:
    """Use the config's learning rate, in float64, if the file's float32 is the same number."""
    if not isinstance(rate, float) or float(np.float32(rate)) == rate:
        return
    if "learning_rate" in optimizer.variable_names([]) and np.float32(rate) == np.float32(
        optimizer.learning_rate
    ):
        optimizer.learning_rate = rate
