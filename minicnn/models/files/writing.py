"""Whole models to files."""

import os
from os import PathLike
from typing import Any

from minicnn.layers import Dropout, Layer
from minicnn.models.files import keras2
from minicnn.models.files.keras2_optimizer import keras2_state
from minicnn.models.files.optimizer_state import saved_state
from minicnn.models.files.ready import require_built
from minicnn.models.sequential import Sequential
from minicnn.saving import LayerRecord, write_legacy_model, write_model

LEGACY = (".h5", ".hdf5")


def save_model(
    model: Sequential,
    path: str | PathLike[str],
    overwrite: bool = True,
    include_optimizer: bool = True,
) -> None:
    """Write a model to a file: layers, weights, and where compiled, optimizer, loss and metrics.

    Keras reads the file too: a ``.keras`` file Keras 3, an ``.h5`` file Keras 2 and 3. At `path` stands
    the old file or the whole new one, whatever happens.

    The optimizer's state comes along, but Keras 3 (seen with 3.15) does not take it from any ``.h5``,
    not even from its own: there, call ``model.compile`` before training on, or write ``.keras``.

    Parameters
    ----------
    model : Sequential
        Built.
    path : path-like
        Ending in ``.keras``, or in ``.h5`` or ``.hdf5`` for the format of Keras 2.
    overwrite : bool
        Whether a file that is there is replaced; else it is an error.
    include_optimizer : bool
        Whether the file says how the model was compiled, and keeps the optimizer's state.

    Raises
    ------
    NotReadyError
        If the model has no weights yet.
    ValueError
        If `path` has another ending.
    OSError
        If the file cannot be written; what was there before is unchanged.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from minicnn import layers
    >>> from minicnn.models import Sequential, load_model
    >>> model = Sequential([layers.Input((3,)), layers.Dense(2)])
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.keras"
    >>> save_model(model, path)
    >>> load_model(path).count_params()
    8
    """
    ending = ending_of(path, (".keras", *LEGACY), "save", "model.keras")
    require_built(model, "save")
    refuse_overwriting(path, overwrite)
    compiled = model.compiled if include_optimizer else None
    config: dict[str, Any] = {
        "module": "keras",
        "class_name": "Sequential",
        "config": model.get_config(),
        "registered_name": None,
    }
    records = [record_of(layer) for layer in model.layers]
    notes = {"trained_range": model.trained_range} if model.trained_range else {}
    if ending == ".keras":
        config["build_config"] = {"input_shape": model.input_shape}
        config["compile_config"] = {} if compiled is None else compiled.get_config()
        state = None if compiled is None else saved_state(model)
        write_model(path, config, records, state, notes)
    else:
        config["config"] = keras2.spelled(config["config"])
        if compiled is not None:
            config["training_config"] = keras2.training_config(compiled)
        state = None if compiled is None else keras2_state(model)
        write_legacy_model(path, config, records, state, notes)


def record_of(layer: Layer) -> LayerRecord:
    """Return a layer's part of a file."""
    state = {"seed_generator": [layer.seed_state]} if isinstance(layer, Dropout) else {}
    return LayerRecord(
        type(layer).__name__, layer.name, layer.get_weights(), state, layer.weight_names
    )


def ending_of(
    path: str | PathLike[str], endings: tuple[str, ...], method: str, example: str
) -> str:
    """Return which of the endings a path has."""
    name = os.fspath(path).lower()
    for ending in endings:
        if name.endswith(ending):
            return ending
    raise ValueError(
        f"{method} writes files whose names end in {', '.join(endings)}; got {os.fspath(path)!r}. "
        f"Write model.{method}({example!r})."
    )


def refuse_overwriting(path: str | PathLike[str], overwrite: bool) -> None:
    """Raise if a file is there that is not to be replaced."""
    if not overwrite and os.path.exists(path):
        raise FileExistsError(
            f"{os.fspath(path)} is there already, and overwrite=False. Choose another name."
        )
