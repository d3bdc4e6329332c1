"""Exercise: fill in `backward`. Multiply every feature by a learned factor: y = x · scale."""

import numpy as np

from minicnn.layers import Layer
from minicnn.testing import check_gradients


class Scale(Layer):
    """Multiply every feature by a learned factor: y = x · scale."""

    def build(self, input_shape):
        self.add_weight("scale", shape=input_shape[-1:], initializer="ones")

    def forward(self, x, training=False):
        return x * self.scale, x  # the output, and the cache that backward needs

    def backward(self, dy, cache):
        # Fill in: return dx, {'scale': dscale}. dx has the shape of x, dscale that of self.scale.
        raise NotImplementedError("fill in backward")


if __name__ == "__main__":
    print(check_gradients(Scale(), np.random.default_rng(0).normal(size=(4, 3))))
