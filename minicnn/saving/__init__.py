"""Models as files: (config as dict, named arrays) <-> file.

Nothing here knows a class of model or layer. What a layer's config means, and which shapes its
weights must have, the caller decides; this package answers for the file: that it is whole, that
it is what Keras writes, and that a file from a stranger can do no harm.

`kind_of(path)` tells, by the content, which of Keras' four kinds of file this is:

===============================  ======================  =====================
Keras' file                      written by              read by
===============================  ======================  =====================
``.keras``, a whole model        `write_model`           `read_model`
``.h5``, a whole model           `write_legacy_model`    `read_legacy_model`
``.weights.h5``, weights alone   `write_weights`         `read_weights`
``.h5``, Keras 2's weights       `write_legacy_weights`  `read_legacy_weights`
===============================  ======================  =====================

A layer's weights come and go as a `LayerRecord`, the optimizer's state as an `OptimizerRecord`. The
file at `path` is the old one or the new one, whenever the process is stopped (`atomic`). A reader
returns a `SavedModel`; before it takes memory for arrays it calls ``check(config, layers)`` with
their shapes, which may raise.

What a reader promises: nothing is unpickled, executed or imported by name; no file but `path` is
opened; memory stays within a small multiple of the file's own size; whatever is damaged is a
`minicnn.errors.FileFormatError` that names the file and the place in it.
"""

from minicnn.saving.json_file import read_json, write_json
from minicnn.saving.keras_archive import read_model, write_model
from minicnn.saving.kinds import Kind, kind_of
from minicnn.saving.legacy_h5 import (
    read_legacy_model,
    read_legacy_weights,
    write_legacy_model,
    write_legacy_weights,
)
from minicnn.saving.records import (
    ArrayShape,
    LayerRecord,
    LayerShapes,
    OptimizerRecord,
    SavedModel,
)
from minicnn.saving.state_file import read_state, write_state
from minicnn.saving.strict_json import parse_json, to_json
from minicnn.saving.weights_h5 import read_weights, write_weights

__all__ = [
    "ArrayShape",
    "Kind",
    "LayerRecord",
    "LayerShapes",
    "OptimizerRecord",
    "SavedModel",
    "kind_of",
    "parse_json",
    "read_json",
    "read_legacy_model",
    "read_legacy_weights",
    "read_model",
    "read_state",
    "read_weights",
    "to_json",
    "write_json",
    "write_legacy_model",
    "write_legacy_weights",
    "write_model",
    "write_state",
    "write_weights",
]
