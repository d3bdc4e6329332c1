"""Models to files and back: what is in the file is `minicnn.saving`'s business.

Written by the name's ending, read by the content, whatever the name:

================  ==============================  ==========================================
ending            `save_model` writes             `save_weights` writes
================  ==============================  ==========================================
``.keras``        Keras 3's archive
``.weights.h5``                                   Keras 3's weights, with the optimizer's state
``.h5 .hdf5``     the legacy whole model          Keras 2's weights
================  ==============================  ==========================================
"""

from minicnn.models.files.json_text import model_from_json, to_json
from minicnn.models.files.reading import load_model
from minicnn.models.files.weights import load_weights, save_weights
from minicnn.models.files.writing import save_model

__all__ = [
    "load_model",
    "load_weights",
    "model_from_json",
    "save_model",
    "save_weights",
    "to_json",
]
