"""Minimum, products and dot products, number by number."""

import numpy as np
import pytest

from minicnn import Model, layers
from minicnn.steps.merge import merge_walk

from .checking import assert_sum

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("layer", "shapes"),
    [
        (layers.Minimum(), [(2, 3), (2, 3)]),
        (layers.Multiply(), [(2, 3), (2, 3), (2, 3)]),
        (layers.Multiply(), [(2, 3), (1, 3)]),
        (layers.Dot(axes=1), [(3,), (3,)]),
        (layers.Dot(axes=(2, 1)), [(2, 3), (3, 4)]),
        (layers.Dot(axes=(1, 2)), [(3, 2), (4, 3)]),
    ],
)
def test_every_number_is_the_sum_of_its_terms(layer, shapes):
    inputs = [layers.Input(shape) for shape in shapes]
    model = Model(inputs, layer(inputs))
    x = [RANDOM.normal(size=shape) for shape in shapes]
    walk = merge_walk(layer, x)
    expected = model.predict([one[None] for one in x], verbose=0)[0]
    np.testing.assert_allclose(walk.output, expected, rtol=1e-5, atol=1e-6)
    dy = RANDOM.normal(size=expected.shape)
    found, _ = layer.backward(dy[None], layer.forward([one[None] for one in x])[1])
    gradients = walk.gradients(dy)
    for index in np.ndindex(expected.shape):
        assert walk[index].terms
        assert_sum(walk[index])
    for i, gradient in enumerate(found):
        np.testing.assert_allclose(gradients[f"input_{i}"].gradient, gradient[0], rtol=1e-5)
        for index in np.ndindex(gradient[0].shape):
            step = gradients[f"input_{i}"][index]
            assert step.value == pytest.approx(gradient[0][index], rel=1e-5)
            assert_sum(step)
