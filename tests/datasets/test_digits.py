import numpy as np

from minicnn.datasets import digits


def test_digits():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert x_train.shape == (1437, 8, 8)
    assert x_test.shape == (360, 8, 8)
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert (x_train.min(), x_train.max(), x_test.max()) == (0, 16, 16)
    # The first image as scikit-learn's documentation prints it: a 0, second row 0, 0, 13, 15, …
    assert y_train[:10].tolist() == list(range(10))
    assert x_train[0, 1].tolist() == [0, 0, 13, 15, 10, 15, 5, 0]
    assert y_test[-3:].tolist() == [8, 9, 8]
    assert np.bincount(np.concatenate([y_train, y_test])).sum() == 1797
    assert np.unique(y_test).tolist() == list(range(10))


def test_the_split_is_fixed():
    first, second = digits.load_data(), digits.load_data()
    for one, other in zip(first, second, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    first[0][0][:] = 0  # everybody gets arrays of their own
    assert digits.load_data()[0][0].max() == 16
