"""Keras 3's ``.keras`` file: a zip of ``metadata.json``, ``config.json`` and ``model.weights.h5``.

Keras reads the config and the weights and ignores the metadata, where minicnn stores notes of its own.
The members are stored uncompressed.
"""

import os
from collections.abc import Iterable
from os import PathLike
from typing import TYPE_CHECKING, Any

from minicnn.atomic import atomic_write
from minicnn.errors import FileFormatError
from minicnn.saving import records
from minicnn.saving.damaged import unreadable
from minicnn.saving.hdf5 import read_checked
from minicnn.saving.json_files import parse_json, to_json
from minicnn.saving.records import Check, Config, LayerRecord, OptimizerRecord, SavedModel
from minicnn.saving.weights_h5 import TreeFinder, tree_image
from minicnn.saving.zip_files import opened, read_member, write_member

if TYPE_CHECKING:
    from zipfile import ZipFile

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
NOTES = "minicnn"
KERAS_VERSION = "3.15.0"  # whose format this is


def write_model(
    path: str | PathLike[str],
    config: Config,
    layers: Iterable[LayerRecord],
    optimizer: OptimizerRecord | None = None,
    metadata: Config | None = None,
) -> None:
    """Write a model as Keras' ``model.save("….keras")`` does.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.keras"
    >>> layer = {"class_name": "Dense", "config": {"name": "out", "units": 2}}
    >>> config = {"class_name": "Sequential", "config": {"name": "small", "layers": [layer]}}
    >>> write_model(path, config, [LayerRecord("Dense", "out", [np.eye(2), np.zeros(2)])])
    >>> saved = read_model(path)
    >>> saved.config == config, saved.layers[0].name, saved.layers[0].weights[1]
    (True, 'out', array([0., 0.]))
    """
    from zipfile import ZipFile

    notes = {
        "keras_version": KERAS_VERSION,
        "written_by": "minicnn",
        NOTES: records.all_metadata(metadata),
    }
    members = {
        METADATA: to_json(notes).encode(),
        CONFIG: to_json(config).encode(),
        WEIGHTS: tree_image(config["config"]["name"], layers, optimizer),
    }
    with atomic_write(path) as file, ZipFile(file, "w") as archive:
        for name, content in members.items():
            write_member(archive, name, content)


def read_model(path: str | PathLike[str], check: Check | None = None) -> SavedModel:
    """Read the model that `write_model` or Keras' ``model.save`` wrote, whatever the file's name.

    ``check(config, layers)`` sees the config and the unread weights; it may raise.
    """
    path = os.fspath(path)
    with open(path, "rb") as file, opened(file, path) as archive:
        config = parse_json(read_member(archive, CONFIG, path), path, CONFIG)
        layers = _described_layers(config, path)
        weights = read_member(archive, WEIGHTS, path)
        metadata = read_archive_metadata(archive, path)
    saved = read_checked(weights, path, WEIGHTS, TreeFinder(path, config, layers), check)
    return saved._replace(metadata=metadata)


def read_archive_metadata(archive: "ZipFile", path: str) -> Config:
    """Return the metadata of minicnn, {} if there are none."""
    if METADATA not in archive.namelist():
        return {}
    document = parse_json(read_member(archive, METADATA, path), path, METADATA)
    metadata = document.get(NOTES) if isinstance(document, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def _described_layers(config: Any, path: str) -> list[LayerRecord]:
    """Return class, name and nested layers of every layer in a model's config."""
    match config:
        case {"class_name": str(), "config": {"layers": [*layers]}}:
            pass
        case {"class_name": str(name), "config": dict(own)} if "layers" not in own:
            raise FileFormatError(
                f"{path}: holds a model of the class {name}, which describes itself in Python code. "
                "Make the model in your program, save only its weights in Keras, and read them: "
                "model.load_weights('model.weights.h5')."
            )
        case _:
            raise unreadable(path, CONFIG, "it describes no model that is a list of layers")
    records = []
    for index, layer in enumerate(layers):
        match layer:
            case {"class_name": str(class_name), "config": {"name": str(name), **own}}:
                is_model = isinstance(own.get("layers"), list)
                inside = _described_layers(layer, path) if is_model else []
                records.append(LayerRecord(class_name, name, [], layers=inside))
            case _:
                reason = f"its layer {index} has no class_name, or a config without name"
                raise unreadable(path, CONFIG, reason)
    return records
