"""Typical mistakes in a backward pass are all detected by the gradient check."""

import numpy as np
import pytest

from minicnn import layers
from minicnn.activations import FunctionActivation

from ..gradients import assert_gradients, distinct, randomize


def fault(kind, *arguments, wrong, **options):
    """Return a layer whose backward returns ``wrong(dx, gradients)``."""

    class Faulty(kind):
        def backward(self, dy, cache):
            dx, gradients = super().backward(dy, cache)
            return wrong(dx, dict(gradients))

    return Faulty(*arguments, dtype="float64", **options)


def conv(wrong):
    return fault(layers.Conv2D, 2, 3, padding="same", activation="tanh", wrong=wrong)


def one_entry(array, value):
    array = array.copy()
    array[tuple(size // 2 for size in array.shape)] += value
    return array


FAULTS = {
    "kernel transposed": (
        conv(lambda dx, g: (dx, g | {"kernel": g["kernel"].transpose(1, 0, 2, 3)})),
        r"dkernel .* is wrong",
    ),
    "kernel flipped": (
        conv(lambda dx, g: (dx, g | {"kernel": g["kernel"][::-1, ::-1]})),
        "dkernel .* is wrong",
    ),
    "kernel scaled": (
        conv(lambda dx, g: (dx, g | {"kernel": g["kernel"] * 1.001})),
        "dkernel .* is wrong",
    ),
    "bias missing": (conv(lambda dx, g: (dx, {"kernel": g["kernel"]})), "no gradient of bias"),
    "bias zero": (conv(lambda dx, g: (dx, g | {"bias": g["bias"] * 0})), "dbias .* is wrong"),
    "bias a mean": (conv(lambda dx, g: (dx, g | {"bias": g["bias"] / 3})), "dbias .* is wrong"),
    "bias not summed": (
        conv(lambda dx, g: (dx, g | {"bias": g["bias"][None]})),
        r"dbias of .* has shape \(1, 2\)",
    ),
    "input turned round": (conv(lambda dx, g: (dx[:, ::-1], g)), "dx .* is wrong"),
    "input negative": (conv(lambda dx, g: (-dx, g)), "dx .* is wrong"),
    "images swapped": (conv(lambda dx, g: (dx[::-1], g)), "dx .* is wrong"),
    "one entry of many": (conv(lambda dx, g: (one_entry(dx, 1e-3), g)), "dx .* is wrong"),
    "float32": (conv(lambda dx, g: (dx.astype("float32"), g)), "dx of .* has dtype float32"),
    "the mean taken as constant": (
        fault(layers.BatchNormalization, wrong=lambda dx, g: (dx + 0.1, g)),
        "dx .* is wrong",
    ),
    "gamma for beta": (
        fault(
            layers.BatchNormalization,
            wrong=lambda dx, g: (dx, {"gamma": g["beta"], "beta": g["beta"]}),
        ),
        "dgamma .* is wrong",
    ),
    "max pooling shared out": (
        fault(layers.MaxPooling2D, wrong=lambda dx, g: (np.full_like(dx, dx.mean()), g)),
        "dx .* is wrong",
    ),
    "dense transposed": (
        fault(layers.Dense, 2, wrong=lambda dx, g: (dx, g | {"kernel": g["kernel"].T})),
        "dkernel .* is wrong",
    ),
}


def run(layer):
    random = np.random.default_rng(0)
    layer.build((None, 4, 4, 2))
    randomize(layer, random)
    assert_gradients(layer, distinct((3, 4, 4, 2), random), random, training=True)


@pytest.mark.parametrize("name", FAULTS)
def test_mistakes_are_detected(name):
    layer, text = FAULTS[name]
    with pytest.raises(AssertionError, match=text):
        run(layer)


def test_right_ones_pass():
    run(conv(lambda dx, gradients: (dx, gradients)))


def test_a_custom_activation_with_a_wrong_derivative():
    wrong = FunctionActivation(np.sin, derivative=np.sin)
    with pytest.raises(AssertionError, match=r"dx .* is wrong"):
        run(layers.Activation(wrong, dtype="float64"))
