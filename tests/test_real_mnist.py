"""The lecture's network on real digits: the library as a whole does its job."""

import numpy as np
import pytest

from minicnn.datasets import mnist
from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential
from minicnn.utils import to_categorical

pytestmark = pytest.mark.mnist

TRAINED, TESTED = 1000, 500
# Six seeds gave 0.75 to 0.85; guessing gives 0.1.
ACCURACY = 0.65


@pytest.fixture
def digits(mnist_folder, monkeypatch):
    monkeypatch.setenv("MINICNN_DATA", str(mnist_folder))
    return mnist.load_data()


def test_the_real_files(digits):
    (x_train, y_train), (x_test, y_test) = digits
    assert x_train.shape == (60000, 28, 28)
    assert x_test.shape == (10000, 28, 28)
    assert x_train.dtype == x_test.dtype == y_train.dtype == y_test.dtype == np.uint8
    assert y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert (x_train.min(), x_train.max()) == (0, 255)


def test_the_lectures_network_learns_to_read(digits):
    (x_train, y_train), (x_test, y_test) = digits
    x_train = x_train[:TRAINED].reshape(TRAINED, 28, 28, 1)
    x_test = x_test[:TESTED].reshape(TESTED, 28, 28, 1)
    y_train, y_test = to_categorical(y_train[:TRAINED]), to_categorical(y_test[:TESTED])

    model = Sequential()
    model.add(Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)))
    model.add(Conv2D(32, kernel_size=3, activation="relu"))
    model.add(Flatten())
    model.add(Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    untrained = model.evaluate(x_test, y_test, verbose=0)
    history = model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=1, verbose=0)

    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    assert accuracy > ACCURACY > 0.3 > untrained[1]
    assert loss < untrained[0]
    assert history.history["val_accuracy"] == [pytest.approx(accuracy)]
    predicted = model.predict(x_test, verbose=0)
    np.testing.assert_allclose(predicted.sum(axis=1), 1, rtol=1e-5)
    hits = predicted.argmax(axis=1) == y_test.argmax(axis=1)
    assert hits.mean() == pytest.approx(accuracy)
