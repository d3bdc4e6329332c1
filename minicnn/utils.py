"""Keras' ``utils``: the same names, from where they are defined here."""

from minicnn.backend import clear_session
from minicnn.datasets.get_file import get_file
from minicnn.errors import suggest_names
from minicnn.preprocessing import image_dataset_from_directory, normalize, to_categorical
from minicnn.preprocessing.pictures import array_to_img, img_to_array, load_img, save_img
from minicnn.preprocessing.py_dataset import PyDataset
from minicnn.random import set_random_seed
from minicnn.serialization import (
    custom_object_scope,
    get_custom_objects,
    register_keras_serializable,
)
from minicnn.visualize.plot_model import plot_model

Sequence = PyDataset
"""Keras 2's name of `PyDataset`."""
CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "clear_session",
    "custom_object_scope",
    "get_custom_objects",
    "get_file",
    "image_dataset_from_directory",
    "img_to_array",
    "load_img",
    "normalize",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "set_random_seed",
    "to_categorical",
]

suggest_names(globals())
