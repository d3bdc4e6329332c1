import numpy as np
import pytest

from minicnn.cli.data import load_images
from minicnn.errors import DataError


def test_digits_have_pixels_as_picture_files_do():
    data = load_images("digits")
    assert data.x_train.dtype == np.uint8
    assert data.x_train.shape == (1437, 8, 8, 1)
    assert data.x_test.shape == (360, 8, 8, 1)
    assert (data.x_train.min(), data.x_train.max()) == (0, 255)
    assert list(data.class_names) == list("0123456789")


def test_first_images_of_both_kinds():
    data = load_images("digits")
    few = data.first(400)
    assert (len(few.x_train), len(few.y_train), len(few.x_test), len(few.y_test)) == (
        400,
        400,
        360,
        360,
    )
    assert len(data.first(None).x_train) == 1437


@pytest.mark.mnist
def test_mnist(mnist_folder):
    data = load_images("mnist")
    assert data.x_train.shape == (60000, 28, 28, 1)
    assert data.size == "28×28"
    assert data.y_test[:4].tolist() == [7, 2, 1, 0]


@pytest.mark.usefixtures("offline")
def test_fashion_mnist_that_is_not_to_be_had():
    with pytest.raises(DataError, match="Fashion-MNIST"):
        load_images("fashion_mnist")


def test_pictures_of_a_folder(pets):
    data = load_images(str(pets))
    assert list(data.class_names) == ["cat", "dog"]
    assert data.x_train.shape == (12, 32, 32, 3)
    assert data.x_train.dtype == np.uint8
    # The last fifth of each class is kept to test with; dogs are the bright ones.
    assert sorted(data.y_test.tolist()) == [0, 0, 1]
    assert ((data.x_test.mean(axis=(1, 2, 3)) > 125) == (data.y_test == 1)).all()
    assert sorted(data.y_train.tolist()) == [0] * 8 + [1] * 4


def test_pictures_come_mixed_and_the_same_each_time(pets):
    first, second = load_images(str(pets)), load_images(str(pets))
    assert (first.x_train == second.x_train).all()
    assert first.y_train.tolist() != sorted(first.y_train)


def test_a_folder_with_too_little_in_it(pets, here):
    with pytest.raises(DataError, match="nowhere"):
        load_images("nowhere")
    for name in ("1.png", "2.png", "3.png", "4.png"):
        (pets / "dog" / name).unlink()
    with pytest.raises(DataError, match="the class dog has 1 pictures, at least 2 are needed"):
        load_images("pets")
    (pets / "dog" / "0.png").unlink()
    (pets / "dog").rmdir()
    with pytest.raises(DataError, match="one class only, cat"):
        load_images("pets")
