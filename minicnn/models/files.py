"""Models to files and back: what is in the file is `minicnn.saving`'s business."""

import warnings
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np

from minicnn.errors import DataWarning, FileFormatError, NotReadyError, ShapeError, UnknownNameError
from minicnn.layers import Dropout, InputLayer, Layer
from minicnn.models.sequential import Sequential
from minicnn.saving import LayerRecord, LayerShapes, read_model, write_model


def save_model(model: Sequential, path: str | PathLike[str]) -> None:
    """Write a model to a `.keras` file: layers, weights, and where compiled, optimizer and loss.

    Keras reads the file too. At `path` stands the old file or the whole new one, whatever happens.

    Parameters
    ----------
    model : Sequential
        Built.
    path : path-like
        Ending in ``.keras``.

    Raises
    ------
    NotReadyError
        If the model has no weights yet.
    ValueError
        If `path` does not end in ``.keras``.
    OSError
        If the file cannot be written; what was there before is unchanged.
    """
    if not str(path).endswith(".keras"):
        raise ValueError(
            f"save writes .keras files, got {str(path)!r}. Write model.save('model.keras')."
        )
    if not model.built:
        raise NotReadyError(
            "the model has no weights to save yet. Call model.build((None, 28, 28, 1)) with the "
            "shape of its input, or train it first."
        )
    compiled = model.compiled
    variables = None
    if compiled is not None:
        if not compiled.optimizer.built:
            compiled.optimizer.build(model.trainable_weights)
        variables = compiled.optimizer.variables
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": model.get_config(),
        "registered_name": None,
        "build_config": {"input_shape": model.input_shape},
        "compile_config": {} if compiled is None else compiled.get_config(),
    }
    write_model(path, config, [_record(layer) for layer in model.layers], variables)


def load_model(
    path: str | PathLike[str],
    custom_objects: Mapping[str, type[Layer]] | None = None,
    compile: bool = True,  # noqa: A002 (Keras' name)
) -> Sequential:
    """Read a model that minicnn or Keras 3 saved.

    Parameters
    ----------
    path : path-like
        A `.keras` file, whatever its name.
    custom_objects : dict of str to class, optional
        Layers of your own, by name of their class. Nothing else is looked up by name.
    compile : bool
        Whether to compile the model as it was, with the optimizer's state.

    Returns
    -------
    Sequential

    Raises
    ------
    OSError
        If the file is not there or may not be read.
    FileFormatError
        If it is damaged, of another kind, or asks for what minicnn does not have.
    """
    made: list[Sequential] = []

    def make(config: dict[str, Any], shapes: list[LayerShapes]) -> None:
        made.append(_model_of(path, config, custom_objects))
        _check_shapes(path, made[0], shapes)

    saved = read_model(path, check=make)
    model = made[0]
    records = [record for record in saved.layers if record.class_name != "InputLayer"]
    for layer, record in zip(model.layers, records, strict=True):
        layer.set_weights(record.weights)
        _restore_state(layer, record)
    choice = saved.config.get("compile_config")
    if compile and choice:
        _compile(model, choice, saved.optimizer, path)
    return model


def _record(layer: Layer) -> LayerRecord:
    """Return a layer's part of the file."""
    record = LayerRecord(type(layer).__name__, layer.name, layer.get_weights())
    if isinstance(layer, Dropout):
        return record._replace(state={"seed_generator": [layer.seed_state]})
    return record


def _restore_state(layer: Layer, record: LayerRecord) -> None:
    """Take over what a layer keeps besides its weights: how far the dropout's stream has come."""
    saved = record.state.get("seed_generator")
    if isinstance(layer, Dropout) and saved and np.shape(saved[0]) == layer.seed_state.shape:
        layer.seed_state[...] = saved[0]


def _model_of(path: Any, config: dict[str, Any], custom_objects: Any) -> Sequential:
    """Make the model that a file's config describes, with new weights."""
    if config.get("class_name") != "Sequential":
        raise FileFormatError(
            f"{path}: holds a model of class {config.get('class_name')!r}; minicnn reads Sequential."
        )
    try:
        model = Sequential.from_config(config["config"], custom_objects)
        if not model.built:
            shape = (config.get("build_config") or {}).get("input_shape")
            model.build(None if shape is None else tuple(shape))
    except UnknownNameError as error:
        raise FileFormatError(
            f"{path}: {error} A layer of your own goes to load_model(path, custom_objects="
            "{'MyLayer': MyLayer})."
        ) from error
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, NotReadyError) as error:
        raise FileFormatError(f"{path}: its config makes no model: {error}") from error
    return model


def _check_shapes(path: Any, model: Sequential, shapes: list[LayerShapes]) -> None:
    """Compare the model's weights with those in the file, before these are read."""
    stored = [layer for layer in shapes if layer.class_name != InputLayer.__name__]
    if len(stored) != len(model.layers):
        raise FileFormatError(
            f"{path}: {len(stored)} layers with weights for a model of {len(model.layers)}."
        )
    for layer, found in zip(model.layers, stored, strict=True):
        expected = [weight.shape for weight in layer.weights]
        got = [weight.shape for weight in found.weights]
        if expected != got:
            raise FileFormatError(
                f"{path}: the weights of {layer.describe()} should have shapes {expected}, and those "
                f"in the file have {got}."
            )


def _compile(
    model: Sequential, choice: dict[str, Any], variables: list[np.ndarray] | None, path: Any
) -> None:
    """Compile as the file says, and give the optimizer its state back."""
    try:
        model.compile(
            optimizer=choice.get("optimizer"),
            loss=choice.get("loss"),
            metrics=choice.get("metrics"),
            weighted_metrics=choice.get("weighted_metrics"),
        )
    except (TypeError, ValueError, AttributeError) as error:
        warnings.warn(
            f"{path}: the model was loaded but not compiled: {error} Call model.compile(...).",
            DataWarning,
            stacklevel=3,
        )
        model.compiled = None
        return
    if variables is None or len(variables) <= 2:
        return  # compiled, but never trained
    model.optimizer.build(model.trainable_weights)
    try:
        model.optimizer.set_state(variables)
    except (ShapeError, ValueError) as error:
        raise FileFormatError(f"{path}: its optimizer's state does not fit: {error}") from error
