"""A layer that describes itself otherwise than it computes is named, not shown."""

import numpy as np
import pytest

from minicnn import Sequential, layers, steps
from minicnn.layers.description import moves


class WrongMirror(layers.Layer):
    """Swaps columns, and says that it does not."""

    family = "index_map"

    def compute_output_shape(self, input_shape):
        return input_shape

    def forward(self, x, training=False):
        return x[:, :, ::-1], None

    def backward(self, dy, cache):
        return dy[:, :, ::-1], {}

    def index_map(self, input_shape, training=False):
        return moves(np.arange(np.prod(input_shape[1:-1])), input_shape[-1])


def test_a_wrong_description_is_named():
    mirror = WrongMirror(input_shape=(1, 3, 1), name="mirror")
    model = Sequential([mirror, layers.Flatten(), layers.Dense(2, activation="softmax")])
    seen = steps.trace(model, [[[5.0], [6.0], [7.0]]], 0)
    message = (
        r'WrongMirror "mirror" describes itself wrongly: output\[.*\] is 5 .*, and 7 by forward'
    )
    with pytest.raises(ValueError, match=message):
        seen["mirror"]
