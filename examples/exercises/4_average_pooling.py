"""Exercise: fill in `backward`. Take the mean of each block of 2×2 pixels."""

import numpy as np

from minicnn.layers import Layer
from minicnn.testing import check_gradients


class Pool(Layer):
    """Take the mean of each block of 2×2 pixels."""

    def compute_output_shape(self, input_shape):
        batch, rows, columns, channels = input_shape
        return (batch, rows // 2, columns // 2, channels)

    def forward(self, x, training=False):
        batch, rows, columns, channels = x.shape
        blocks = x.reshape(batch, rows // 2, 2, columns // 2, 2, channels)
        return blocks.mean(axis=(2, 4)), None  # the backward pass needs nothing but dy

    def backward(self, dy, cache):
        # Fill in: return dx, {}. dx has twice the rows and columns of dy.
        raise NotImplementedError("fill in backward")


if __name__ == "__main__":
    print(check_gradients(Pool(), np.random.default_rng(0).normal(size=(2, 4, 4, 3))))
