"""Keras 2's files, which Keras 3 calls legacy: a whole model, or weights alone, in a plain ``.h5``.

::

    /                   attributes model_config, training_config (JSON), keras_version, backend
    /model_weights      the layers, as `legacy_groups` says
    /optimizer_weights  attribute weight_names; the optimizer's variables
"""

import os
from collections.abc import Iterable
from io import BytesIO
from os import PathLike
from typing import Any

from minicnn.atomic import atomic_write
from minicnn.saving.damage import damage_named
from minicnn.saving.hdf5_access import child_group
from minicnn.saving.hdf5_text import Texts
from minicnn.saving.keras_archive import KERAS_VERSION
from minicnn.saving.legacy_groups import find_arrays, find_layers, write_arrays, write_layers
from minicnn.saving.records import Check, Config, LayerRecord, OptimizerRecord, SavedModel
from minicnn.saving.stored import StoredFile, StoredOptimizer, read_checked
from minicnn.saving.strict_json import parse_json, to_json

MODEL, OPTIMIZER = "model_weights", "optimizer_weights"
MODEL_CONFIG, TRAINING_CONFIG, METADATA = "model_config", "training_config", "minicnn_metadata"


def write_legacy_model(
    path: str | PathLike[str],
    config: Config,
    layers: Iterable[LayerRecord],
    optimizer: OptimizerRecord | None = None,
    metadata: Config | None = None,
) -> None:
    """Write a model as Keras' ``model.save("….h5")`` does; parameters as of `write_model`.

    Parameters
    ----------
    path : path-like
        The file; Keras wants its name to end in ``.h5`` or ``.hdf5``.
    config : dict
        With ``class_name`` and ``config``, and with ``training_config`` if the model is compiled.
    layers : iterable of LayerRecord
        With `weight_names`.
    optimizer : OptimizerRecord, optional
        With `names`.
    metadata : dict, optional
        Notes beside the model.

    Raises
    ------
    OSError
        If the file cannot be written; what was there before is unchanged.
    TypeError, ValueError
        If the config holds what JSON cannot, or a name is too long.
    """
    import h5py

    described = {"class_name": config["class_name"], "config": config["config"]}
    image = BytesIO()
    with h5py.File(image, "w", track_order=False) as tree:
        tree.attrs["backend"] = "tensorflow"
        tree.attrs["keras_version"] = KERAS_VERSION
        tree.attrs[MODEL_CONFIG] = to_json(described)
        if config.get(TRAINING_CONFIG):
            tree.attrs[TRAINING_CONFIG] = to_json(config[TRAINING_CONFIG])
        if metadata:
            tree.attrs[METADATA] = to_json(metadata)
        write_layers(tree.create_group(MODEL), config["config"]["name"], layers, KERAS_VERSION)
        if optimizer is not None:
            write_arrays(tree.create_group(OPTIMIZER), optimizer.names, optimizer.variables)
    with atomic_write(path) as file:
        file.write(image.getvalue())


def write_legacy_weights(
    path: str | PathLike[str], layers: Iterable[LayerRecord], model_name: str = "sequential"
) -> None:
    """Write weights as Keras 2's ``save_weights("….h5")`` does.

    Parameters
    ----------
    path : path-like
    layers : iterable of LayerRecord
        With `weight_names`.
    model_name : str

    Raises
    ------
    OSError
        If the file cannot be written; what was there before is unchanged.
    """
    import h5py

    image = BytesIO()
    with h5py.File(image, "w", track_order=False) as tree:
        write_layers(tree, model_name, layers, KERAS_VERSION)
    with atomic_write(path) as file:
        file.write(image.getvalue())


def read_legacy_model(path: str | PathLike[str], check: Check | None = None) -> SavedModel:
    """Read the model that Keras' ``model.save("….h5")`` or `write_legacy_model` wrote.

    Parameters
    ----------
    path : path-like
        The file, whatever its name.
    check : callable, optional
        ``check(config, layers)`` sees config and shapes before the arrays are read; it may raise.

    Returns
    -------
    SavedModel
        Its config has ``training_config`` if the model was compiled. No layer has a class name:
        which is which, order and config say.

    Raises
    ------
    OSError
        If the file is not there or may not be read.
    FileFormatError
        If it is damaged or of another kind.
    """
    path = os.fspath(path)

    def find(tree: Any) -> StoredFile:
        config = _document(tree, texts, MODEL_CONFIG, path)
        if not isinstance(config.get("class_name"), str) or "config" not in config:
            raise ValueError(f"its {MODEL_CONFIG} describes no model")
        config[TRAINING_CONFIG] = _document(tree, texts, TRAINING_CONFIG, path)
        weights = child_group(tree, MODEL)
        if weights is None:
            raise ValueError(f"it has no group /{MODEL}")
        optimizer = child_group(tree, OPTIMIZER)
        return StoredFile(
            config,
            find_layers(weights, texts),
            None if optimizer is None else _found_optimizer(optimizer, texts),
            _document(tree, texts, METADATA, path),
        )

    with open(path, "rb") as file:
        texts = Texts(file)
        return read_checked(file, path, "its HDF5 tree", find, check)


def read_legacy_weights(path: str | PathLike[str], check: Check | None = None) -> SavedModel:
    """Read the weights of a plain ``.h5``, be it weights alone or those of a whole model.

    Parameters and errors as of `read_legacy_model`.

    Returns
    -------
    SavedModel
        With an empty config and without optimizer.
    """
    path = os.fspath(path)

    def find(tree: Any) -> StoredFile:
        group = child_group(tree, MODEL)
        return StoredFile({}, find_layers(tree if group is None else group, texts), None)

    with open(path, "rb") as file:
        texts = Texts(file)
        return read_checked(file, path, "its HDF5 tree", find, check)


def _found_optimizer(group: Any, texts: Texts) -> StoredOptimizer:
    names, variables = find_arrays(group, texts)
    return StoredOptimizer(variables, names)


def _document(tree: Any, texts: Texts, attribute: str, path: str) -> Config:
    """Return the JSON object that an attribute of the file holds; empty where there is none."""
    text = texts.one(tree, attribute)
    if text is None:
        return {}
    document = parse_json(text, path, f"its {attribute}")
    with damage_named(path, f"its {attribute}"):
        return dict(document or {})
