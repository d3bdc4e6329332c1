"""Layers for sequences, (batch, steps, channels): those for images, applied to images with one row."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers.conv2d import Convolutional
from minicnn.layers.description import Convolution, IndexMap
from minicnn.layers.layer import Backward, Gradients, Layer
from minicnn.layers.pooling import GlobalMaximum, GlobalMean, MaximumPooling, MeanPooling
from minicnn.layers.shapes import Shape, shape_text
from minicnn.ops.windows import CONVOLUTION_PADDINGS

__all__ = [
    "AveragePooling1D",
    "AvgPool1D",
    "Conv1D",
    "Convolution1D",
    "GlobalAveragePooling1D",
    "GlobalAvgPool1D",
    "GlobalMaxPool1D",
    "GlobalMaxPooling1D",
    "MaxPool1D",
    "MaxPooling1D",
]


class SequenceLayer(Layer):
    """Base class, listed before that of the same layer for images: the shapes."""

    rank = 1

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 3:
            raise ShapeError(
                f"{self.describe()} takes sequences of shape (batch, steps, channels), got "
                f"{shape_text(input_shape)}. x[..., np.newaxis] adds a missing channel axis."
            )
        shape = super().compute_output_shape(_with_row(input_shape))
        return (shape[0], *shape[2:]) if len(shape) == 4 else shape

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        return super().index_map(_with_row(input_shape), training)


class SequencePooling(SequenceLayer):
    """Base class of the pooling layers for sequences: the passes."""

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        y, cache = super().forward(x[:, np.newaxis], training)
        return (y[:, 0] if y.ndim == 4 else y), cache

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        dx, gradients = super().backward(dy[:, np.newaxis] if dy.ndim == 3 else dy, cache)
        return dx[:, 0], gradients


class Conv1D(SequenceLayer, Convolutional):
    """1-D convolution: filters slide along a sequence, such as the samples of a signal.

    Parameters
    ----------
    filters : int
        Number of filters; each makes one channel of the output.
    kernel_size : int
        Length of a filter, in steps.
    strides : int
        Distance from one position of the filter to the next, in steps.
    padding : "valid", "same" or "causal"
        As in `Conv2D`. "causal" pads with zeros before the sequence only, so that no output depends
        on later steps.
    dilation_rate : int
        Distance from one tap of the filter to the next, in steps. Not together with strides.
    data_format, groups, activation, use_bias : as in `Conv2D`
    kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer : as in `Conv2D`
    **options : as in `Conv2D`

    Attributes
    ----------
    kernel : (kernel_size, channels // groups, filters)
    bias : (filters,)

    Examples
    --------
    >>> layer = Conv1D(4, kernel_size=3, padding="same")
    >>> layer(np.zeros((1, 10, 2))).shape, layer.count_params()
    ((1, 10, 4), 28)
    """

    paddings = CONVOLUTION_PADDINGS

    def logits_backward(self, dz: ndarray, cache: Any, input_gradient: bool = True) -> Backward:
        dx, gradients = super().logits_backward(dz[:, np.newaxis], cache, input_gradient)
        return (None if dx is None else dx[:, 0]), gradients

    def convolution(self) -> Convolution:
        return super().convolution()._replace(kernel=self.kernel[np.newaxis])

    def _convolve(
        self, x: ndarray, activation: str, convolution: Convolution
    ) -> tuple[ndarray, Any]:
        y, cache = super()._convolve(x[:, np.newaxis], activation, convolution)
        return y[:, 0], cache


class MaxPooling1D(SequencePooling, MaximumPooling):
    """Maximum of every window of a sequence; parameters as in `MaxPooling2D`, in steps.

    Examples
    --------
    >>> MaxPooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]])).ravel()
    array([3., 2.], dtype=float32)
    """


class AveragePooling1D(SequencePooling, MeanPooling):
    """Mean of every window of a sequence; parameters as in `MaxPooling2D`, in steps.

    Examples
    --------
    >>> AveragePooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]])).ravel()
    array([2., 1.], dtype=float32)
    """


class GlobalMaxPooling1D(SequencePooling, GlobalMaximum):
    """Maximum of every channel of a sequence; parameters as in `GlobalAveragePooling2D`.

    With `keepdims` the output is (batch, 1, channels), not (batch, channels).

    Examples
    --------
    >>> GlobalMaxPooling1D()(np.array([[[1.0], [3.0], [2.0]]]))
    array([[3.]], dtype=float32)
    """


class GlobalAveragePooling1D(SequencePooling, GlobalMean):
    """Mean of every channel of a sequence; parameters as in `GlobalAveragePooling2D`.

    Examples
    --------
    >>> GlobalAveragePooling1D()(np.array([[[1.0], [3.0], [2.0]]]))
    array([[2.]], dtype=float32)
    """


def _with_row(shape: Shape) -> Shape:
    return (shape[0], 1, *shape[1:])


# Keras' other names
Convolution1D = Conv1D
MaxPool1D, AvgPool1D = MaxPooling1D, AveragePooling1D
GlobalMaxPool1D, GlobalAvgPool1D = GlobalMaxPooling1D, GlobalAveragePooling1D
