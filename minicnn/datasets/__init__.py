"""Pictures to learn from: files in, uint8 arrays out.

`mnist` and `fashion_mnist` are read from ``MINICNN_DATA`` or the user's cache folder, or downloaded
once; `digits` needs no network.

>>> from minicnn.datasets import digits
>>> (x_train, y_train), (x_test, y_test) = digits.load_data()
>>> x_train.shape, x_test.shape
((1437, 8, 8), (360, 8, 8))
"""

from minicnn.datasets import digits, fashion_mnist, mnist

__all__ = ["digits", "fashion_mnist", "mnist"]
