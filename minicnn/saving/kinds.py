"""What kind of file this is, by its content: endings are chosen by people."""

import os
from enum import Enum
from os import PathLike
from typing import Any, BinaryIO

from minicnn.saving.damage import damage_named, unreadable
from minicnn.saving.hdf5_access import child_group
from minicnn.saving.legacy_groups import LAYER_NAMES
from minicnn.saving.legacy_h5 import MODEL, MODEL_CONFIG
from minicnn.saving.stored_tree import LAYERS, LAYERS_OF_TF_2_13

ZIP, HDF5 = b"PK", b"\x89HDF\r\n\x1a\n"


class Kind(Enum):
    """The four kinds of file that Keras has had for models and weights."""

    ARCHIVE = "a whole model (.keras)"
    LEGACY_MODEL = "a whole model (.h5)"
    WEIGHTS = "weights alone (.weights.h5)"
    LEGACY_WEIGHTS = "weights alone (.h5)"


def kind_of(path: str | PathLike[str]) -> Kind:
    """Return what kind of file this is.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Kind

    Raises
    ------
    OSError
        If the file is not there or may not be read.
    FileFormatError
        If it is none of them.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.keras"
    >>> _ = path.write_bytes(b"")
    >>> kind_of(path)
    Traceback (most recent call last):
        ...
    minicnn.errors.FileFormatError: ...model.keras: its beginning cannot be read (it is empty). ...
    """
    path = os.fspath(path)
    with open(path, "rb") as file:
        start = file.read(len(HDF5))
        if start.startswith(ZIP):
            return Kind.ARCHIVE
        if start == HDF5:
            return _kind_of_hdf5(file, path)
    reason = "it is no .keras file, which is a zip, and no .h5 file" if start else "it is empty"
    raise unreadable(path, "its beginning", reason)


def _kind_of_hdf5(file: BinaryIO, path: str) -> Kind:
    import h5py

    with damage_named(path, "its HDF5 tree"), h5py.File(file, "r") as tree:
        if MODEL_CONFIG in tree.attrs:
            return Kind.LEGACY_MODEL
        if _names_layers(tree) or _names_layers(child_group(tree, MODEL)):
            return Kind.LEGACY_WEIGHTS
        for name in (LAYERS, LAYERS_OF_TF_2_13):
            if child_group(tree, name) is not None:
                return Kind.WEIGHTS
        raise ValueError(f"it holds neither a model nor weights, but {sorted(tree)[:10]}")


def _names_layers(group: Any | None) -> bool:
    return group is not None and any(f"{LAYER_NAMES}{part}" in group.attrs for part in ("", "0"))
