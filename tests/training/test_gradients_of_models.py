"""Gradients of whole models in float64, fused with the loss or not, against finite differences.

The loss is written out here, from probabilities; the library takes it from the logits where the
model ends in softmax or sigmoid.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import Input, Sequential, activations, losses
from minicnn.layers import Activation, AveragePooling2D, Conv2D, Dense, Flatten, Softmax
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass, fuses

STEP = 1e-6
SAMPLES = 5


def categorical(y, p):
    return -(y * np.log(p / p.sum(axis=-1, keepdims=True))).sum(axis=-1)


def sparse(y, p):
    return categorical(np.eye(p.shape[-1])[y], p)


def binary(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(axis=-1)


def squared(y, p):
    return ((y - p) ** 2).mean(axis=-1)


def one_hot_labels(rng):
    return np.eye(3)[rng.integers(3, size=SAMPLES)]


def class_numbers(rng):
    return rng.integers(3, size=SAMPLES)


def answers(rng):
    return rng.integers(2, size=(SAMPLES, 3))


def maps_of_answers(rng):
    return rng.integers(2, size=(SAMPLES, 2, 2, 3))


def as_dense(activation):
    return [Flatten(dtype="float64"), Dense(3, activation=activation, dtype="float64")]


def as_layer(activation):
    return [*as_dense(None), Activation(activation, dtype="float64")]


def as_softmax_layer(_):
    return [*as_dense(None), Softmax(dtype="float64")]


def as_convolution(activation):
    return [Conv2D(3, 2, activation=activation, dtype="float64")]


def network(head):
    """A small smooth network, so that differences are exact; 7×7 images down to 3×3 maps."""
    return Sequential(
        [
            Input((7, 7, 1)),
            Conv2D(2, 2, activation="tanh", kernel_regularizer="l2", dtype="float64"),
            AveragePooling2D(2, dtype="float64"),
            *head,
        ]
    )


def check(model, loss, formula, y, sample_weight=None):
    """Compare every weight's gradient with the central difference of the written-out loss."""
    x = np.random.default_rng(5).normal(size=(SAMPLES, 7, 7, 1))
    weights = np.ones(SAMPLES) if sample_weight is None else sample_weight

    def total():
        of_each = formula(y, model(x))
        of_each = of_each.reshape(SAMPLES, -1).mean(axis=1)
        return (weights * of_each).sum() / SAMPLES + 0.01 * (model.layers[0].kernel ** 2).sum()

    forward = forward_pass(model.graph, loss, Batch(x, y, sample_weight), training=True)
    assert forward.loss == pytest.approx(total(), rel=1e-9)
    np.testing.assert_allclose(forward.y_pred, model(x), rtol=1e-12)
    for layer, gradients in model.graph.backward(forward.run, forward.dy).weights.items():
        for name, gradient in gradients.items():
            weight = getattr(layer, name)
            for place in np.ndindex(weight.shape):
                kept = weight[place]
                weight[place] = kept + STEP
                above = total()
                weight[place] = kept - STEP
                below = total()
                weight[place] = kept
                expected = (above - below) / (2 * STEP)
                assert gradient[place] == pytest.approx(expected, rel=1e-5, abs=1e-8), (name, place)
    return forward


CASES = {
    "softmax, categorical": ("softmax", "categorical_crossentropy", categorical, one_hot_labels),
    "softmax, sparse": ("softmax", "sparse_categorical_crossentropy", sparse, class_numbers),
    "sigmoid, binary": ("sigmoid", "binary_crossentropy", binary, answers),
    # Not one step, but gone through in two:
    "sigmoid, categorical": ("sigmoid", "categorical_crossentropy", categorical, one_hot_labels),
    "sigmoid, sparse": ("sigmoid", "sparse_categorical_crossentropy", sparse, class_numbers),
    "softmax, binary": ("softmax", "binary_crossentropy", binary, answers),
    "softmax, mse": ("softmax", "mse", squared, one_hot_labels),
}
FUSED = {"softmax, categorical", "softmax, sparse", "sigmoid, binary"}


@pytest.mark.parametrize("head", [as_dense, as_layer])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_every_head(case, head, weighted):
    activation, loss, formula, labels = CASES[case]
    rng = np.random.default_rng(1)
    sample_weight = rng.uniform(0, 2, size=SAMPLES) if weighted else None
    forward = check(
        network(head(activation)), losses.get(loss), formula, labels(rng), sample_weight
    )
    assert forward.fused == (case in FUSED)


@pytest.mark.parametrize("case", ["softmax, categorical", "softmax, sparse"])
def test_the_softmax_layer(case):
    _, loss, formula, labels = CASES[case]
    labels = labels(np.random.default_rng(1))
    assert check(network(as_softmax_layer(None)), losses.get(loss), formula, labels).fused


def test_a_convolution_with_sigmoid():
    labels = maps_of_answers(np.random.default_rng(1))
    model = network(as_convolution("sigmoid"))
    assert check(model, losses.get("binary_crossentropy"), binary, labels).fused


@settings(max_examples=10)
@given(st.floats(0, 0.5))
def test_smoothed_labels(smoothing):
    y = np.eye(3)[[0, 1, 2, 1, 0]]
    soft = y * (1 - smoothing) + smoothing / 3
    loss = losses.CategoricalCrossentropy(label_smoothing=smoothing)
    check(network(as_dense("softmax")), loss, lambda _, p: categorical(soft, p), y)


def test_a_function_of_the_user_called_softmax_is_taken_at_its_word():
    def softmax(x):  # not the softmax: each cell for itself
        return 1 / (1 + np.exp(-x))

    model = network(as_dense(softmax))
    y = np.eye(3)[[0, 1, 2, 1, 0]]
    loss = losses.get("categorical_crossentropy")
    assert not fuses(model.graph, loss)
    check(model, loss, categorical, y)


@pytest.mark.parametrize(
    ("activation", "loss", "logits", "y", "expected", "gradient"),
    [
        ("softmax", "categorical_crossentropy", [200, -200], [0, 1], 400, [1, -1]),
        ("softmax", "categorical_crossentropy", [200, -200], [1, 0], 0, [0, 0]),
        ("softmax", "sparse_categorical_crossentropy", [200, -200], 1, 400, [1, -1]),
        ("sigmoid", "binary_crossentropy", [200, -200], [0, 1], 200, [0.5, -0.5]),
        ("sigmoid", "binary_crossentropy", [200, -200], [1, 0], 0, [0, 0]),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("own_layer", [False, True])
def test_logits_of_200(activation, loss, logits, y, expected, gradient, dtype, own_layer):
    """From probabilities rounded to 0 and 1 the loss would be 16, and the gradient 0."""
    head = (
        [Dense(2, dtype=dtype), Activation(activation, dtype=dtype)]
        if own_layer
        else [Dense(2, activation=activation, dtype=dtype)]
    )
    model = Sequential([Input((2,)), *head])
    model.set_weights([np.eye(2), np.zeros(2)])
    batch = Batch(np.array([logits]), np.array([y]))
    forward = forward_pass(model.graph, losses.get(loss), batch, training=True)
    assert forward.loss == pytest.approx(expected, abs=1e-6)
    gradients = model.graph.backward(forward.run, forward.dy).weights[model.layers[0]]
    np.testing.assert_allclose(gradients["bias"], gradient, atol=1e-6)
    np.testing.assert_allclose(gradients["kernel"], np.outer(logits, gradient), atol=1e-3)


def test_every_library_activation_may_end_a_model():
    """All elementwise ones, unfused, with the mean squared error."""
    rng = np.random.default_rng(2)
    for name in activations.KNOWN:
        check(network(as_dense(name)), losses.get("mse"), squared, rng.normal(size=(SAMPLES, 3)))
