"""The graph: values and gradients of graphs with branches, and mistakes of custom layers."""

import numpy as np
import pytest

from minicnn import Sequential
from minicnn.errors import ShapeError
from minicnn.graph import Graph, Node
from minicnn.layers import Dense, Layer
from minicnn.training.batches import Batch


class Product(Layer):
    """x[0]·x[1]·…, a layer with several inputs."""

    def forward(self, x, training=False):
        return np.prod(x, axis=0), x

    def backward(self, dy, cache):
        return [dy * np.prod(cache[:i] + cache[i + 1 :], axis=0) for i in range(len(cache))], {}


def dense(units=3, features=3, **options):
    layer = Dense(units, "tanh", dtype="float64", **options)
    layer.build((None, features))
    return layer


def diamond():
    """One input, two branches, of which one uses a layer twice; three outputs, one inside."""
    shared, other, last = dense(), dense(kernel_regularizer="l2"), dense(2)
    product = Product(dtype="float64")
    nodes = [(shared, (0,)), (shared, (1,)), (other, (1,)), (product, (2, 3, 0)), (last, (4,))]
    return Graph(nodes, [5, 2, 5]), (shared, other, last)


def total(graph, x, weights):
    run = graph.forward(x, caches=False)
    return sum((w * y).sum() for w, y in zip(weights, run.outputs, strict=True)) + graph.penalty()


def slope(function, array, index, step=1e-6):
    kept = array[index]
    array[index] = kept + step
    above = function()
    array[index] = kept - step
    below = function()
    array[index] = kept
    return (above - below) / (2 * step)


def test_gradients_of_a_graph_with_branches_and_a_shared_layer():
    graph, used = diamond()
    random = np.random.default_rng(0)
    x = random.normal(size=(4, 3))
    run = graph.forward(x)
    weights = [random.normal(size=y.shape) for y in run.outputs]
    back = graph.backward(run, weights, values=True)

    def loss():
        return total(graph, x, weights)

    assert list(back.weights) != []
    for layer in used:
        for name in layer.weight_names:
            array = getattr(layer, name)
            for index in np.ndindex(array.shape):
                expected = slope(loss, array, index)
                assert back.weights[layer][name][index] == pytest.approx(expected, abs=1e-7)
    for index in np.ndindex(x.shape):
        assert back.values[0][index] == pytest.approx(slope(loss, x, index), abs=1e-7)
    alone = graph.backward(run, weights)
    assert alone.values == []
    for layer in used:
        for name, gradient in alone.weights[layer].items():
            np.testing.assert_array_equal(gradient, back.weights[layer][name])


def test_values_are_released_but_outputs_stay():
    graph, _ = diamond()
    x = np.ones((2, 3))
    kept, released = graph.forward(x, values=True), graph.forward(x, caches=False)
    assert released.values == released.caches == []
    assert [value.shape for value in kept.values] == kept.shapes == released.shapes
    for one, other in zip(kept.outputs, released.outputs, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(kept.outputs[1], kept.values[2])


def test_only_layers_above_a_trained_one_are_asked_for_gradients():
    class Untouched(Layer):
        def forward(self, x, training=False):
            return x, None

        def backward(self, dy, cache):
            raise AssertionError("nothing below has weights")

    graph, (shared, other, last) = diamond()
    shared.trainable = other.trainable = False
    moved = [(node.layer, tuple(value + 1 for value in node.inputs)) for node in graph.nodes]
    below = Graph([(Untouched(), (0,)), *moved], [6])
    run = below.forward(np.ones((2, 3)))
    back = below.backward(run, np.ones((2, 2)))
    assert list(back.weights) == [last]


def test_logits_where_an_output_ends_in_an_activation():
    graph, (shared, _, last) = diamond()
    assert graph.activated_output(1) is None  # value 2 is read by the product as well
    assert graph.activated_output(0) is None  # value 5 is returned twice
    single = Graph(graph.nodes, [5])
    assert single.activated_output() is last
    x = np.ones((2, 3))
    run = single.forward(x, logits=True)
    np.testing.assert_allclose(np.tanh(run.outputs[0]), single.forward(x).outputs[0])
    assert single.forward(x, logits=[False]).cut == frozenset()

    class Doubled(Dense):
        def forward(self, x, training=False):
            y, cache = super().forward(x, training)
            return 2 * y, cache

    layer = Doubled(2, "softmax")
    assert Graph.chain([layer]).activated_output() is None, "its logits do not give its output"
    assert shared.trainable


class Bias(Layer):
    """y = x + w, with any forward and backward."""

    def __init__(self, forward=None, backward=None, penalty=None):
        super().__init__(name="bias")
        self.returned, self.answered, self.penalty = forward, backward, penalty

    def build(self, input_shape):
        self.add_weight("w", input_shape[-1:], "ones", regularizer=self.penalty)

    def forward(self, x, training=False):
        return (x + self.w, None) if self.returned is None else self.returned(x)

    def backward(self, dy, cache):
        return (dy, {"w": dy.sum(0)}) if self.answered is None else self.answered(self, dy)


def model_of(**methods):
    model = Sequential([Dense(3, input_shape=(3,)), Bias(**methods), Dense(1)])
    model.compile("sgd", "mse")
    return model


BATCH = Batch(np.ones((2, 3), np.float32), np.zeros((2, 1), np.float32))


@pytest.mark.parametrize(
    ("methods", "message"),
    [
        ({"forward": lambda x: x}, r'Bias "bias" returned an array of shape \(2, 3\).*return y, None'),
        ({"forward": lambda x: (x, None, 1)}, "returned a tuple of 3"),
        ({"backward": lambda layer, dy: dy}, r"backward of .* returned an array.*return dx, {}"),
        ({"backward": lambda layer, dy: (dy[:1], {"w": dy.sum(0)})}, r"\(1, 3\).*had shape \(2, 3\)"),
        ({"backward": lambda layer, dy: (dy.T, {"w": dy.sum(0)})}, r"dx of shape \(3, 2\)"),
        ({"backward": lambda layer, dy: (None, {"w": dy.sum(0)})}, r"dx of shape \(\)"),
        ({"backward": lambda layer, dy: (dy, {})}, "no gradient of its weight w"),
        ({"backward": lambda layer, dy: (dy, {"w": dy})}, r"w of .* has shape \(3,\), and"),
    ],
)  # fmt: skip
def test_custom_layers_that_return_the_wrong_thing(methods, message):
    with pytest.raises(ShapeError, match=message):
        model_of(**methods).gradients(BATCH)


def test_a_gradient_that_is_the_weight_itself_is_not_changed():
    """The penalty and the optimizer must not write into an array that the layer owns."""
    model = model_of(backward=lambda layer, dy: (dy, {"w": layer.w}), penalty="l2")
    before = model.get_weights()
    gradients = model.gradients(BATCH)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_allclose(gradients[1]["w"], 1.02)
    assert not np.shares_memory(gradients[1]["w"], model.layers[1].w)


def test_a_gradient_that_is_read_only():
    answer = np.broadcast_to(np.float64(0.5), (3,))
    model = model_of(backward=lambda layer, dy: (dy, {"w": answer}), penalty="l2")
    np.testing.assert_allclose(model.gradients(BATCH)[1]["w"], 0.52)
    model.train_on_batch(*BATCH[:2])
    np.testing.assert_allclose(model.layers[1].w, 1 - 0.01 * 0.52)


def test_mistakes_in_calls():
    graph = Graph.chain([dense()])
    with pytest.raises(ShapeError, match="takes 1 inputs, got 2"):
        graph.forward([np.ones((1, 3)), np.ones((1, 3))])
    run = graph.forward(np.ones((1, 3)))
    with pytest.raises(ShapeError, match="1 outputs, got 2 gradients"):
        graph.backward(run, [np.ones((1, 3))] * 2)
    with pytest.raises(ShapeError, match=r"shape of the output, \(1, 3\), got \(3, 1\)"):
        graph.backward(run, np.ones((3, 1)))
    assert graph.nodes[0] == Node(graph.layers[0], (0,))
