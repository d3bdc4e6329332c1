"""Random images, layers and models for hypothesis: to try layers of one's own on.

>>> from hypothesis import given, settings
>>> from minicnn.testing import check_gradients, strategies
>>> @settings(max_examples=5)
... @given(strategies.poolings())
... def every_pooling_has_the_right_gradient(case):
...     assert check_gradients(case.layer, case.x).passed
>>> every_pooling_has_the_right_gradient()

A case that fails is made as small as can be by hypothesis: the fewest pixels, the smallest window.
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
    Input,
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
    """A window on images: what a convolution and a pooling have in common.

    Attributes
    ----------
    x_shape : (batch, height, width, channels)
    window, strides, dilation_rate : (int, int)
        In pixels, down and across.
    padding : "valid" or "same"
    seed : int
        For the numbers in the arrays.
    """

    x_shape: tuple[int, int, int, int]
    window: Pair
    strides: Pair
    padding: str
    dilation_rate: Pair
    seed: int


class LayerCase(NamedTuple):
    """A layer, not built yet, and a batch that fits it.

    Attributes
    ----------
    layer : Layer
    x : ndarray of float64, (batch, ...)
    """

    layer: Layer
    x: ndarray


class ModelCase(NamedTuple):
    """A model, built and compiled, and a batch that fits it.

    Attributes
    ----------
    model : Sequential
        For class numbers.
    x : ndarray of float64, (batch, height, width, channels)
    y : ndarray of int, (batch,)
    """

    model: Sequential
    x: ndarray
    y: ndarray


@st.composite
def images(draw: st.DrawFn, smallest: int = 1, largest: int = LARGEST) -> ndarray:
    """Draw a batch of 1 to 3 images of 1 to 4 channels, float64 (batch, height, width, channels).

    Parameters
    ----------
    smallest, largest : int, optional
        Of height and width.

    Returns
    -------
    strategy of ndarray
        The numbers lie between −2 and 2; no two are equal, and none is 0.
    """
    sides = st.integers(smallest, largest)
    shape = (draw(st.integers(1, 3)), draw(sides), draw(sides), draw(st.integers(1, 4)))
    return distinct_numbers(shape, np.random.default_rng(draw(SEEDS)))


@st.composite
def slidings(
    draw: st.DrawFn, largest: int = LARGEST, dilations: bool = True, both: bool = True
) -> Sliding:
    """Draw a window of 1×1 to 4×4 and images from the window's own size up; strides up to 5.

    Parameters
    ----------
    largest : int, optional
        Of the images' height and width.
    dilations : bool, optional
        Whether the window's cells may lie apart.
    both : bool, optional
        Whether they may with strides above 1, which Keras refuses.

    Returns
    -------
    strategy of Sliding
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
    """Draw a `Conv2D` and images that it fits: any strides, padding, dilation, channels, groups.

    Parameters
    ----------
    largest : int, optional
        Of the images' height and width.

    Returns
    -------
    strategy of LayerCase
    """
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
    """Draw a `MaxPooling2D` or an `AveragePooling2D`, and images that it fits.

    Parameters
    ----------
    largest : int, optional
        Of the images' height and width.

    Returns
    -------
    strategy of LayerCase
    """
    sliding = draw(slidings(largest, dilations=False))
    kind = draw(st.sampled_from([MaxPooling2D, AveragePooling2D]))
    layer = kind(sliding.window, sliding.strides, sliding.padding)
    return LayerCase(layer, distinct_numbers(sliding.x_shape, np.random.default_rng(sliding.seed)))


@st.composite
def models(draw: st.DrawFn, smallest: int = 5, largest: int = 8) -> ModelCase:
    """Draw a small network for images, compiled for class numbers, and a batch with labels.

    One or two convolutions, each with or without batch normalisation and pooling behind it, then
    maybe dropout, and a softmax over 2 to 4 classes.

    Parameters
    ----------
    smallest, largest : int, optional
        Of the images' height and width; from 5 on.

    Returns
    -------
    strategy of ModelCase
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
    model = Sequential([Input(x.shape[1:]), *stack])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    labels = np.random.default_rng(draw(SEEDS)).integers(classes, size=len(x))
    return ModelCase(model, x, labels)
