"""Keras 3's ``.keras`` file: a zip of ``metadata.json``, ``config.json`` and ``model.weights.h5``.

Keras reads the config and the weights, and does not look at the metadata; minicnn keeps notes of its
own there. The members are stored
uncompressed and without dates, so that the same model gives the same bytes.
"""

import os
from collections.abc import Iterable
from io import BytesIO
from os import PathLike
from typing import TYPE_CHECKING, BinaryIO

from minicnn.atomic import atomic_write
from minicnn.saving.damage import damage_named, unreadable
from minicnn.saving.records import Check, Config, LayerRecord, OptimizerRecord, SavedModel
from minicnn.saving.strict_json import parse_json, to_json
from minicnn.saving.weights_tree import read_tree, write_tree
from minicnn.saving.zip_access import read_member

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

    Parameters
    ----------
    path : path-like
        The file; Keras wants its name to end in ``.keras``.
    config : dict
        What ``config.json`` is to say.
    layers : iterable of LayerRecord
        From the first layer to the last; an ``InputLayer`` may be among them.
    optimizer : OptimizerRecord, optional
        Its variables in Keras' order.
    metadata : dict, optional
        Notes beside the model.

    Raises
    ------
    OSError
        If the file cannot be written; what was there before is unchanged.
    TypeError
        If the config holds what JSON cannot.

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

    notes = to_json(
        {"keras_version": KERAS_VERSION, "written_by": "minicnn", NOTES: metadata or {}}
    )
    description = to_json(config)
    weights = BytesIO()
    write_tree(weights, config["config"]["name"], layers, optimizer)
    with atomic_write(path) as file, ZipFile(file, "w") as archive:
        _write_member(archive, METADATA, notes.encode())
        _write_member(archive, CONFIG, description.encode())
        _write_member(archive, WEIGHTS, weights.getvalue())


def _write_member(archive: "ZipFile", name: str, content: bytes) -> None:
    from zipfile import ZipInfo

    entry = ZipInfo(name)  # dated 1980, whatever the clock says
    entry.create_system = 3  # Unix, whatever the machine is
    entry.external_attr = 0o600 << 16  # as Keras' members have it
    archive.writestr(entry, content)


def read_model(path: str | PathLike[str], check: Check | None = None) -> SavedModel:
    """Read the model that Keras' ``model.save`` or `write_model` wrote.

    Parameters
    ----------
    path : path-like
        The file, whatever its name.
    check : callable, optional
        ``check(config, layers)`` sees the config, and the shapes of the weights before they are
        read; it may raise, and what it raises is raised here.

    Returns
    -------
    SavedModel
        Complete: a file that is not whole gives an error and nothing else.

    Raises
    ------
    OSError
        If the file is not there or may not be read.
    FileFormatError
        If it is damaged or of another kind.
    """
    path = os.fspath(path)
    with open(path, "rb") as file:
        config_text, weights, notes = _read_members(file, path)
    config = parse_json(config_text, path, CONFIG)
    layers = _described_layers(config, path)
    saved = read_tree(BytesIO(weights), path, WEIGHTS, config, layers, check)
    return saved._replace(metadata=_noted(notes, path))


def _read_members(file: BinaryIO, path: str) -> tuple[bytes, bytes, bytes]:
    from zipfile import ZipFile

    with damage_named(path, "its zip directory"):
        archive = ZipFile(file)
    with archive:
        noted = METADATA in archive.namelist()
        return (
            read_member(archive, CONFIG, path),
            read_member(archive, WEIGHTS, path),
            read_member(archive, METADATA, path) if noted else b"{}",
        )


def _noted(notes: bytes, path: str) -> Config:
    """Return the notes that minicnn took, none where Keras wrote the file."""
    document = parse_json(notes, path, METADATA)
    found = document.get(NOTES) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _described_layers(config: object, path: str) -> list[tuple[str, str]]:
    """Return class and name of every layer of the config, which is checked this far."""
    match config:
        case {"class_name": str(), "config": {"layers": [*layers]}}:
            return [_described_layer(layer, path, index) for index, layer in enumerate(layers)]
    raise unreadable(path, CONFIG, "it describes no model that is a list of layers")


def _described_layer(layer: object, path: str, index: int) -> tuple[str, str]:
    match layer:
        case {"class_name": str(class_name), "config": {"name": str(name)}}:
            return class_name, name
    raise unreadable(path, CONFIG, f"its layer {index} has no class_name, or a config without name")
