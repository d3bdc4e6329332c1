"""Keras' module ``preprocessing.image``: the same names, from where they are defined here."""

from minicnn.preprocessing.image_dataset import image_dataset_from_directory, smart_resize
from minicnn.preprocessing.image_generator import ImageDataGenerator
from minicnn.preprocessing.image_iterators import (
    DataFrameIterator,
    DirectoryIterator,
    Iterator,
    NumpyArrayIterator,
)
from minicnn.preprocessing.picture_transformer import apply_affine_transform
from minicnn.preprocessing.pictures import array_to_img, img_to_array, load_img, save_img

__all__ = [
    "DataFrameIterator",
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "apply_affine_transform",
    "array_to_img",
    "image_dataset_from_directory",
    "img_to_array",
    "load_img",
    "save_img",
    "smart_resize",
]
