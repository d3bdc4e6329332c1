"""Exercise: fill in `backward`. Multiply the features by a matrix and add a bias: y = x · W + b."""

import numpy as np

from minicnn.layers import Layer
from minicnn.testing import check_gradients


class FullyConnected(Layer):
    """Multiply the features by a matrix and add a bias: y = x · W + b."""

    def build(self, input_shape):
        self.add_weight("w", shape=(input_shape[-1], 2))
        self.add_weight("b", shape=(2,), initializer="zeros")

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 2)

    def forward(self, x, training=False):
        return x @ self.w + self.b, x

    def backward(self, dy, cache):
        # Fill in: return dx, {'w': dw, 'b': db}.
        raise NotImplementedError("fill in backward")


if __name__ == "__main__":
    print(check_gradients(FullyConnected(), np.random.default_rng(0).normal(size=(4, 3))))
