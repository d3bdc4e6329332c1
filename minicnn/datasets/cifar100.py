"""CIFAR-100: 60,000 colour photographs of 32×32 pixels in 100 classes, grouped into 20.

Source: A. Krizhevsky 2009, "Learning multiple layers of features from tiny images", technical
report, University of Toronto.
"""

from minicnn.datasets import cifar
from minicnn.datasets.published import Arrays
from minicnn.errors import unknown_name

LABEL_MODES = ("coarse", "fine")


def load_data(label_mode: str = "fine") -> Arrays:
    """Load CIFAR-100: from ``MINICNN_DATA``, else the cache folder, else the network (169 MB).

    Parameters
    ----------
    label_mode : {"fine", "coarse"}, optional
        For 100 classes, or 20 groups of them.

    Returns
    -------
    x_train : ndarray of uint8, shape (50000, 32, 32, 3)
        Red, green and blue, 0 to 255.
    y_train : ndarray of uint8, shape (50000, 1)
        The class, 0 to 99 or 0 to 19.
    x_test, y_test : the same for 10,000 images

    Raises
    ------
    UnknownNameError
        If `label_mode` is neither.

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> x_train.shape, int(y_train.max())                   # doctest: +SKIP
    ((50000, 32, 32, 3), 99)
    """
    if label_mode not in LABEL_MODES:
        raise unknown_name("label_mode", label_mode, LABEL_MODES)
    files = ["cifar-100-binary/train.bin"], ["cifar-100-binary/test.bin"]
    return cifar.load(cifar.CIFAR100, *files, 2, LABEL_MODES.index(label_mode))
