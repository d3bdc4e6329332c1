"""From labels and pictures to the arrays that `fit` takes.

>>> from minicnn.preprocessing import to_categorical
>>> to_categorical([0, 2])
array([[1., 0., 0.],
       [0., 0., 1.]])
"""

from minicnn.errors import suggest_names
from minicnn.preprocessing import image
from minicnn.preprocessing.arrays import normalize, to_categorical
from minicnn.preprocessing.digit import prepare_digit
from minicnn.preprocessing.image_dataset import image_dataset_from_directory

__all__ = ["image", "image_dataset_from_directory", "normalize", "prepare_digit", "to_categorical"]

suggest_names(globals())
