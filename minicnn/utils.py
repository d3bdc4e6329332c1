"""Keras' ``utils``: the same names, from where they live here."""

from minicnn.preprocessing import image_dataset_from_directory, normalize, to_categorical
from minicnn.random import set_random_seed

__all__ = ["image_dataset_from_directory", "normalize", "set_random_seed", "to_categorical"]
