"""Class numbers in the form that a loss takes them."""

import numpy as np

from minicnn.errors import unknown_name
from minicnn.preprocessing.labels import to_categorical

LABEL_MODES = ("int", "categorical", "binary")


def encode_labels(
    numbers: np.ndarray | None, classes: int, label_mode: str | None
) -> np.ndarray | None:
    """Return class numbers as integers, one-hot vectors, or a column of 0 and 1."""
    if label_mode is not None and label_mode not in LABEL_MODES:
        raise unknown_name("label_mode", label_mode, LABEL_MODES)
    if numbers is None or label_mode is None:
        return None
    if label_mode == "categorical":
        return to_categorical(numbers, classes).astype(np.float32)
    if label_mode == "binary":
        if classes != 2:
            raise ValueError(
                f'label_mode="binary" takes 2 classes, found {classes}: '
                'write label_mode="int" or "categorical".'
            )
        return numbers.astype(np.float32)[:, np.newaxis]
    return numbers
