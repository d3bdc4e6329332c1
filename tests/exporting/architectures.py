"""Random models of every kind of layer, for hypothesis."""

import numpy as np
from hypothesis import strategies as st

from minicnn import Sequential, layers
from minicnn.activations import KNOWN, Activation
from minicnn.errors import ShapeError

few = st.integers(1, 3)
pairs = st.tuples(few, few)
paddings = st.sampled_from(["valid", "same"])
activations = st.sampled_from([*KNOWN, Activation("gelu", approximate=True)])
margins = st.tuples(st.integers(0, 2), st.integers(0, 2))


@st.composite
def convolutions(draw):
    groups = draw(st.sampled_from([1, 1, 2]))
    strided = draw(st.booleans())
    return layers.Conv2D(
        draw(few) * groups,
        draw(pairs),
        strides=draw(pairs) if strided else 1,
        dilation_rate=1 if strided else draw(pairs),
        padding=draw(paddings),
        groups=groups,
        use_bias=draw(st.booleans()),
        activation=draw(activations),
    )


def poolings(kind):
    return st.builds(kind, pairs, st.none() | pairs, paddings)


def per_channel(low, high):
    return st.floats(low, high, width=32) | st.lists(
        st.floats(low, high, width=32), min_size=2, max_size=2
    )


def more_convolutions():
    """Layers that are a convolution of some kind, with a kernel of several shapes."""
    options = {"use_bias": st.booleans(), "activation": activations, "padding": paddings}
    return st.one_of(
        st.builds(layers.DepthwiseConv2D, pairs, depth_multiplier=few, strides=few, **options),
        st.builds(layers.SeparableConv2D, few, pairs, depth_multiplier=few, **options),
        st.builds(layers.Conv2DTranspose, few, pairs, strides=pairs, **options),
    )


sequence_paddings = st.sampled_from(["valid", "same", "causal"])
for_sequences = st.one_of(
    st.builds(layers.Conv1D, few, few, few, sequence_paddings, activation=activations),
    st.builds(layers.MaxPooling1D, few, few, paddings),
    st.builds(layers.AveragePooling1D, few, few, paddings),
    st.builds(layers.GlobalMaxPooling1D, keepdims=st.booleans()),
    st.builds(layers.GlobalAveragePooling1D, keepdims=st.booleans()),
)
for_images = st.one_of(
    convolutions(),
    more_convolutions(),
    poolings(layers.MaxPooling2D),
    poolings(layers.AveragePooling2D),
    st.builds(layers.ZeroPadding2D, st.tuples(margins, margins)),
    st.builds(layers.GlobalAveragePooling2D, keepdims=st.booleans()),
    st.builds(layers.GlobalMaxPooling2D, keepdims=st.booleans()),
)
for_all = st.one_of(
    st.builds(layers.Dense, few, activation=activations, use_bias=st.booleans()),
    st.builds(
        layers.BatchNormalization,
        axis=st.sampled_from([-1, -1, 1, 2, 3]),
        scale=st.booleans(),
        center=st.booleans(),
    ),
    st.builds(
        layers.LayerNormalization,
        axis=st.sampled_from([-1, 1, [1, -1]]),
        epsilon=st.just(0.1),
        scale=st.booleans(),
        center=st.booleans(),
    ),
    st.builds(layers.Activation, activations),
    st.builds(
        layers.ReLU,
        max_value=st.none() | st.floats(0.5, 2),
        negative_slope=st.sampled_from([0.0, 0.25]),
        threshold=st.sampled_from([0.0, 0.5]),
    ),
    st.builds(layers.LeakyReLU, st.floats(0, 1)),
    st.builds(layers.Softmax, st.sampled_from([-1, 1, 2, (1, 2)])),
    st.builds(layers.Dropout, st.just(0.5)),
    st.builds(layers.Rescaling, per_channel(-2, 2), per_channel(-2, 2)),
    st.builds(layers.Flatten),
    st.builds(
        layers.Reshape, st.sampled_from([(-1,), (2, -1), (-1, 2, 2), (2, 2, -1, 1), (1, -1, 2)])
    ),
)


@st.composite
def models(draw):
    """A model whose weights, and moving averages, are random."""
    size = st.integers(3, 9)
    model = Sequential([layers.Input((draw(size), draw(size), draw(few)))])
    for layer in draw(st.lists(for_images, max_size=4)) + draw(st.lists(for_all, max_size=4)):
        add_if_it_fits(model, layer)
    for layer in draw(st.lists(for_images | for_all | for_sequences, max_size=3)):
        add_if_it_fits(model, layer)
    if not model.layers:
        model.add(layers.Flatten())
    random = np.random.default_rng(draw(st.integers(0, 99)))
    model.set_weights([random.uniform(0.2, 1.2, weight.shape) for weight in model.weights])
    for layer in model.layers:
        if isinstance(layer, (layers.Conv2D, layers.Dense)):
            layer.kernel[...] = (
                random.normal(size=layer.kernel.shape) / layer.kernel[..., 0].size ** 0.5
            )
    return model


def add_if_it_fits(model, layer):
    try:
        model.add(layer)
    except ShapeError:
        return
    if np.prod(model.output_shape[1:]) > 3000:
        model.pop()
