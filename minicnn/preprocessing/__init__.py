"""From a learner's own labels and pictures to the arrays that `fit` takes.

>>> from minicnn.preprocessing import to_categorical
>>> to_categorical([0, 2])
array([[1., 0., 0.],
       [0., 0., 1.]])
"""

from minicnn.preprocessing.digit import prepare_digit
from minicnn.preprocessing.image_folder import image_dataset_from_directory
from minicnn.preprocessing.labels import to_categorical
from minicnn.preprocessing.scaling import normalize

__all__ = ["image_dataset_from_directory", "normalize", "prepare_digit", "to_categorical"]
