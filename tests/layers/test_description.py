"""Compute outputs and gradients from a layer's description alone, and compare them with the layer's."""

import numpy as np
import pytest

from minicnn import layers
from minicnn.errors import ShapeError
from minicnn.layers.description import FAMILIES
from minicnn.ops import reference

from .table import TABLE, Scale

RANDOM = np.random.default_rng(3)


def built(row):
    layer = row.make(dtype="float64")
    layer.build((None, *row.input_shape))
    for weight in layer.weights:
        weight[...] = RANDOM.uniform(0.5, 1.5, weight.shape)
    return layer


def by_index_map(layer, x, dy, training):
    """Return output and gradient of one example, term by term."""
    described = layer.index_map((None, *x.shape), training)
    rows, sources = x.reshape(-1, described.inner), described.sources
    y = np.zeros((len(sources), described.inner))
    dx, dy = np.zeros(rows.shape), dy.reshape(y.shape)
    if described.offset is not None:
        y += described.offset[:, None]
    for position, terms in enumerate(sources):
        for i in range(described.inner):
            found = [(rows[source, i], source, j) for j, source in enumerate(terms) if source >= 0]
            if layer.family == "maximum":
                y[position, i] = max(value for value, *_ in found)
                winners = [source for value, source, _ in found if value == y[position, i]]
                winners = winners if described.all_winners else winners[:1]
                for source in winners:
                    dx[source, i] += dy[position, i] / len(winners)
                continue
            for value, source, j in found:
                factor = 1 if described.factors is None else described.factors[position, j]
                y[position, i] += factor * value
                dx[source, i] += factor * dy[position, i]
    return y, dx


def by_elementwise(layer, x, dy, training):
    scale, offset, _ = layer.elementwise((None, *x.shape), training)
    return x * np.asarray(scale) + np.asarray(offset), dy * np.asarray(scale)


def by_convolution(layer, x, dy, training):
    one_row = (1,) * (3 - x.ndim)  # a sequence is an image with one row
    y, cache = reference.conv2d_forward(x.reshape(1, *one_row, *x.shape), *layer.convolution())
    activated = layer.activation(y)
    back = layer.activation.backward(dy.reshape(y.shape), y, activated)
    return activated[0], reference.conv2d_backward(back, cache)[0][0]


def by_chain(layer, x, dy, training):
    parts = layer.chain()
    y, caches = x[None], []
    for part in parts:
        y, cache = part.forward(y, training)
        caches.append(cache)
    dx = dy[None]
    for part, cache in zip(reversed(parts), reversed(caches), strict=True):
        dx, _ = part.backward(dx, cache)
    return y[0], dx[0]


def by_dense(layer, x, dy, training):
    z = x @ layer.kernel + (layer.bias if layer.use_bias else 0)
    y = layer.activation(z)
    return y, layer.activation.backward(dy, z, y) @ layer.kernel.T


def by_normalization(layer, x, dy, training):
    axes, mean, variance, gamma, beta, epsilon = layer.normalization()
    if mean is None:
        return by_own_statistics(x, dy, sorted(axis % (x.ndim + 1) - 1 for axis in axes), layer)
    shape = [1] * (x.ndim + 1)
    shape[axes[0]] = -1
    along = [
        np.reshape(part, shape)[0] if part is not None else default
        for part, default in ((mean, 0), (variance, 0), (gamma, 1), (beta, 0))
    ]
    scale = along[2] / np.sqrt(along[1] + epsilon)
    return (x - along[0]) * scale + along[3], dy * scale


def by_own_statistics(x, dy, axes, layer):
    """Group by group, with the whole Jacobian."""
    last = range(-len(axes), 0)
    moved, upstream = (np.moveaxis(array, axes, last) for array in (x, dy))
    n = int(np.prod(moved.shape[-len(axes) :]))
    gamma, beta = (
        np.full(n, default) if weight is None else weight.ravel()
        for weight, default in ((layer.gamma, 1.0), (layer.beta, 0.0))
    )
    y, dx = np.zeros((moved.size // n, n)), np.zeros((moved.size // n, n))
    for group, (numbers, gradient) in enumerate(
        zip(moved.reshape(-1, n), upstream.reshape(-1, n), strict=True)
    ):
        scale = 1 / np.sqrt(numbers.var() + layer.epsilon)
        normalized = (numbers - numbers.mean()) * scale
        jacobian = (np.eye(n) - 1 / n - np.outer(normalized, normalized) / n) * scale
        y[group], dx[group] = gamma * normalized + beta, (gamma * gradient) @ jacobian
    return tuple(np.moveaxis(one.reshape(moved.shape), last, axes) for one in (y, dx))


def by_learnt_slopes(layer, x, dy, training):
    name, indices = layer.learnt_slopes((None, *x.shape))
    slopes = np.where(x > 0, 1, getattr(layer, name).ravel()[indices])
    return x * slopes, dy * slopes


def by_activation(layer, x, dy, training):
    y = layer.activation(x[None])
    return y[0], layer.activation.backward(dy[None], x[None], y)[0]


WAYS = {
    "activation": by_activation,
    "chain": by_chain,
    "convolution": by_convolution,
    "dense": by_dense,
    "elementwise": by_elementwise,
    "index_map": by_index_map,
    "learnt_slopes": by_learnt_slopes,
    "maximum": by_index_map,
    "normalization": by_normalization,
}


def depends_on_the_batch(layer):
    return isinstance(layer, (layers.BatchNormalization, layers.RandomContrast))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_the_description_agrees_with_the_layer(row, training):
    layer = built(row)
    assert layer.family in FAMILIES
    if layer.family in ("custom", "merge") or (training and depends_on_the_batch(layer)):
        return
    x = RANDOM.integers(-3, 4, row.input_shape) / 2  # with equal numbers: maxima that tie
    y, cache = layer.forward(x[None].copy(), training)
    dy = RANDOM.normal(size=y.shape)
    dx, _ = layer.backward(dy, cache)
    expected = WAYS[layer.family](layer, x, dy[0], training)
    np.testing.assert_allclose(y[0].ravel(), expected[0].ravel(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(dx[0].ravel(), expected[1].ravel(), rtol=1e-12, atol=1e-12)
    if layer.family == "chain":
        parts = layer.chain()
        assert [part.output_shape for part in parts[:-1]] == [
            part.input_shape for part in parts[1:]
        ]
        assert (parts[0].input_shape, parts[-1].output_shape) == (
            layer.input_shape,
            layer.output_shape,
        )
    if layer.family in ("index_map", "maximum"):
        described = layer.index_map((None, *x.shape), training)
        applied = described.apply(x, layer.family == "maximum")
        np.testing.assert_allclose(applied, expected[0].ravel(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("merge", "shapes"),
    [
        (layers.Add(), [(3, 4, 2)] * 3),
        (layers.Average(), [(5,)] * 3),
        (layers.Subtract(), [(3, 1, 2), (3, 4, 2)]),
        (layers.Maximum(), [(4,), (4,)]),
        (layers.Concatenate(), [(3, 4, 2), (3, 4, 6)]),
        (layers.Concatenate(axis=1), [(3, 4, 2), (6, 4, 2)]),
        (layers.Concatenate(axis=-2), [(3, 1, 2), (3, 2, 2)]),
        (layers.Add(), [(5, 1), (1, 4)]),
    ],
)
def test_merged_inputs_are_an_index_map_of_all_of_them(merge, shapes):
    x = [RANDOM.normal(size=(1, *shape)) for shape in shapes]
    described = merge.index_map([(None, *shape) for shape in shapes])
    applied = described.apply(
        np.concatenate([one.ravel() for one in x]), merge.operation == "maximum"
    )
    np.testing.assert_allclose(applied, merge.forward(x)[0].ravel())


def test_every_layer_of_the_library_describes_itself():
    classes = {one for name, one in vars(layers).items() if isinstance(one, type)}
    custom = {one for one in classes if issubclass(one, layers.Layer) and one.family == "custom"}
    custom = {one for one in custom if one.__module__ != "minicnn.layers.merging"}
    names = {one.__name__ for one in custom}
    assert names == {"Lambda", "Layer"}


def test_a_subclass_that_computes_something_else_is_custom():
    class Renamed(layers.Flatten):
        def __init__(self, **options):
            super().__init__(**options)

    class Doubled(layers.Flatten):
        def forward(self, x, training=False):
            y, cache = super().forward(x, training)
            return 2 * y, cache

    class Reversed(layers.Flatten):
        family = "index_map"

        def forward(self, x, training=False):
            y, cache = super().forward(x, training)
            return y[:, ::-1], cache

    assert [one.family for one in (Renamed, Doubled, Reversed, Scale)] == [
        "index_map", "custom", "index_map", "custom",
    ]  # fmt: skip
    with pytest.raises(NotImplementedError, match="is not an index map, but custom"):
        Scale().index_map((None, 2))


@pytest.mark.parametrize("layer", [layers.Flatten(), layers.MaxPooling2D(2)], ids=["flat", "pool"])
def test_index_map_of_open_sizes(layer):
    with pytest.raises(ShapeError, match=r"whose sizes are known, got \(batch, None, 4, 1\)"):
        layer.index_map((None, None, 4, 1))
