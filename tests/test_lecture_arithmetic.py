"""The lecture's figures, number by number."""

import numpy as np
import pytest

from minicnn import metrics
from minicnn.layers import AveragePooling2D, Conv2D, Dense, Flatten, MaxPooling2D
from minicnn.models import Sequential
from minicnn.utils import to_categorical

IMAGE = [
    [1, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 1, 0, 0],
    [1, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 0, 1, 0],
]
FILTER_1 = [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]
FILTER_2 = [[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]]
MAP_1 = [[3, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]]
MAP_2 = [[-1, -1, -1, -1], [-1, -1, -2, 1], [-1, -1, -2, 1], [-1, 0, -4, 3]]


def feature_maps(*filters, strides=1):
    """Return a layer's output for the lecture's image: (filters, rows, columns)."""
    layer = Conv2D(len(filters), 3, strides=strides)
    layer.build((None, 6, 6, 1))
    layer.kernel[:, :, 0, :] = np.moveaxis(np.array(filters), 0, -1)
    y = layer(np.array(IMAGE).reshape(1, 6, 6, 1))
    return np.moveaxis(y[0], -1, 0)


@pytest.fixture
def model():
    """The lecture's network."""
    network = Sequential()
    network.add(Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)))
    network.add(Conv2D(32, kernel_size=3, activation="relu"))
    network.add(Flatten())
    network.add(Dense(10, activation="softmax"))
    return network


def test_filter_1_with_stride_1():
    assert feature_maps(FILTER_1)[0].tolist() == MAP_1


def test_filter_2_with_stride_1():
    assert feature_maps(FILTER_2)[0].tolist() == MAP_2


def test_stride_2():
    assert feature_maps(FILTER_1, strides=2)[0].tolist() == [[3, -3], [-3, 0]]
    assert feature_maps(FILTER_2, strides=2)[0].tolist() == [[-1, -1], [-1, -2]]


def test_two_images_of_4x4_form_2x4x4():
    maps = feature_maps(FILTER_1, FILTER_2)
    assert maps.shape == (2, 4, 4)
    assert maps.tolist() == [MAP_1, MAP_2]


def test_three_channels_are_added_up():
    """A filter on a coloured image is one for each channel; their products are all summed."""
    layer = Conv2D(1, 3, use_bias=False)
    layer.build((None, 6, 6, 3))
    layer.kernel[...] = np.array(FILTER_1)[:, :, None, None]
    coloured = np.repeat(np.array(IMAGE).reshape(1, 6, 6, 1), 3, axis=3)
    assert layer(coloured)[0, :, :, 0].tolist() == (3 * np.array(MAP_1)).tolist()


def test_padding_keeps_the_size():
    layer = Conv2D(1, 3, padding="same", use_bias=False)
    layer.build((None, 6, 6, 1))
    layer.kernel[:, :, 0, 0] = FILTER_1
    y = layer(np.array(IMAGE).reshape(1, 6, 6, 1))[0, :, :, 0]
    assert y.shape == (6, 6)
    assert y[1:-1, 1:-1].tolist() == MAP_1
    assert (y[0, 0], y[0, 5], y[5, 0]) == (2, 0, -1)  # corners, with zeros around


def test_max_pooling():
    maps = np.moveaxis(np.array([MAP_1, MAP_2]), 0, -1)[None]
    pooled = MaxPooling2D(pool_size=(2, 2))(maps)
    assert pooled[0, :, :, 0].tolist() == [[3, 0], [3, 1]]
    assert pooled[0, :, :, 1].tolist() == [[-1, 1], [0, 3]]


def test_average_pooling():
    maps = np.moveaxis(np.array([MAP_1, MAP_2]), 0, -1)[None]
    pooled = AveragePooling2D(pool_size=(2, 2))(maps)
    assert pooled[0, :, :, 0].tolist() == [[0, -1.75], [-1.25, -0.5]]
    assert pooled[0, :, :, 1].tolist() == [[-1, -0.75], [-0.75, -0.5]]


def test_parameters(model):
    assert [layer.count_params() for layer in model.layers] == [640, 18_464, 0, 184_330]
    assert model.count_params() == 203_434


def test_shapes(model):
    assert [layer.output_shape for layer in model.layers] == [
        (None, 26, 26, 64),
        (None, 24, 24, 32),
        (None, 18_432),
        (None, 10),
    ]
    assert model.predict(np.zeros((2, 28, 28, 1)), verbose=0).shape == (2, 10)


def test_summary(model):
    lines = []
    model.summary(print_fn=lines.append)
    text = "\n".join(lines)
    for words in (
        "conv2d (Conv2D)", "(None, 26, 26, 64)", "640",
        "conv2d_1 (Conv2D)", "(None, 24, 24, 32)", "18,464",
        "flatten (Flatten)", "(None, 18432)",
        "dense (Dense)", "(None, 10)", "184,330",
        "Total params: 203,434 (794.66 KB)", "Trainable params: 203,434 (794.66 KB)",
        "Non-trainable params: 0 (0.00 B)",
    ):  # fmt: skip
        assert words in text


def test_one_hot_of_5():
    assert to_categorical([5], 10)[0].tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    labels = to_categorical(np.array([7, 2, 1, 0]), 10)
    assert np.argmax(labels, axis=1).tolist() == [7, 2, 1, 0]


def test_argmax_is_the_first_of_equals():
    """In pooling as in `np.argmax`: of equal cells the first, row by row, gets the gradient."""
    b = np.arange(6)
    b[1] = 5
    assert np.argmax(b) == 1
    layer = MaxPooling2D((1, 6))
    y, cache = layer.forward(b.astype("float32").reshape(1, 1, 6, 1))
    dx, _ = layer.backward(np.ones_like(y), cache)
    assert y.item() == 5
    assert dx.ravel().tolist() == [0, 1, 0, 0, 0, 0]


def test_of_equal_probabilities_the_first_is_the_prediction():
    accuracy = metrics.SparseCategoricalAccuracy()
    assert accuracy([1, 4], [[0.1, 0.4, 0.1, 0.4], [0.0, 0.5, 0.0, 0.5]]) == 0.5


class TestConfusion:
    """Ten people: TP 3, FN 1, FP 2, TN 4."""

    ACTUAL = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    PREDICTED = np.array([1, 1, 1, 0, 1, 1, 0, 0, 0, 0])

    def test_counts(self):
        precision = metrics.Precision()
        precision.update_state(self.ACTUAL, self.PREDICTED)
        counts = (precision.true_positives, precision.false_positives, precision.false_negatives)
        assert [one.item() for one in counts] == [3, 2, 1]

    def test_precision_is_of_those_called_positive(self):
        assert metrics.Precision()(self.ACTUAL, self.PREDICTED) == pytest.approx(3 / 5)

    def test_recall_is_of_those_really_positive(self):
        assert metrics.Recall()(self.ACTUAL, self.PREDICTED) == pytest.approx(3 / 4)

    def test_f1(self):
        precision = metrics.Precision()(self.ACTUAL, self.PREDICTED)
        recall = metrics.Recall()(self.ACTUAL, self.PREDICTED)
        assert 2 * precision * recall / (precision + recall) == pytest.approx(2 / 3)

    def test_nobody_found_is_poor_everybody_perfect(self):
        assert metrics.Precision()(self.ACTUAL, 0 * self.PREDICTED) == 0
        assert metrics.Recall()(self.ACTUAL, 0 * self.PREDICTED) == 0
        assert (
            metrics.Precision()(self.ACTUAL, self.ACTUAL)
            == metrics.Recall()(self.ACTUAL, self.ACTUAL)
            == 1
        )
