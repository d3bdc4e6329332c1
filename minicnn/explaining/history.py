"""A training in the form of the page: weights at a few steps, the loss, what the optimizer keeps."""

import copy
from typing import Any

import numpy as np

from minicnn.callbacks import TrainingSnapshots
from minicnn.errors import ShapeError
from minicnn.explaining.examples import Examples
from minicnn.explaining.model_data import Weights, layer_weights, model_parts, tensor_data
from minicnn.models import Model
from minicnn.models.answer import CLASSES, answer_of

POINTS = 300  # of the curve
# Bytes that an optimizer keeps of the weights, with the weights' own in proportion.
MOST_KEPT = 8_000_000


def history_data(
    model: Model, history: TrainingSnapshots | None, examples: Examples
) -> dict[str, Any] | None:
    """Return the weights that differ from the model's, step by step; last the model itself."""
    if history is None or not history.steps:
        return None
    own, twin = layer_weights(model), copy.deepcopy(model)
    snapshots: list[dict[str, Any]] = []
    for step, weights in zip(history.steps, history.weights, strict=True):
        if [one.shape for one in weights] != [one.shape for one in twin.get_weights()]:
            raise ShapeError("history holds the weights of another model than the one to explain.")
        twin.set_weights(weights)
        changed = _changed(layer_weights(twin), own)
        snapshots.append({"step": step, "weights": changed, "right": _right(twin, examples)})
    if any(snapshots[-1]["weights"]):  # trained further since, or weights restored
        now = {"step": history.steps[-1], "weights": [{} for _ in own]}
        snapshots.append(now | {"right": _right(model, examples)})
    return {"snapshots": snapshots, "losses": _curve(history.losses)}


def kept_data(model: Model) -> dict[str, Any] | None:
    """Return the state of the trained model's optimizer, in the order of the page's layers."""
    optimizer = model.optimizer
    if optimizer is None or not optimizer.iterations or not optimizer.fits(model.trainable_weights):
        return None
    names = [name for group in optimizer.slot_groups for name in group]
    size = sum(slot.size for name in names for slot in optimizer.slots[name]) * 4
    if size == 0:
        return None
    momentums = float(getattr(optimizer, "u_product", 1.0))
    kept = {"step": optimizer.iterations, "momentums": momentums, "bytes": size, "slots": None}
    if size > MOST_KEPT:
        return kept
    twin, parts = copy.deepcopy(model), model_parts(model)
    slots: list[dict[str, Any]] = [
        {name: [] for name in one.layer.trainable_names} for one in parts
    ]
    for name in names:  # as weights of a twin they get the page's form
        for weight, slot in zip(twin.trainable_weights, optimizer.slots[name], strict=True):
            weight[...] = slot
        for found, weights in zip(slots, layer_weights(twin), strict=True):
            for one in found:
                found[one].append(tensor_data(weights[one]))
    return kept | {"slots": slots}


def _changed(then: list[Weights], now: list[Weights]) -> list[dict[str, Any]]:
    return [
        {
            name: tensor_data(values)
            for name, values in before.items()
            if not np.array_equal(values, after[name])
        }
        for before, after in zip(then, now, strict=True)
    ]


def _right(model: Model, examples: Examples) -> int | None:
    """Return how many of the examples the model classifies right; None if they are no classes."""
    classes = [labels[0] for labels in examples.labels if isinstance(labels[0], int)]
    if len(model.output_shapes) > 1 or answer_of(model, True).kind != CLASSES:
        return None
    if not classes or len(classes) < len(examples.labels):
        return None
    batches = examples.batches
    found = model.predict(batches if len(batches) > 1 else batches[0], verbose=0).argmax(axis=1)
    return int((found == classes).sum())


def _curve(losses: list[float]) -> list[list[float | None]]:
    """Return (step, loss) for at most `POINTS` steps: means of the steps up to there."""
    parts = np.array_split(np.arange(len(losses)), min(POINTS, len(losses)) or 1)
    points: list[list[float | None]] = []
    for part in parts:
        if len(part):
            mean = float(np.mean([losses[i] for i in part]))
            points.append([int(part[-1]) + 1, mean if np.isfinite(mean) else None])
    return points
