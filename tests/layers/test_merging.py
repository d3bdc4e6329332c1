"""Layers with several inputs: values computed by hand, gradients by finite differences, mistakes."""

import numpy as np
import pytest

from minicnn import layers
from minicnn.differences import numerical_gradients
from minicnn.errors import ShapeError
from minicnn.graph import Graph
from minicnn.layers import Layer

A, B = np.array([[1.0, 5.0, 2.0]]), np.array([[3.0, 4.0, 2.0]])

VALUES = {
    "Add": [4, 9, 4],
    "Average": [2, 4.5, 2],
    "Subtract": [-2, 1, 0],
    "Multiply": [3, 20, 4],
    "Maximum": [3, 5, 2],
    "Minimum": [1, 4, 2],
}


@pytest.mark.parametrize("name", VALUES)
def test_values(name):
    layer = getattr(layers, name)()
    assert layer([A, B]).tolist() == [VALUES[name]]
    assert layer.built
    assert layer.input_shape == [(None, 3), (None, 3)]
    assert layer.output_shape == (None, 3)


def test_values_of_three_inputs():
    assert layers.Add()([A, B, A]).tolist() == [[5, 14, 6]]
    np.testing.assert_allclose(layers.Average()([A, B, B]), [[7 / 3, 13 / 3, 2]], rtol=1e-6)
    assert layers.Multiply()([A, B, A]).tolist() == [[3, 100, 8]]
    assert layers.Maximum()([A, B, B + 1]).tolist() == [[4, 5, 3]]


def test_concatenate():
    x, y = np.arange(4.0).reshape(1, 2, 2), np.arange(6.0).reshape(1, 2, 3)
    assert layers.Concatenate()([x, y]).tolist() == [[[0, 1, 0, 1, 2], [2, 3, 3, 4, 5]]]
    assert layers.Concatenate(axis=1)([x, x]).tolist() == [[[0, 1], [2, 3], [0, 1], [2, 3]]]
    shapes = [(None, None, 2), (None, 4, 2)]
    assert layers.Concatenate(axis=1).compute_output_shape(shapes) == (None, None, 2)
    assert layers.Concatenate().compute_output_shape(shapes) == (None, 4, 4)


KINDS = [getattr(layers, name) for name in VALUES] + [layers.Concatenate]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shapes", [[(2, 3, 2), (2, 3, 2)], [(2, 3, 2), (2, 1, 2)]])
def test_gradients(kind, shapes):
    layer: Layer = kind(dtype="float64")
    if isinstance(layer, layers.Concatenate):
        layer = layers.Concatenate(axis=1, dtype="float64")
    random = np.random.default_rng(3)
    inputs = [random.normal(size=shape) for shape in shapes]
    graph = Graph([(layer, (0, 1))], [2], inputs=2)
    run = graph.forward(inputs)
    dy = random.normal(size=run.outputs[0].shape)
    found = graph.backward(run, dy, values=True).values
    for x, dx in zip(inputs, found, strict=False):
        for index in np.ndindex(x.shape):
            kept, values = x[index], []
            for moved in (kept + 1e-6, kept - 1e-6):
                x[index] = moved
                values.append((graph.forward(inputs).outputs[0] * dy).sum())
            x[index] = kept
            assert dx[index] == pytest.approx((values[0] - values[1]) / 2e-6, abs=1e-7)


DOTS = [
    ((2, 3), (2, 3), 1, "ia,ia->i"),
    ((2, 3, 4), (2, 4, 2), (2, 1), "iab,ibc->iac"),
    ((2, 3, 4), (2, 3), 1, "iab,ia->ib"),
    ((2, 2, 3, 2), (2, 3, 2), (-2, -2), "iabc,ibd->iacd"),
]


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize(("first", "second", "axes", "product"), DOTS)
def test_dot(first, second, axes, product, normalize):
    """Checked with Keras 3 when it was written."""
    layer = layers.Dot(axes, normalize=normalize, dtype="float64")
    random = np.random.default_rng(3)
    x = [random.normal(size=shape) for shape in (first, second)]
    y, cache = layer.forward(x)
    assert layer.compute_output_shape([(None, *first[1:]), (None, *second[1:])])[1:] == y.shape[1:]
    if normalize:
        pair = zip(x, (axes, axes) if isinstance(axes, int) else axes, strict=True)
        scaled = [one / np.sqrt((one**2).sum(axis=axis, keepdims=True)) for one, axis in pair]
    expected = np.einsum(product, *(scaled if normalize else x))
    np.testing.assert_allclose(y.ravel(), expected.ravel())
    dy = random.normal(size=y.shape)
    found, _ = layer.backward(dy, cache)
    measured = numerical_gradients(lambda *x: layer.forward(list(x))[0], x, dy)
    for one, other in zip(found, measured, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-8)


def test_equal_inputs_of_a_maximum_give_the_gradient_to_the_first():
    graph = Graph([(layers.Maximum(), (0, 1))], [2], inputs=2)
    run = graph.forward([A, A])
    first, second, _ = graph.backward(run, np.ones((1, 3)), values=True).values
    assert (first.tolist(), second.tolist()) == ([[1, 1, 1]], [[0, 0, 0]])


@pytest.mark.parametrize(
    ("layer", "x", "message"),
    [
        (layers.Add(), A, r"merges at least two inputs.*Add\(\)\(\[a, b\]\)"),
        (layers.Add(), [A], "at least two inputs"),
        (layers.Add(), [A, B[:, :2]], r"equal shapes, got \(1, 3\) and \(1, 2\)"),
        (layers.Add(), [A, np.repeat(B, 2, axis=0)], r"equal shapes, got \(1, 3\) and \(2, 3\)"),
        (layers.Add(), [A, B[None]], r"equal shapes, got \(1, 3\) and \(1, 1, 3\)"),
        (layers.Multiply(), [A, B[0]], r"equal shapes, got \(1, 3\) and \(3,\)"),
        (layers.Subtract(), [A, B, A], "takes 2 inputs, got 3"),
        (layers.Concatenate(), [A], "at least two inputs"),
        (layers.Concatenate(), [A[None], A[None, :, :2, None]], "other sizes must be equal"),
        (layers.Dot(1), [A, B, A], "takes 2 inputs, got 3"),
        (layers.Dot(1), [A, B[:, :2]], r"equal sizes, got \(1, 3\) and \(1, 2\)"),
        (layers.Dot(0), [A, B], "along the axes"),
        (layers.Concatenate(axis=0), [A, B], "joins along axis 0"),
        (layers.Concatenate(axis=2), [A, B], "joins along axis 2"),
        (layers.Concatenate(axis=1), [A[None], A[None, :, :2]], r"\(1, 1, 3\) and \(1, 1, 2\)"),
    ],
)
def test_mistakes(layer, x, message):
    with pytest.raises(ShapeError, match=message):
        layer(x)


def test_operators_of_symbolic_tensors_are_layers():
    x, y = layers.Input((3,)), layers.Input((3,))
    for tensor, kind in (
        (x + y, layers.Add), (x - y, layers.Subtract), (x * y, layers.Multiply),
        (x * 2, layers.Rescaling), (1 - x, layers.Rescaling), (x / 255, layers.Rescaling),
    ):  # fmt: skip
        assert isinstance(tensor.call.layer, kind)
        assert tensor.shape == (None, 3)
    assert (1 - x).call.layer(A).tolist() == [[0, -4, -1]]
    quotient = (x / y).call.layer
    np.testing.assert_allclose(quotient.forward([A, B])[0], A / B, rtol=1e-6)
    for wrong in (np.asarray, float, list, len, bool):
        with pytest.raises(TypeError):
            wrong(x)
