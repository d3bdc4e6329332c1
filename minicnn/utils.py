"""Keras' ``utils``: the same names, from where they live here."""

from minicnn.preprocessing import image_dataset_from_directory, normalize, to_categorical
from minicnn.random import set_random_seed
from minicnn.visualize.plot_model import plot_model

__all__ = [
    "image_dataset_from_directory",
    "normalize",
    "plot_model",
    "set_random_seed",
    "to_categorical",
]
