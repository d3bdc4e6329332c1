"""Keras' ``utils``: the same names, from where they are defined here."""

from minicnn.preprocessing import image_dataset_from_directory, normalize, to_categorical
from minicnn.preprocessing.pictures import array_to_img, img_to_array, load_img, save_img
from minicnn.preprocessing.py_dataset import PyDataset
from minicnn.random import set_random_seed
from minicnn.visualize.plot_model import plot_model

Sequence = PyDataset
"""Keras 2's name of `PyDataset`."""

__all__ = [
    "PyDataset",
    "Sequence",
    "array_to_img",
    "image_dataset_from_directory",
    "img_to_array",
    "load_img",
    "normalize",
    "plot_model",
    "save_img",
    "set_random_seed",
    "to_categorical",
]
