"""Models as files: (config as dict, named arrays) <-> file.

Nothing here knows a class of model or layer. What a layer's config means, and which shapes its
weights must have, the caller decides; this package answers for the file: that it is whole, that
it is what Keras writes, and that a file from a stranger can do no harm.

Writing
    ``write_model(path, config, layers, optimizer=None)`` writes Keras' ``.keras`` file;
    ``write_weights(path, layers, optimizer=None)`` writes Keras' ``.weights.h5`` file. A layer's
    weights come as a `LayerRecord`. The file at `path` is the old one or the new one, whenever
    the process is stopped (`atomic`).
Reading
    ``read_model(path, check=None) -> SavedModel(config, layers, optimizer)``;
    ``read_weights(path, layers, check=None) -> SavedModel`` with the config that it was given.
    ``check(config, layers)`` is called with the shapes in place of the arrays, before memory is
    taken for them, and may raise.

What a reader promises: nothing is unpickled, executed or imported by name; no file but `path` is
opened; memory stays within a small multiple of the file's own size; whatever is damaged is a
`minicnn.errors.FileFormatError` that names the file and the place in it.
"""

from minicnn.saving.keras_archive import read_model, write_model
from minicnn.saving.records import ArrayShape, LayerRecord, LayerShapes, SavedModel
from minicnn.saving.weights_h5 import read_weights, write_weights

__all__ = [
    "ArrayShape",
    "LayerRecord",
    "LayerShapes",
    "SavedModel",
    "read_model",
    "read_weights",
    "write_model",
    "write_weights",
]
