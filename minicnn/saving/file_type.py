"""The type of a model file, by its content: users choose the endings."""

import os
from enum import Enum
from os import PathLike

from minicnn.errors import FileFormatError
from minicnn.saving.damaged import damage_named, unreadable
from minicnn.saving.hdf5 import METADATA, Texts, child_group
from minicnn.saving.keras_archive import read_archive_metadata
from minicnn.saving.legacy_h5 import MODEL, MODEL_CONFIG, names_layers
from minicnn.saving.records import Config
from minicnn.saving.weights_h5 import root_of
from minicnn.saving.zip_files import opened

ZIP, HDF5 = b"PK", b"\x89HDF\r\n\x1a\n"


class FileType(Enum):
    """The four formats of Keras for models and weights."""

    ARCHIVE = "a whole model (.keras)"
    LEGACY_MODEL = "a whole model (.h5)"
    WEIGHTS = "weights alone (.weights.h5)"
    LEGACY_WEIGHTS = "weights alone (.h5)"


def file_type(path: str | PathLike[str]) -> FileType:
    """Return the type of a file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.keras"
    >>> _ = path.write_bytes(b"")
    >>> file_type(path)
    Traceback (most recent call last):
        ...
    minicnn.errors.FileFormatError: ...model.keras: its beginning cannot be read (it is empty). ...
    """
    path = os.fspath(path)
    if os.path.isdir(path):
        raise FileFormatError(
            f"{path}: is a folder, perhaps a SavedModel of TensorFlow, which is not read. Load it in "
            "Keras 2 and save it as a file: model.save('model.h5')."
        )
    with open(path, "rb") as file:
        start = file.read(len(HDF5))
        if start.startswith(ZIP):
            return FileType.ARCHIVE
        if start == HDF5:
            import h5py

            with damage_named(path, "its HDF5 tree"), h5py.File(file, "r") as tree:
                if MODEL_CONFIG in tree.attrs:
                    return FileType.LEGACY_MODEL
                if names_layers(tree) or names_layers(child_group(tree, MODEL)):
                    return FileType.LEGACY_WEIGHTS
                if root_of(tree) is not None:
                    return FileType.WEIGHTS
                raise ValueError(f"it holds neither a model nor weights, but {sorted(tree)[:10]}")
    reason = "neither a .keras file, which is a zip, nor an .h5 file" if start else "it is empty"
    raise unreadable(path, "its beginning", reason)


def read_metadata(path: str | PathLike[str]) -> Config:
    """Return the metadata that minicnn stored in a model file, without reading its weights.

    >>> import pathlib, tempfile
    >>> from minicnn import Sequential, layers
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.keras"
    >>> Sequential([layers.Dense(1, input_shape=(2,))]).save(path)
    >>> read_metadata(path)
    {}
    """
    import h5py

    path = os.fspath(path)
    type_ = file_type(path)
    with open(path, "rb") as file:
        if type_ is FileType.ARCHIVE:
            with opened(file, path) as archive:
                return read_archive_metadata(archive, path)
        with damage_named(path, "its HDF5 tree"), h5py.File(file, "r") as tree:
            return Texts(file).document(tree, METADATA, path)
