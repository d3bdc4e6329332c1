"""Match a file's weights with a model's layers, and read them."""

from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks, saving
from minicnn.errors import FileFormatError, NotReadyError, warn
from minicnn.interrupts import interrupt_delayed
from minicnn.models.files.optimizer_state import fitting_state
from minicnn.models.structure import keras_class
from minicnn.models.trainer import Trainer
from minicnn.saving import RANDOM_STATE, FileType, LayerRecord, SavedModel

Pairs = list[tuple[Any, LayerRecord]]
"""Layers, or models inside the model, and their parts of a file."""


@interrupt_delayed()
def load_weights(
    model: Trainer,
    filepath: str | PathLike[str],
    skip_mismatch: bool = False,
    by_name: bool = False,
) -> None:
    """Read a model's weights from a file, of weights alone or of a whole model; all or none.

    Parameters
    ----------
    model : Model
        Built.
    filepath : path-like
        A ``.keras`` or ``.h5`` file; the content counts, not the name.
    skip_mismatch : bool
        Whether to leave layers alone, with a warning, whose weights in the file do not fit.
    by_name : bool
        Whether to load only the layers whose names are in the file, an ``.h5`` file of Keras 2's
        format; otherwise the order decides.

    Raises
    ------
    NotReadyError
        If the model has no weights yet.
    OSError
        If the file is missing or may not be read.
    FileFormatError
        If it is damaged, of another format or another model's; then nothing is changed.
    """
    require_built(model, "load_weights")

    def pairs_of(records: Sequence[LayerRecord]) -> Pairs:
        if by_name:
            named = {record.name: record for record in records if record.weights}
            found = [layer for layer in model.layers if layer.name in named and weights_of(layer)]
            pairs = [(layer, named[layer.name]) for layer in found]
        else:
            pairs = paired(filepath, model.layers, records)
        if not skip_mismatch:
            require_fit(filepath, pairs)
        return pairs

    saved = _read(model, filepath, by_name, lambda _, records: pairs_of(records) and None)
    pairs = pairs_of(saved.layers)
    if skip_mismatch:
        for layer, record in pairs:
            reason = mismatch(layer, record)
            if reason is not None:
                warn(f"{filepath}: {layer.describe()} is skipped: {reason}.")
        pairs = [pair for pair in pairs if mismatch(*pair) is None]
    state = None
    if not skip_mismatch and model.compiled is not None and saved.optimizer is not None:
        state = fitting_state(model.optimizer, model.trainable_weights, saved.optimizer)
    assign(pairs)
    if state is not None:
        model.optimizer.build(model.trainable_weights)
        model.optimizer.set_state(state)


def mismatch(layer: Any, record: LayerRecord) -> str | None:
    """Say what does not fit; None if all does."""
    shapes = [weight.shape for weight in weights_of(layer)]
    in_file = [tuple(weight.shape) for weight in record.weights]
    if len(shapes) != len(in_file):
        return f"{layer.describe()} has {len(shapes)} weights, and the file {len(in_file)}"
    for index, (shape, found) in enumerate(zip(shapes, in_file, strict=True)):
        if shape != found:
            name = index if is_model(layer) else layer.weight_names[index]
            return (
                f"the weight {name} of {layer.describe()} has shape {shape}, and that in the file "
                f"{found}"
            )
    return None


def _read(model: Trainer, filepath: str | PathLike[str], by_name: bool, check: Any) -> SavedModel:
    path = checks.path("load_weights", "filepath", filepath)
    found = saving.file_type(path)
    if by_name and found not in (FileType.LEGACY_MODEL, FileType.LEGACY_WEIGHTS):
        raise ValueError(
            f"{path}: by_name=True needs an .h5 file in Keras 2's format, and this is "
            f"{found.value}. Leave by_name out, or use model.save_weights('weights.h5')."
        )
    if found is FileType.ARCHIVE:
        return saving.read_model(path, check)
    if found is FileType.WEIGHTS:
        return saving.read_weights(path, [record_of(layer) for layer in model.layers], check)
    return saving.read_legacy_weights(path, check)


def record_of(layer: Any, flat: bool = False) -> LayerRecord:
    """Return a layer's part of a file; of a model inside the model with the layers in it.

    With `flat`, as in Keras 2's files, such a model has all their weights instead.
    """
    if is_model(layer):
        name = keras_class(layer)
        if not flat:
            return LayerRecord(
                name, layer.name, [], layers=[record_of(part) for part in layer.layers]
            )
        names = [
            f"{part.name}/{weight}" for part in leaves([layer]) for weight in part.weight_names
        ]
        return LayerRecord(name, layer.name, weights_of(layer), weight_names=names)
    seed = getattr(layer, "seed_state", None)
    state = {} if seed is None else {RANDOM_STATE: [seed]}
    return LayerRecord(
        type(layer).__name__, layer.name, layer.get_weights(), state, layer.weight_names
    )


def is_model(layer: Any) -> bool:
    """Whether a layer is a model inside the model."""
    return hasattr(layer, "layers")


def leaves(layers: Iterable[Any]) -> Iterator[Any]:
    """Yield layers, or records, with those inside models in their places."""
    for layer in layers:
        if is_model(layer) and (layer.layers or not isinstance(layer, LayerRecord)):
            yield from leaves(layer.layers)
        else:
            yield layer


def weights_of(layer: Any) -> list[ndarray]:
    """Return the arrays of a layer's weights in the order of a file."""
    if is_model(layer):
        return [*layer.trainable_weights, *layer.non_trainable_weights]
    return layer.weights


def require_built(model: Trainer, method: str) -> None:
    """Raise if the model has no weights yet."""
    if not model.built:
        raise NotReadyError(
            f"the model has no weights yet, and {method} needs them. Call model.build((None, 28, 28, "
            "1)) with the shape of its input first, or train it."
        )


def paired(
    path: str | PathLike[str], layers: Sequence[Any], records: Sequence[LayerRecord]
) -> Pairs:
    """Pair layers with a file's records, in order."""
    if any(record.layers for record in records):  # Keras 3's files keep models apart
        layers, records = list(leaves(layers)), list(leaves(records))
    layers = [layer for layer in layers if type(layer).__name__ != "InputLayer"]
    records = [record for record in records if record.class_name != "InputLayer"]
    counts = [len(weights_of(layer)) for layer in layers]
    if counts != [len(record.weights) for record in records]:
        layers = [layer for layer, count in zip(layers, counts, strict=True) if count]
        records = [record for record in records if record.weights]
    if len(records) != len(layers):
        raise FileFormatError(
            f"{path}: has weights of {len(records)} layers ({_names(records)}), and the model has "
            f"{len(layers)} layers with weights ({_names(layers)}). It is the file of another model."
        )
    return list(zip(layers, records, strict=True))


def require_fit(path: str | PathLike[str], pairs: Pairs) -> None:
    """Raise if the weights of a pair do not fit."""
    for layer, record in pairs:
        reason = mismatch(layer, record)
        if reason is not None:
            raise FileFormatError(f"{path}: {reason}. It is the file of another model.")


def assign(pairs: Pairs) -> None:
    """Copy weights that fit into their layers, and the state of random streams."""
    with np.errstate(all="ignore"):  # a float64 that float32 cannot hold becomes infinite
        for layer, record in pairs:
            for weight, value in zip(weights_of(layer), record.weights, strict=True):
                weight[...] = value
            own, found = getattr(layer, "seed_state", None), record.state.get(RANDOM_STATE)
            # Keras' own streams have another form.
            if own is not None and found and _like(own) == _like(found[0]):
                own[...] = found[0]


def _like(array: ndarray) -> tuple[Any, ...]:
    return array.shape, array.dtype


def _names(layers: Sequence[Any]) -> str:
    shown = [layer.name for layer in layers[:20]]
    return ", ".join(shown + ["…"] * (len(layers) > len(shown))) or "none"
