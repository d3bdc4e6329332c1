"""Digits: 1,797 handwritten digits of 8×8 pixels, installed with scikit-learn.

Source: E. Alpaydin, C. Kaynak 1998, "Optical recognition of handwritten digits", UCI Machine
Learning Repository (its test part).
"""

import numpy as np

from minicnn.datasets.published import Arrays

TEST_IMAGES = 360  # the last fifth


def load_data() -> Arrays:
    """Load the digits: the first 1,437 to train with, the last 360 to test.

    They keep their published order, so the split is always the same. Neighbours in that order are
    often by the same writer, so most test digits are by writers that are not in the training part.

    Returns
    -------
    x_train : ndarray of uint8, shape (1437, 8, 8)
        Grey values from 0, the background, to **16**, full ink: divide by 16, not by 255.
    y_train : ndarray of uint8, shape (1437,)
        The digit, 0 to 9.
    x_test, y_test : the same for 360 images

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_train.dtype, int(x_train.max())
    ((1437, 8, 8), dtype('uint8'), 16)
    """
    from sklearn.datasets import load_digits

    published = load_digits()
    images, labels = published.images.astype(np.uint8), published.target.astype(np.uint8)
    train, test = slice(-TEST_IMAGES), slice(-TEST_IMAGES, None)
    return (images[train], labels[train]), (images[test], labels[test])
