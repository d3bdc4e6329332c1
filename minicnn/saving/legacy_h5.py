"""Keras 2's files, which Keras 3 calls legacy: a whole model, or weights alone, in a plain ``.h5``.

::

    /                          attributes model_config, training_config (JSON), keras_version, backend
    /model_weights             attribute layer_names = conv2d, flatten, dense
    /model_weights/conv2d      attribute weight_names = sequential/conv2d/kernel, …/bias
    /model_weights/conv2d/sequential/conv2d/kernel
    /model_weights/flatten     attribute weight_names, empty
    /model_weights/dropout/minicnn_state/seed_generator/0
    /optimizer_weights         attribute weight_names; the optimizer's variables

A file of weights alone has at its root what a whole model has in ``/model_weights``. The order decides
which weight belongs to which layer. Keras reads only the names that are listed, and so ignores what
minicnn adds.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import Any

from minicnn.atomic import atomic_write
from minicnn.saving import hdf5
from minicnn.saving.hdf5 import Texts
from minicnn.saving.json_files import to_json
from minicnn.saving.keras_archive import KERAS_VERSION
from minicnn.saving.records import Check, Config, LayerRecord, OptimizerRecord, SavedModel

MODEL, OPTIMIZER = "model_weights", "optimizer_weights"
MODEL_CONFIG, TRAINING_CONFIG = "model_config", "training_config"
LAYER_NAMES, WEIGHT_NAMES = "layer_names", "weight_names"
TOP_LEVEL = "top_level_model_weights"  # here Keras stores weights of the model itself
STATE = "minicnn_state"


# Writing


def write_legacy_model(
    path: str | PathLike[str],
    config: Config,
    layers: Iterable[LayerRecord],
    optimizer: OptimizerRecord | None = None,
    metadata: Config | None = None,
) -> None:
    """Write a model as Keras' ``model.save("….h5")`` does.

    The config has ``training_config`` if the model is compiled; the records have names.
    """

    def write(tree: Any) -> None:
        tree.attrs["backend"] = "tensorflow"
        tree.attrs["keras_version"] = KERAS_VERSION
        described = {"class_name": config["class_name"], "config": config["config"]}
        tree.attrs[MODEL_CONFIG] = to_json(described)
        if config.get(TRAINING_CONFIG):
            tree.attrs[TRAINING_CONFIG] = to_json(config[TRAINING_CONFIG])
        _write_layers(tree.create_group(MODEL), config["config"]["name"], layers)
        if optimizer is not None:
            write_arrays(tree.create_group(OPTIMIZER), optimizer.names, optimizer.variables)

    _write_file(path, write, metadata)


def write_legacy_weights(
    path: str | PathLike[str], layers: Iterable[LayerRecord], model_name: str = "sequential"
) -> None:
    """Write weights as Keras 2's ``save_weights("….h5")`` does."""
    _write_file(path, lambda tree: _write_layers(tree, model_name, layers))


def write_arrays(group: Any, names: Sequence[str], arrays: Iterable[Any]) -> None:
    """Write arrays under their names, and the names as an attribute."""
    hdf5.write_names(group, WEIGHT_NAMES, names)
    for name, array in zip(names, arrays, strict=True):
        hdf5.write_array(group, name, array)


def _write_file(
    path: str | PathLike[str], write: Callable[[Any], None], metadata: Config | None = None
) -> None:
    image = hdf5.file_image(write, metadata)
    with atomic_write(path) as file:
        file.write(image)


def _write_layers(group: Any, model_name: str, layers: Iterable[LayerRecord]) -> None:
    layers = [layer for layer in layers if layer.class_name != "InputLayer"]
    hdf5.write_names(group, LAYER_NAMES, [layer.name for layer in layers])
    group.attrs["backend"] = "tensorflow"
    group.attrs["keras_version"] = KERAS_VERSION
    for layer in layers:
        names = layer.weight_names or [str(index) for index in range(len(layer.weights))]
        paths = [f"{model_name}/{layer.name}/{name}" for name in names]
        layer_group = group.create_group(layer.name)
        write_arrays(layer_group, paths, layer.weights)
        for attribute, arrays in layer.state.items():
            for index, array in enumerate(arrays):
                hdf5.write_array(layer_group, f"{STATE}/{attribute}/{index}", array)
    write_arrays(group.create_group(TOP_LEVEL), [], [])


# Reading


def read_legacy_model(path: str | PathLike[str], check: Check | None = None) -> SavedModel:
    """Read the model that `write_legacy_model` or Keras' ``model.save("….h5")`` wrote.

    Its config has ``training_config`` if the model was compiled; no record has a class name.
    """
    path = os.fspath(path)

    def find(tree: Any, texts: Texts) -> SavedModel:
        config = texts.document(tree, MODEL_CONFIG, path)
        if not isinstance(config.get("class_name"), str) or "config" not in config:
            raise ValueError(f"its {MODEL_CONFIG} describes no model")
        config[TRAINING_CONFIG] = texts.document(tree, TRAINING_CONFIG, path)
        weights = hdf5.child_group(tree, MODEL)
        if weights is None:
            raise ValueError(f"it has no group /{MODEL}")
        group = hdf5.child_group(tree, OPTIMIZER)
        optimizer = None
        if group is not None and hdf5.member_names(group):
            names, variables = _find_arrays(group, texts)
            optimizer = OptimizerRecord(variables, names)
        metadata = texts.document(tree, hdf5.METADATA, path)
        return SavedModel(config, _find_layers(weights, texts), optimizer, metadata)

    return hdf5.read_file(path, find, check)


def read_legacy_weights(path: str | PathLike[str], check: Check | None = None) -> SavedModel:
    """Read the weights of a plain ``.h5``, of weights alone or of a whole model."""

    def find(tree: Any, texts: Texts) -> SavedModel:
        group = hdf5.child_group(tree, MODEL)
        return SavedModel({}, _find_layers(tree if group is None else group, texts), None)

    return hdf5.read_file(path, find, check)


def names_layers(group: Any | None) -> bool:
    """Whether a group lists layers."""
    return group is not None and any(f"{LAYER_NAMES}{part}" in group.attrs for part in ("", "0"))


def _find_layers(group: Any, texts: Texts) -> list[LayerRecord]:
    top = hdf5.child_group(group, TOP_LEVEL)
    if top is not None and texts.many(top, WEIGHT_NAMES):
        raise ValueError(f"{top.name} has weights that belong to no layer")
    layers = []
    for layer in texts.many(group, LAYER_NAMES):
        layer_group = hdf5.group_at(group, hdf5.path_names(layer))
        names, datasets = _find_arrays(layer_group, texts)
        state, added = {}, hdf5.child_group(layer_group, STATE)
        for attribute in [] if added is None else hdf5.member_names(added):
            state[attribute] = hdf5.numbered_datasets(hdf5.child_group(added, attribute))
        layers.append(LayerRecord("", layer, datasets, state, names))
    return layers


def _find_arrays(group: Any, texts: Texts) -> tuple[list[str], list[Any]]:
    names = texts.many(group, WEIGHT_NAMES)
    return names, [hdf5.dataset_at(group, name) for name in names]
