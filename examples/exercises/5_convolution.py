"""Exercise: fill in `backward`. Slide one 3×3 filter over images of one channel."""

import numpy as np

from minicnn.layers import Layer
from minicnn.testing import check_gradients


class Convolve(Layer):
    """Slide one 3×3 filter over images of one channel."""

    def build(self, input_shape):
        self.add_weight("kernel", shape=(3, 3))

    def compute_output_shape(self, input_shape):
        batch, rows, columns, channels = input_shape
        return (batch, rows - 2, columns - 2, channels)

    def forward(self, x, training=False):
        rows, columns = x.shape[1] - 2, x.shape[2] - 2
        y = np.zeros((len(x), rows, columns, 1), x.dtype)
        for i in range(3):
            for j in range(3):
                y += x[:, i : i + rows, j : j + columns] * self.kernel[i, j]
        return y, x

    def backward(self, dy, cache):
        # Fill in: return dx, {'kernel': dkernel}.
        raise NotImplementedError("fill in backward")


if __name__ == "__main__":
    print(check_gradients(Convolve(), np.random.default_rng(0).normal(size=(2, 5, 6, 1))))
