"""A few examples for the page."""

import numpy as np
import pytest

from minicnn import Sequential, layers
from minicnn.errors import ShapeError
from minicnn.explaining.examples import choose_examples


def classifier(classes=10, shape=(2, 2, 1)):
    return Sequential(
        [layers.Flatten(input_shape=shape), layers.Dense(classes, activation="softmax")]
    )


def numbered(count, shape=(2, 2, 1)):
    """Return images filled with their index."""
    return np.arange(count).reshape(-1, *[1] * len(shape)) * np.ones(shape)


def places(examples):
    return [int(image.flat[0]) for (image,) in examples.images]


def labels_of(examples):
    return [label for (label,) in examples.labels]


def test_two_of_each_of_ten_classes():
    y = np.random.default_rng(0).integers(0, 10, 200)
    chosen = choose_examples(classifier(), numbered(200), y)
    assert labels_of(chosen) == [*range(10), *range(10)]
    firsts = [int(np.flatnonzero(y == label)[0]) for label in range(10)]
    seconds = [int(np.flatnonzero(y == label)[1]) for label in range(10)]
    assert places(chosen) == firsts + seconds
    assert chosen.ranges == [(0, 199)]


def test_one_hot_labels_and_no_labels():
    chosen = choose_examples(classifier(3), numbered(2), np.eye(3)[[2, 0]])
    assert labels_of(chosen) == [0, 2]
    assert places(chosen) == [1, 0]
    chosen = choose_examples(classifier(3), numbered(30))
    assert labels_of(chosen) == [None] * 20
    assert places(chosen) == list(range(20))


def test_large_images_are_fewer():
    model = classifier(2, (200, 200, 3))
    assert len(choose_examples(model, np.zeros((9, 200, 200, 3), np.uint8)).images) == 1


def test_a_single_example():
    chosen = choose_examples(classifier(), np.ones((2, 2, 1)), 7)
    assert labels_of(chosen) == [7]
    assert chosen.images[0][0].shape == (2, 2, 1)


def test_numbers_as_labels():
    one = Sequential([layers.Dense(1, input_shape=(3,))])
    x = numbered(2, (3,))
    assert labels_of(choose_examples(one, x, [0.5, 2])) == [0.5, 2]
    assert labels_of(choose_examples(one, x, [[0], [1]])) == [0, 1]
    two = Sequential([layers.Dense(2, input_shape=(3,))])
    assert labels_of(choose_examples(two, x, [[0.5, 1], [0, 1]])) == [[0.5, 1], [0, 1]]


def test_what_does_not_fit_is_said():
    model = classifier(3)
    with pytest.raises(ShapeError, match=r"takes images of shape .* \(5, 3, 3, 1\)"):
        choose_examples(model, np.zeros((5, 3, 3, 1)))
    with pytest.raises(ShapeError, match="x has 2 examples and y has 3"):
        choose_examples(model, numbered(2), [0, 1, 2])
    with pytest.raises(ValueError, match="classes are 0 to 2, but y contains 3"):
        choose_examples(model, numbered(2), [0, 3])
    with pytest.raises(ValueError, match="y contains -1"):
        choose_examples(model, numbered(2), [0, -1])
    with pytest.raises(ShapeError, match="a number for each output"):
        choose_examples(model, numbered(2), np.zeros((2, 5)))
    with pytest.raises(ShapeError, match="labels without examples"):
        choose_examples(model, None, [1])
    with pytest.raises(ValueError, match="NaN"):
        choose_examples(model, np.full((1, 2, 2, 1), np.nan))
