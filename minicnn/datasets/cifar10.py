"""CIFAR-10: 60,000 colour photographs of 32×32 pixels in ten classes.

Source: A. Krizhevsky 2009, "Learning multiple layers of features from tiny images", technical
report, University of Toronto.
"""

from minicnn.datasets import cifar
from minicnn.datasets.published import Arrays

CLASS_NAMES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
"""Names of the classes 0 to 9."""


def load_data() -> Arrays:
    """Load CIFAR-10: from ``MINICNN_DATA``, else the cache folder, else the network (170 MB).

    Returns
    -------
    x_train : ndarray of uint8, shape (50000, 32, 32, 3)
        Red, green and blue, 0 to 255.
    y_train : ndarray of uint8, shape (50000, 1)
        The class, 0 to 9, named in `CLASS_NAMES`.
    x_test, y_test : the same for 10,000 images

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> x_train.shape, CLASS_NAMES[y_train[0, 0]]           # doctest: +SKIP
    ((50000, 32, 32, 3), 'frog')
    """
    train = [f"cifar-10-batches-bin/data_batch_{part}.bin" for part in range(1, 6)]
    return cifar.load(cifar.CIFAR10, train, ["cifar-10-batches-bin/test_batch.bin"], 1, 0)
