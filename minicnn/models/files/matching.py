"""Which of a file's weights are whose, and whether they fit."""

from collections.abc import Sequence
from os import PathLike
from typing import Any, TypeVar

import numpy as np

from minicnn.errors import FileFormatError
from minicnn.layers import Dropout, Layer
from minicnn.saving import LayerRecord, LayerShapes

Stored = TypeVar("Stored", LayerRecord, LayerShapes)


def matched(
    path: str | PathLike[str], layers: Sequence[Layer], stored: Sequence[Stored]
) -> list[tuple[Layer, Stored]]:
    """Pair layers with what a file has for them."""
    stored = [one for one in stored if one.class_name != "InputLayer"]
    if [len(one.weights) for one in stored] == [len(layer.weights) for layer in layers]:
        return list(zip(layers, stored, strict=True))
    layers = [layer for layer in layers if layer.weights]
    stored = [one for one in stored if one.weights]
    if len(stored) != len(layers):
        raise FileFormatError(
            f"{path}: has weights of {len(stored)} layers ({_names(stored)}), and the model has "
            f"{len(layers)} layers with weights ({_names(layers)}). It is the file of another model."
        )
    pairs = list(zip(layers, stored, strict=True))
    for layer, one in pairs:
        if len(one.weights) != len(layer.weights):
            raise FileFormatError(
                f"{path}: has {len(one.weights)} weights for {layer.describe()}, which has "
                f"{len(layer.weights)} ({', '.join(layer.weight_names)}). "
                "It is the file of another model."
            )
    return pairs


def mismatch(layer: Layer, stored: LayerRecord | LayerShapes) -> str | None:
    """Return what does not fit, for an error; None where all does."""
    shapes = [tuple(weight.shape) for weight in stored.weights]
    for name, own, found in zip(layer.weight_names, layer.weights, shapes, strict=True):
        if own.shape != found:
            return (
                f"the weight {name} of {layer.describe()} has shape {own.shape}, and that in the "
                f"file {found}"
            )
    return None


def require_fit(
    path: str | PathLike[str], layers: Sequence[Layer], stored: Sequence[Stored]
) -> list[tuple[Layer, Stored]]:
    """Pair layers with what a file has for them, all of it fitting; as `matched`."""
    pairs = matched(path, layers, stored)
    for layer, one in pairs:
        reason = mismatch(layer, one)
        if reason is not None:
            raise FileFormatError(f"{path}: {reason}. It is the file of another model.")
    return pairs


def put(pairs: Sequence[tuple[Layer, LayerRecord]]) -> None:
    """Copy weights that fit into their layers, and what else a layer keeps."""
    with np.errstate(all="ignore"):  # a float64 that float32 cannot hold becomes infinite
        for layer, record in pairs:
            layer.copy_in(record.weights)
            _put_state(layer, record)


def _put_state(layer: Layer, record: LayerRecord) -> None:
    """Take over how far the dropout's stream has come; Keras' own streams are of another kind."""
    saved = record.state.get("seed_generator")
    if not isinstance(layer, Dropout) or not saved:
        return
    own, found = layer.seed_state, saved[0]
    if found.shape == own.shape and found.dtype == own.dtype:
        own[...] = found


def _names(layers: Sequence[Any]) -> str:
    shown = [layer.name for layer in layers[:20]]
    return ", ".join(shown + ["…"] * (len(layers) > len(shown))) or "none"
