"""Data sets: published files in, uint8 arrays out.

`mnist`, `fashion_mnist`, `cifar10` and `cifar100` are read from ``MINICNN_DATA`` or the user's cache
folder, or downloaded once; `digits` needs no network. Every file is checked by its SHA-256 before it
is read. A file that can be neither found nor downloaded is a `DataError` that says what to do; one
under ``MINICNN_DATA`` that is not the published one is a `FileFormatError`.

>>> from minicnn.datasets import digits
>>> (x_train, y_train), (x_test, y_test) = digits.load_data()
>>> x_train.shape, x_test.shape
((1437, 8, 8), (360, 8, 8))
"""

from minicnn.datasets import cifar10, cifar100, digits, fashion_mnist, mnist
from minicnn.errors import suggest_names

__all__ = ["cifar10", "cifar100", "digits", "fashion_mnist", "mnist"]

suggest_names(globals())
