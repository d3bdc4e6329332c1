"""Weights alone, to files and from them."""

import warnings
from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np

from minicnn.errors import DataWarning
from minicnn.layers import Layer
from minicnn.models.files.matching import matched, mismatch, put, require_fit
from minicnn.models.files.optimizer_state import restored, saved_state
from minicnn.models.files.ready import require_built
from minicnn.models.files.writing import LEGACY, ending_of, record_of, refuse_overwriting
from minicnn.models.sequential import Sequential
from minicnn.saving import (
    Kind,
    LayerShapes,
    SavedModel,
    kind_of,
    read_legacy_weights,
    read_model,
    read_weights,
    write_legacy_weights,
    write_weights,
)


def save_weights(model: Sequential, path: str | PathLike[str], overwrite: bool = True) -> None:
    """Write a model's weights to a file that Keras reads too."""
    ending = ending_of(path, (".weights.h5", *LEGACY), "save_weights", "model.weights.h5")
    require_built(model, "save_weights")
    refuse_overwriting(path, overwrite)
    records = [record_of(layer) for layer in model.layers]
    if ending in LEGACY:
        write_legacy_weights(path, records, model.name)
    else:
        optimizer = None if model.compiled is None else saved_state(model)
        write_weights(path, records, optimizer, model.name)


def load_weights(model: Sequential, path: str | PathLike[str], skip_mismatch: bool = False) -> None:
    """Read a model's weights from a file, of weights alone or of a whole model; all or none."""
    require_built(model, "load_weights")
    fit = matched if skip_mismatch else require_fit

    def check(config: Any, stored: list[LayerShapes]) -> None:
        fit(path, model.layers, stored)

    saved = _read(model.layers, path, check)
    pairs = fit(path, model.layers, saved.layers)
    if skip_mismatch:
        skipped = [(layer, mismatch(layer, record)) for layer, record in pairs]
        pairs = [pair for pair, (_, reason) in zip(pairs, skipped, strict=True) if reason is None]
        for layer, reason in skipped:
            if reason is not None:
                warnings.warn(f"{path}: {layer.describe()} is skipped: {reason}.", DataWarning, 2)
    variables = None if skip_mismatch else _fitting_state(model, saved)
    put(pairs)
    if variables is not None:
        model.optimizer.build(model.trainable_weights)
        model.optimizer.set_state(variables)


def _read(layers: Sequence[Layer], path: str | PathLike[str], check: Any) -> SavedModel:
    kind = kind_of(path)
    if kind is Kind.ARCHIVE:
        return read_model(path, check)
    if kind is Kind.WEIGHTS:
        return read_weights(path, [(type(layer).__name__, layer.name) for layer in layers], check)
    return read_legacy_weights(path, check)


def _fitting_state(model: Sequential, saved: SavedModel) -> list[np.ndarray] | None:
    """Return the optimizer's state, if the file has one that fits the model's own optimizer."""
    if model.compiled is None or saved.optimizer is None:
        return None
    like_it = type(model.optimizer).from_config(model.optimizer.get_config())
    like_it.build(model.trainable_weights)
    variables = restored(like_it, model.trainable_weights, saved.optimizer)
    try:
        with np.errstate(all="ignore"):
            like_it.set_state(variables)
    except (TypeError, ValueError, ArithmeticError):  # of another optimizer, or of none
        return None
    return variables
