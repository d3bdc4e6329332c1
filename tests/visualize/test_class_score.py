import numpy as np
import pytest

from minicnn.errors import ShapeError
from minicnn.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Softmax,
)
from minicnn.models import Sequential
from minicnn.visualize.grad_cam import class_scores

from ..gradients import randomize


def networks():
    """Networks of every kind of way back, by name; float64, so that slopes can be measured."""
    head = [Flatten(), Dense(3, activation="softmax")]
    return {
        "the lecture's": [Conv2D(4, 3, activation="relu"), Conv2D(2, 3, activation="relu"), *head],
        "softmax of its own": [Conv2D(3, 3), Activation("tanh"), Flatten(), Dense(3), Softmax()],
        "averaged": [
            Conv2D(3, 3, strides=2, padding="same"), BatchNormalization(), Activation("relu"),
            Conv2D(4, 2), GlobalAveragePooling2D(), Dropout(0.5), Dense(3, activation="softmax"),
        ],
        "pooled": [
            Conv2D(3, 2, activation="tanh"), MaxPooling2D(2, strides=1), AveragePooling2D(2),
            Flatten(), Dense(3),
        ],
        "one sigmoid": [Conv2D(2, 3, activation="relu"), Flatten(), Dense(1, activation="sigmoid")],
    }  # fmt: skip


def built(layers, random):
    model = Sequential(layers)
    for layer in layers:
        layer.dtype = "float64"
    model.build((None, 7, 8, 2))
    for layer in model.layers:
        randomize(layer, random)
    return model


def score_from(model, place, output, class_index):
    """The class's score from a layer's output: the last dense layer's sum, written out."""
    x = output
    for layer in model.layers[place + 1 :]:
        if isinstance(layer, Dense):
            z = x @ layer.kernel + layer.bias
            return z[0, class_index] if z.shape[1] > 1 else z[0, 0] * (1 if class_index else -1)
        x, _ = layer.forward(x)
    raise AssertionError("no dense layer above")


@pytest.mark.parametrize("name", networks())
def test_gradient_is_the_slope_of_the_score(name):
    random = np.random.default_rng(4)
    model = built(networks()[name], random)
    scores = class_scores(model, random.normal(size=(1, 7, 8, 2)))
    dense = max(place for place, one in enumerate(model.layers) if isinstance(one, Dense))
    for place, chosen in np.ndindex(dense, len(scores.of_classes)):
        output = scores.output(place)
        gradient = scores.gradient(chosen, place)
        assert gradient.shape == output.shape
        change = random.normal(size=output.shape)
        up, down = (
            score_from(model, place, output + step * change, chosen) for step in (1e-6, -1e-6)
        )
        slope = (up - down) / 2e-6
        assert (gradient * change).sum() == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_the_score_is_what_softmax_is_of():
    model = Sequential([Flatten(input_shape=(1, 2, 1)), Dense(2, activation="softmax")])
    model.set_weights([[[1, 2], [3, 5]], [10, 20]])
    scores = class_scores(model, np.array([[[[1.0], [2.0]]]]))
    np.testing.assert_allclose(scores.of_classes, [1 + 6 + 10, 2 + 10 + 20])


def test_one_sigmoid_counts_for_class_1_and_against_class_0():
    model = Sequential([Flatten(input_shape=(1, 2, 1)), Dense(1, activation="sigmoid")])
    model.set_weights([[[1], [3]], [10]])
    scores = class_scores(model, np.array([[[[1.0], [2.0]]]]))
    np.testing.assert_allclose(scores.of_classes, [-17, 17])
    np.testing.assert_allclose(scores.gradient(1, 0), [[1, 3]])
    np.testing.assert_allclose(scores.gradient(0, 0), [[-1, -3]])


def test_nothing_is_changed():
    random = np.random.default_rng(4)
    model = built(networks()["averaged"], random)
    before = model.get_weights()
    batch = random.normal(size=(1, 7, 8, 2))
    copy = batch.copy()
    scores = class_scores(model, batch)
    scores.gradient(0, 0)
    np.testing.assert_array_equal(batch, copy)
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_without_classes():
    model = Sequential([Conv2D(2, 3, input_shape=(5, 5, 1))])
    with pytest.raises(ShapeError, match=r"This one returns \(1, 3, 3, 2\): end it with Flatten"):
        class_scores(model, np.zeros((1, 5, 5, 1)))
