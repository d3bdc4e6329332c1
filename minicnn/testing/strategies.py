"""Strategies for hypothesis: random images, layers and models, to test custom layers.

>>> from hypothesis import given, settings
>>> from minicnn.testing import check_gradients, strategies
>>> @settings(max_examples=5)
... @given(strategies.poolings())
... def every_pooling_has_the_right_gradient(case):
...     assert check_gradients(case.layer, case.x).passed
>>> every_pooling_has_the_right_gradient()

hypothesis reduces a failing case to the smallest one, with few pixels and a small window.
"""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy import ndarray

from minicnn.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InputLayer,
    Layer,
    MaxPooling2D,
)
from minicnn.models import Sequential
from minicnn.ops.windows import effective_size
from minicnn.testing.numerical import distinct_numbers

Pair = tuple[int, int]

SEEDS = st.integers(0, 2**32 - 1)
ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid")
LARGEST = 9


class Sliding(NamedTuple):
    """Shapes and options of a convolution or pooling.

    Attributes
    ----------
    x_shape : (batch, height, width, channels)
    window, strides, dilation_rate : (int, int)
        Pixels vertically and horizontally.
    padding : "valid" or "same"
    seed : int
        For the values of the arrays.
    """

    x_shape: tuple[int, int, int, int]
    window: Pair
    strides: Pair
    padding: str
    dilation_rate: Pair
    seed: int


class LayerCase(NamedTuple):
    """A layer that is not built, and a batch for it.

    Attributes
    ----------
    layer : Layer
    x : ndarray of float64, (batch, ...)
    """

    layer: Layer
    x: ndarray


class ModelCase(NamedTuple):
    """A model that is built and compiled, and a batch for it.

    Attributes
    ----------
    model : Sequential
        For class ids.
    x : ndarray of float64, (batch, height, width, channels)
    y : ndarray of int, (batch,)
    """

    model: Sequential
    x: ndarray
    y: ndarray


@st.composite
def images(draw: st.DrawFn, smallest: int = 1, largest: int = LARGEST) -> ndarray:
    """Draw a batch of 1 to 3 images of 1 to 4 channels, float64 (batch, height, width, channels).

    The values are distinct numbers between −2 and 2, except 0; `smallest` and `largest` limit height
    and width.
    """
    sides = st.integers(smallest, largest)
    shape = (draw(st.integers(1, 3)), draw(sides), draw(sides), draw(st.integers(1, 4)))
    return distinct_numbers(shape, np.random.default_rng(draw(SEEDS)))


@st.composite
def slidings(
    draw: st.DrawFn, largest: int = LARGEST, dilations: bool = True, both: bool = True
) -> Sliding:
    """Draw a window of 1×1 to 4×4 with strides up to 5, and images that are large enough for it.

    Parameters
    ----------
    largest : int, optional
        Maximum height and width of the images.
    dilations : bool, optional
        Whether to draw dilation rates.
    both : bool, optional
        Whether to draw dilation rates together with strides above 1, which Keras refuses.
    """
    padding = draw(st.sampled_from(["valid", "same"]))
    apart = dilations and draw(st.booleans())
    sizes, windows, strides, rates = [], [], [], []
    for _ in range(2):
        windows.append(draw(st.integers(1, 4)))
        rates.append(draw(st.integers(1, 3)) if apart else 1)
        strides.append(draw(st.integers(1, 5)) if both or not apart else 1)
        least = 1 if padding == "same" else effective_size(windows[-1], rates[-1])
        sizes.append(draw(st.integers(least, max(largest, least))))
    return Sliding(
        (draw(st.integers(1, 3)), sizes[0], sizes[1], draw(st.integers(1, 4))),
        (windows[0], windows[1]),
        (strides[0], strides[1]),
        padding,
        (rates[0], rates[1]),
        draw(SEEDS),
    )


@st.composite
def convolutions(draw: st.DrawFn, largest: int = LARGEST) -> LayerCase:
    """Draw a `Conv2D` with any options, and images up to `largest` pixels high and wide for it."""
    sliding = draw(slidings(largest, both=False))
    groups = draw(st.integers(1, 3))
    layer = Conv2D(
        groups * draw(st.integers(1, 4)),
        sliding.window,
        sliding.strides,
        sliding.padding,
        dilation_rate=sliding.dilation_rate,
        groups=groups,
        activation=draw(st.sampled_from(ACTIVATIONS)),
        use_bias=draw(st.booleans()),
    )
    batch, height, width, channels = sliding.x_shape
    shape = (batch, height, width, channels * groups)
    return LayerCase(layer, distinct_numbers(shape, np.random.default_rng(sliding.seed)))


@st.composite
def poolings(draw: st.DrawFn, largest: int = LARGEST) -> LayerCase:
    """Draw a `MaxPooling2D` or `AveragePooling2D`, and images up to `largest` pixels for it."""
    sliding = draw(slidings(largest, dilations=False))
    kind = draw(st.sampled_from([MaxPooling2D, AveragePooling2D]))
    layer = kind(sliding.window, sliding.strides, sliding.padding)
    return LayerCase(layer, distinct_numbers(sliding.x_shape, np.random.default_rng(sliding.seed)))


@st.composite
def models(draw: st.DrawFn, smallest: int = 5, largest: int = 8) -> ModelCase:
    """Draw a small network for images, compiled for class ids, and a batch with labels.

    It has one or two convolutions, each optionally followed by batch normalization and pooling,
    optional dropout, and a softmax over 2 to 4 classes. `smallest`, at least 5, and `largest` limit
    height and width.
    """
    x = draw(images(smallest, largest))
    stack: list[Layer] = []
    for padding in ["valid", "same"][: draw(st.integers(1, 2))]:  # the second keeps what is left
        filters, size = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        activation = draw(st.sampled_from(ACTIVATIONS))
        stack.append(Conv2D(filters, size, padding=padding, activation=activation))
        if draw(st.booleans()):
            stack.append(BatchNormalization())
        if draw(st.booleans()):
            kind = draw(st.sampled_from([MaxPooling2D, AveragePooling2D]))
            stack.append(kind(2, padding="same"))
    if draw(st.booleans()):
        stack.append(Dropout(0.3, seed=draw(st.integers(0, 99))))
    classes = draw(st.integers(2, 4))
    stack += [Flatten(), Dense(classes, activation="softmax")]
    model = Sequential([InputLayer(x.shape[1:]), *stack])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    labels = np.random.default_rng(draw(SEEDS)).integers(classes, size=len(x))
    return ModelCase(model, x, labels)
