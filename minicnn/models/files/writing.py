"""Write whole models, and models' weights."""

import os
from os import PathLike
from typing import Any

from minicnn import checks, saving
from minicnn.interrupts import interrupt_delayed
from minicnn.models.config import model_to_config
from minicnn.models.files import keras2
from minicnn.models.files.optimizer_state import keras2_state, saved_state
from minicnn.models.files.weights import record_of, require_built
from minicnn.models.trainer import Trainer
from minicnn.saving import LayerRecord

LEGACY = (".h5", ".hdf5")


@interrupt_delayed()
def save_model(
    model: Trainer,
    filepath: str | PathLike[str],
    overwrite: bool = True,
    include_optimizer: bool = True,
    save_format: str | None = None,
) -> None:
    """Write a model to a file: layers, weights, and if compiled, optimizer, loss and metrics.

    Keras reads the file too: a ``.keras`` file Keras 3, an ``.h5`` file Keras 2 and 3. Saving is
    atomic: after a crash you have the old file or the new one.

    An ``.h5`` file holds the optimizer's state, but Keras 3 (tested: 3.15) ignores the state in any
    ``.h5`` file, its own included: there, call ``model.compile`` before training on, or use ``.keras``.
    Of graphs with models inside, Keras 3 reads only ``.keras`` files.

    Parameters
    ----------
    model : Model
        Built.
    filepath : path-like
        Ending in ``.keras``, or in ``.h5`` or ``.hdf5`` for the format of Keras 2. Missing folders
        are made.
    overwrite : bool
        Whether to replace an existing file; otherwise it is an error.
    include_optimizer : bool
        Whether to save how the model was compiled, and the optimizer's state.
    save_format : {"keras", "h5"}, optional
        As in Keras 2, decides the format instead of the ending.

    Raises
    ------
    NotReadyError
        If the model has no weights yet.
    ValueError
        If `filepath` has another ending.
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
    endings = (".keras", *LEGACY)
    ending, records = _prepared(model, "save", filepath, endings, overwrite, save_format)
    compiled = model.compiled if include_optimizer else None
    config = model_to_config(model)
    notes = {"trained_range": model.trained_range} if model.trained_range else {}
    if ending == ".keras":
        config["compile_config"] = {} if compiled is None else compiled.get_config()
        state = None if compiled is None else saved_state(model)
        saving.write_model(filepath, config, records, state, notes)
    else:
        config["config"] = keras2.spelled(config["config"])
        if compiled is not None:
            config["training_config"] = keras2.training_config(compiled)
        state = None if compiled is None else keras2_state(model)
        saving.write_legacy_model(filepath, config, records, state, notes)


@interrupt_delayed()
def save_weights(
    model: Trainer,
    filepath: str | PathLike[str],
    overwrite: bool = True,
    save_format: str | None = None,
) -> None:
    """Write a model's weights to a ``.weights.h5``, ``.h5`` or ``.hdf5`` file, which Keras reads too."""
    endings = (".weights.h5", *LEGACY)
    ending, records = _prepared(model, "save_weights", filepath, endings, overwrite, save_format)
    if ending in LEGACY:
        saving.write_legacy_weights(filepath, records, model.name)
    else:
        saving.write_weights(filepath, records, saved_state(model), model.name)


def model_to_json(model: Trainer, **options: Any) -> str:
    """Return a model's layers as JSON, which Keras' `model_from_json` reads too."""
    return saving.to_json(model_to_config(model), **options)


def _prepared(
    model: Trainer,
    method: str,
    path: str | PathLike[str],
    endings: tuple[str, ...],
    overwrite: bool,
    save_format: str | None,
) -> tuple[str, list[LayerRecord]]:
    """Return the ending that decides the format, and the layers' parts of the file."""
    name = checks.path(method, "filepath", path).lower()
    found = [ending for ending in endings if name.endswith(ending)]
    if save_format is not None and not found:
        formats = {"h5": ".h5", "hdf5": ".h5", "keras": ".keras", "tf": ""}
        chosen = formats[checks.choice(method, "save_format", save_format, tuple(formats))]
        found = [chosen] if chosen in endings else []
    if not found:
        raise ValueError(
            f"{method} takes the name of a file that ends in {', '.join(endings)}; got "
            f"{os.fspath(path)!r}. Write model.{method}('model{endings[0]}')."
        )
    require_built(model, method)
    if not overwrite and os.path.exists(path):
        raise FileExistsError(f"{os.fspath(path)} exists, and overwrite=False. Use another name.")
    names = [layer.name for layer in model.layers]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f'{names.count(name)} layers are named "{name}": the file could not be loaded. Rename '
                f'them first: model.layers[{names.index(name)}].name = "{name}_1".'
            )
    return found[0], [record_of(layer, found[0] in LEGACY) for layer in model.layers]
