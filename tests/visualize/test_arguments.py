import numpy as np
import pytest

from minicnn.errors import DataWarning, NotReadyError, ShapeError
from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.losses import SparseCategoricalCrossentropy
from minicnn.models import Sequential
from minicnn.visualize.arguments import (
    as_batch,
    class_labels,
    class_or_likeliest,
    layer_index,
    percent,
    probabilities_of,
)

GREY = Sequential([Conv2D(1, 3, input_shape=(6, 5, 1))])
COLOUR = Sequential([Conv2D(1, 3, input_shape=(6, 5, 3))])
NO_CHANNELS = Sequential([Flatten(input_shape=(6, 5)), Dense(2)])


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (GREY, (6, 5)), (GREY, (6, 5, 1)), (GREY, (1, 6, 5, 1)), (COLOUR, (6, 5, 3)),
        (NO_CHANNELS, (6, 5)), (NO_CHANNELS, (1, 6, 5)),
    ],
)  # fmt: skip
def test_one_image_however_it_is_given(model, shape):
    image = np.arange(np.prod(shape)).reshape(shape)
    batch = as_batch(model, image, "plot")
    assert batch.shape == (1, *model.input_shape[1:])
    np.testing.assert_array_equal(batch.ravel(), image.ravel())


@pytest.mark.parametrize(
    ("model", "shape", "message"),
    [
        (GREY, (9, 6, 5), r"\(6, 5, 1\) for this model, got \(9, 6, 5\): 9 images\. Use one"),
        (COLOUR, (9, 6, 5, 3), r"got \(9, 6, 5, 3\): 9 images"),
        (COLOUR, (6, 5), r"got \(6, 5\)\.$"),
        (GREY, (5, 6), r"got \(5, 6\)\.$"),
    ],
)
def test_another_shape(model, shape, message):
    with pytest.raises(ShapeError, match=message):
        as_batch(model, np.zeros(shape), "plot")


def test_what_the_model_would_refuse():
    with pytest.raises(ValueError, match="NaN, infinite"):
        as_batch(GREY, np.full((6, 5), np.nan), "plot")
    with pytest.raises(TypeError, match="image must be an array of numbers, got the text"):
        as_batch(GREY, "seven.png", "plot")
    with pytest.raises(NotReadyError, match="input shape is not known"):
        as_batch(Sequential([Dense(1)]), np.zeros((2, 2)), "plot")


def test_pixels_of_another_range_are_a_warning():
    model = Sequential([Flatten(input_shape=(2, 2)), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.full((1, 2, 2), 255), np.zeros(1), verbose=0)
    with pytest.warns(DataWarning, match="seem to be mixed up"):
        as_batch(model, np.ones((2, 2)), "plot")


def test_probabilities():
    two = np.array([[0.25, 0.75], [1.0, 0.0]])
    linear = Sequential([Dense(2, input_shape=(2,))])
    assert probabilities_of(linear, two) is two
    one = np.array([[0.9], [0.2]])
    np.testing.assert_allclose(probabilities_of(linear, one), [[0.1, 0.9], [0.8, 0.2]])
    with pytest.raises(ValueError, match="range from -2 to 3"):
        probabilities_of(linear, np.array([[3.0, -2.0]]))
    with pytest.raises(ShapeError, match=r"This one returns \(1, 4, 3, 1\)"):
        probabilities_of(linear, np.zeros((1, 4, 3, 1)))


def test_logits_become_probabilities():
    logits = Sequential([Dense(2, input_shape=(2,))])
    logits.compile("sgd", SparseCategoricalCrossentropy(from_logits=True))
    found = probabilities_of(logits, np.array([[0.0, np.log(3)]]))
    np.testing.assert_allclose(found, [[0.25, 0.75]])


@pytest.mark.parametrize(
    ("expected", "given"), [((6, 5, 1), (30,)), ((30,), (6, 5)), ((30,), (6, 5, 1))]
)
def test_flat_pixels(expected, given):
    model = Sequential([Flatten(input_shape=expected), Dense(2)])
    image = np.arange(30).reshape(given)
    np.testing.assert_array_equal(as_batch(model, image, "plot").ravel(), np.arange(30))
    assert as_batch(model, image, "plot").shape == (1, *expected)


@pytest.mark.parametrize("wrong", [-1, 3, 1.0, "one"])
def test_what_is_no_class(wrong):
    scores = np.array([0.1, 0.7, 0.2])
    assert (class_or_likeliest(None, scores), class_or_likeliest(2, scores)) == (1, 2)
    with pytest.raises(ValueError, match="0 to 2, got"):
        class_or_likeliest(wrong, scores)


def test_names():
    assert class_labels(None, 3) == ["0", "1", "2"]
    assert class_labels(["cat", 7], 2) == ["cat", "7"]
    with pytest.raises(ShapeError, match="lists 1 names, but there are 2 classes"):
        class_labels(["cat"], 2)


def test_layers():
    model = Sequential([Flatten(input_shape=(2, 2)), Dense(3, name="middle"), Dense(1)])
    assert [layer_index(model, one) for one in ("middle", 1, -1)] == [1, 1, 2]
    assert layer_index(model, model.layers[0]) == 0
    with pytest.raises(ValueError, match='Dense "other" is not a layer of this model'):
        layer_index(model, Dense(1, name="other"))
    with pytest.raises(ValueError, match="the model has 3 layers, got index=3"):
        layer_index(model, 3)


@pytest.mark.parametrize(
    ("probability", "text"),
    [(1.0, "> 99.9 %"), (0.9984, "99.8 %"), (0.5, "50.0 %"), (0.001, "0.1 %"), (0.0004, "< 0.1 %")],
)
def test_percent(probability, text):
    assert percent(probability) == text
