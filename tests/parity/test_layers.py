"""Every layer against Keras: output, gradients, declared shape, number of parameters."""

import numpy as np
import pytest

from minicnn import layers
from minicnn.layers.contract import takes_input_gradient

from .recorded import Case, assert_close, cases, tuples

CASES = cases("layers") + cases("small_layers")
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def built(case: Case) -> layers.Layer:
    """Return the case's layer with Keras' weights."""
    layer = getattr(layers, case["layer"])(**tuples(case["config"]))
    layer.build((None, *case.arrays["x"].shape[1:]))
    layer.set_weights([case.arrays[name] for name in case["weight_names"]])
    return layer


@every_case
def test_output(case: Case):
    y, _ = built(case).forward(case.arrays["x"], training=case["training"])
    assert_close(y, case.arrays["y"], "y")
    assert y.dtype == np.float32


@every_case
def test_call_gives_the_output(case: Case):
    y = built(case)(case.arrays["x"], training=case["training"])
    assert_close(y, case.arrays["y"], "y")


# TensorFlow transforms the gradient by the inverse matrix, which is not the derivative.
APPROXIMATE = ("RandomRotation", "RandomTranslation", "RandomZoom")


@every_case
def test_gradients(case: Case):
    if case["layer"] in APPROXIMATE:
        pytest.skip("the gradient of TensorFlow is an approximation")
    layer = built(case)
    # Only batch normalization and random layers differ in training; others may keep less without it.
    differs = hasattr(layer, "seed_state") or case["layer"] == "BatchNormalization"
    _, cache = layer.forward(case.arrays["x"], training=case["training"] if differs else True)
    dx, gradients = layer.backward(case.arrays["dy"], cache)
    assert_close(dx, case.arrays["dx"], "dx")
    assert dx.dtype == np.float32
    expected = {name for name in case["weight_names"] if f"d{name}" in case.arrays}
    assert set(gradients) == expected
    for name in expected:
        assert_close(gradients[name], case.arrays[f"d{name}"], f"d{name}", tolerance=2e-5)


@every_case
def test_weight_gradients_without_the_input_gradient(case: Case):
    layer = built(case)
    if not takes_input_gradient(layer.backward):
        return
    differs = hasattr(layer, "seed_state") or case["layer"] == "BatchNormalization"
    _, cache = layer.forward(case.arrays["x"], training=case["training"] if differs else True)
    for name, gradient in layer.backward(case.arrays["dy"], cache, False)[1].items():
        assert_close(gradient, case.arrays[f"d{name}"], f"d{name}", tolerance=2e-5)


@every_case
def test_shape_and_parameters(case: Case):
    layer = built(case)
    shape = (None, *case.arrays["x"].shape[1:])
    assert list(layer.compute_output_shape(shape)) == case["output_shape"]
    assert list(layer.output_shape) == case["output_shape"]
    assert layer.count_params() == case["parameters"]
    assert layer.weight_names == case["weight_names"]
