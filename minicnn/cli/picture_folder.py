"""A learner's own pictures: a folder that holds a folder for each class."""

import numpy as np
from numpy import ndarray

from minicnn.cli.image_data import ImageData
from minicnn.cli.picture import read_for_model
from minicnn.errors import DataError
from minicnn.preprocessing.folder import find_pictures

SHAPE = (28, 28, 1)  # as MNIST's
TEST_SHARE = 5  # every fifth picture of a class


def load_folder(folder: str) -> ImageData:
    """Read all pictures, grey and 28×28; the last fifth of each class is kept to test with."""
    found = find_pictures(folder, "inferred")
    assert found.classes is not None
    assert found.class_names is not None
    counts = np.bincount(found.classes, minlength=len(found.class_names))
    if len(counts) < 2:
        raise DataError(
            f"{folder} has one class only, {found.class_names[0]}: it takes two to tell apart."
        )
    if counts.min() < 2:
        few = found.class_names[int(counts.argmin())]
        raise DataError(
            f"{folder}: the class {few} has {counts.min()} pictures, and it takes at least two: "
            "one to learn from, one to test with."
        )
    images = np.stack([read_for_model(path, SHAPE) for path in found.paths])
    test = _last_of_each_class(found.classes)
    train = np.random.default_rng(0).permutation(np.flatnonzero(~test))
    test = np.random.default_rng(0).permutation(np.flatnonzero(test))
    return ImageData(
        folder,
        images[train],
        found.classes[train],
        images[test],
        found.classes[test],
        found.class_names,
    )


def _last_of_each_class(numbers: ndarray) -> ndarray:
    """Mark the last fifth of each class, one picture at least."""
    marked = np.zeros(len(numbers), bool)
    for number in np.unique(numbers):
        places = np.flatnonzero(numbers == number)
        marked[places[-max(1, len(places) // TEST_SHARE) :]] = True
    return marked
