import numpy as np
import pytest

from minicnn.datasets import fashion_mnist, mnist


@pytest.mark.mnist
def test_real_mnist(real_mnist):
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    assert x_train.shape == (60_000, 28, 28)
    assert x_test.shape == (10_000, 28, 28)
    assert y_train.shape == (60_000,)
    assert y_test.shape == (10_000,)
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert y_test[:5].tolist() == [7, 2, 1, 0, 4]
    # Mean and deviation as everybody normalises MNIST by.
    assert x_train.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert x_train.std() / 255 == pytest.approx(0.3081, abs=5e-5)
    assert np.bincount(y_train).tolist() == [
        *(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    ]


@pytest.mark.parametrize("data_set", [mnist.MNIST, fashion_mnist.FASHION_MNIST])
def test_what_is_published(data_set):
    files = data_set.files
    assert [file.name for file in files] == [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ]
    assert len({file.sha256 for file in files}) == 4
    assert all(len(bytes.fromhex(file.sha256)) == 32 for file in files)
    assert len(data_set.mirrors) >= 3
    assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in data_set.mirrors)


def test_fashion_has_ten_classes():
    assert len(set(fashion_mnist.CLASS_NAMES)) == 10
    assert fashion_mnist.CLASS_NAMES[9] == "Ankle boot"
