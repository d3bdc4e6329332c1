"""Compiling a model as its file says, and giving the optimizer its state back."""

import warnings
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np

from minicnn import losses, metrics, optimizers
from minicnn.errors import DataWarning, FileFormatError, UnknownNameError
from minicnn.models.files.optimizer_state import restored
from minicnn.models.sequential import Sequential
from minicnn.saving import SavedModel

MOST_METRICS = 1_000


def compile_as_saved(
    path: str | PathLike[str],
    model: Sequential,
    saved: SavedModel,
    custom_objects: Mapping[str, Any] | None,
) -> None:
    """Compile a model, if the file says how."""
    choice = saved.config.get("compile_config") or saved.config.get("training_config")
    if not choice:
        return
    try:
        _compile(model, choice, dict(custom_objects or {}))
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        model.compiled = None
        warnings.warn(
            f"{path}: the model was loaded but not compiled: {error} Call model.compile(...).",
            DataWarning,
            stacklevel=4,
        )
        return
    if saved.optimizer is None or not model.built:
        return
    if model.optimizer.slot_groups and len(saved.optimizer.variables) <= 2:
        return  # compiled, but never trained: Keras makes the slots at the first step
    weights = model.trainable_weights
    model.optimizer.build(weights)
    rate = model.optimizer.get_config()["learning_rate"]
    try:
        with np.errstate(all="ignore"):
            model.optimizer.set_state(restored(model.optimizer, weights, saved.optimizer))
    except (TypeError, ValueError, ArithmeticError) as error:
        raise FileFormatError(
            f"{path}: its optimizer's state does not fit: {error} To do without, write "
            "load_model(path, compile=False)."
        ) from error
    _restore_rate(model.optimizer, rate)


def _compile(model: Sequential, choice: Mapping[str, Any], own: dict[str, Any]) -> None:
    if choice.get("loss_weights"):
        raise ValueError(f"loss_weights={choice['loss_weights']!r} are not offered here.")
    (loss,) = _listed(choice.get("loss"))
    model.compile(
        optimizer=optimizers.deserialize(
            choice.get("optimizer") or choice["optimizer_config"], own
        ),
        loss=loss if _is_known(loss, losses.get) else losses.deserialize(loss, own),
        metrics=_metrics(choice.get("metrics"), own),
        weighted_metrics=_metrics(choice.get("weighted_metrics"), own),
    )


def _metrics(described: Any, own: dict[str, Any]) -> list[Any] | None:
    found = _listed(described)
    if len(found) > MOST_METRICS:
        raise ValueError(f"{len(found):,} metrics, where {MOST_METRICS:,} are the most.")
    made: list[Any] = []
    for one in found:
        # A name stays a name: "accuracy" is chosen by the shapes, "loss" may be a metric.
        by_name = isinstance(one, str) and one not in own
        made.append(one if by_name else metrics.deserialize(one, own))
    return made or None


def _listed(described: Any) -> list[Any]:
    """Return what is described, out of the nesting that Keras has for models of many outputs."""
    if described is None:
        return []
    if isinstance(described, Mapping) and "class_name" not in described:
        described = list(described.values())  # by name of the output
    if isinstance(described, (list, tuple)):
        return [one for part in described for one in _listed(part)]
    return [described]


def _is_known(name: Any, get: Any) -> bool:
    """Whether a name needs no object of the user's: then it stays as it was spelt."""
    if not isinstance(name, str):
        return False
    try:
        get(name)
    except UnknownNameError:
        return False
    return True


def _restore_rate(optimizer: optimizers.Optimizer, rate: Any) -> None:
    """Take the learning rate in float64, as minicnn's config has it, where it is the same number."""
    if not isinstance(rate, float) or float(np.float32(rate)) == rate:
        return
    if "learning_rate" in optimizer.variable_names([]) and np.float32(rate) == np.float32(
        optimizer.learning_rate
    ):
        optimizer.learning_rate = rate
