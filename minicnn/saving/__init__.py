"""Model files: a config and named arrays to a file, and back.

Nothing here knows a class of model or layer. The caller decides what a layer's config means and which
shapes its weights must have; this package guarantees that the file is whole, that it is what Keras
writes, and that a file from an untrusted source can do no harm.

`file_type(path)` tells which of Keras' four formats a file has, by its content:

===============================  ======================  =====================
Keras' file                      written by              read by
===============================  ======================  =====================
``.keras``, a whole model        `write_model`           `read_model`
``.h5``, a whole model           `write_legacy_model`    `read_legacy_model`
``.weights.h5``, weights alone   `write_weights`         `read_weights`
``.h5``, Keras 2's weights       `write_legacy_weights`  `read_legacy_weights`
===============================  ======================  =====================

A layer's weights are a `LayerRecord`, the optimizer's state an `OptimizerRecord`. Writing is atomic. A
reader returns a `SavedModel`; before it reads the arrays it calls ``check(config, layers)`` with their
shapes, which may raise.

Reading is safe: nothing is unpickled, executed or imported by name; no file but `path` is opened;
memory stays within a small multiple of the file's own size; all damage is reported as a
`minicnn.errors.FileFormatError` that names the file and the part of it.
"""

from minicnn.saving.file_type import FileType, file_type, read_metadata
from minicnn.saving.json_files import parse_json, to_json
from minicnn.saving.keras_archive import read_model, write_model
from minicnn.saving.legacy_h5 import (
    read_legacy_model,
    read_legacy_weights,
    write_legacy_model,
    write_legacy_weights,
)
from minicnn.saving.records import (
    RANDOM_STATE,
    LayerRecord,
    OptimizerRecord,
    SavedModel,
    metadata_added,
)
from minicnn.saving.state_file import read_state, write_state
from minicnn.saving.weights_h5 import read_weights, write_weights

__all__ = [
    "RANDOM_STATE",
    "FileType",
    "LayerRecord",
    "OptimizerRecord",
    "SavedModel",
    "file_type",
    "metadata_added",
    "parse_json",
    "read_legacy_model",
    "read_legacy_weights",
    "read_metadata",
    "read_model",
    "read_state",
    "read_weights",
    "to_json",
    "write_legacy_model",
    "write_legacy_weights",
    "write_model",
    "write_state",
    "write_weights",
]
