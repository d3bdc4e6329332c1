"""The meaning of a model's outputs, for every kind of last layer and loss."""

import numpy as np
import pytest

from minicnn import layers, losses
from minicnn.models import Sequential
from minicnn.models.answer import Answer, answer_of

SPARSE = losses.SparseCategoricalCrossentropy(from_logits=True)
BINARY = losses.BinaryCrossentropy(from_logits=True)


@pytest.mark.parametrize(
    ("last", "loss", "answer"),
    [
        (layers.Dense(3, "softmax"), None, ("classes", False)),
        (layers.Dense(3, "softmax"), "categorical_crossentropy", ("classes", False)),
        (layers.Softmax(), "mse", ("classes", False)),
        (layers.Dense(3), SPARSE, ("classes", True)),
        (layers.Dense(3), "mse", ("numbers", False)),
        (layers.Dense(3), None, ("numbers", False)),
        (layers.Dense(1), "mae", ("numbers", False)),
        (layers.Dense(1, "softmax"), None, ("numbers", False)),
        (layers.Dense(1, "sigmoid"), "binary_crossentropy", ("yes_no", False)),
        (layers.Dense(1), BINARY, ("yes_no", True)),
        (layers.Dense(3, "sigmoid"), "binary_crossentropy", ("labels", False)),
        (layers.Dense(3, "sigmoid"), "categorical_crossentropy", ("classes", False)),
        (layers.Dense(3, "tanh"), "mse", ("numbers", False)),
    ],
)
def test_heads(last, loss, answer):
    model = Sequential([layers.Input((5,)), last])
    if loss is not None:
        model.compile("sgd", loss)
    assert answer_of(model) == answer


def test_known_classes_of_a_model_without_a_loss():
    model = Sequential([layers.Dense(3, input_shape=(5,))])
    assert answer_of(model, classes=True) == ("classes", True)


@pytest.mark.parametrize("kind", ["classes", "yes_no"])
def test_probabilities_add_up_to_1(kind):
    outputs = np.array([[-900.0], [0], [3], [900]])
    outputs = outputs if kind == "yes_no" else np.hstack([outputs, outputs[::-1], 0 * outputs])
    found = Answer(kind, logits=True).probabilities(outputs)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found.argmax(axis=1).tolist() == ([0, 0, 1, 1] if kind == "yes_no" else [1, 1, 0, 0])
