"""Write a custom layer, forward and backward, and check its gradient.

python own_layer.py
"""

import numpy as np

from minicnn.datasets import digits
from minicnn.layers import Dense, Flatten, Layer
from minicnn.models import Sequential
from minicnn.testing import GradientError, check_gradients


class Scale(Layer):
    """Multiply every feature by a learned factor: y = x·scale."""

    def build(self, input_shape):
        self.add_weight("scale", shape=input_shape[-1:], initializer="ones")

    def forward(self, x, training=False):
        return x * self.scale, x  # output, and the cache that backward needs

    def backward(self, dy, cache):
        x = cache
        dscale = (dy * x).sum(axis=tuple(range(x.ndim - 1)))  # every example contributes
        return dy * self.scale, {"scale": dscale}


# Compare backward with finite differences, in float64 and on random numbers
x = np.random.default_rng(0).normal(size=(4, 3))
print(check_gradients(Scale(), x))


# A mistake: the mean over the examples instead of the sum
class WrongScale(Scale):
    def backward(self, dy, cache):
        dx, gradients = super().backward(dy, cache)
        return dx, {"scale": gradients["scale"] / len(dy)}


try:
    check_gradients(WrongScale(), x)
except GradientError as error:
    print(error)

# The layer trains like any other, and the gradients of the model's loss can be checked
(x_train, y_train), (x_test, y_test) = digits.load_data()
model = Sequential([Flatten(input_shape=(8, 8)), Scale(), Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=30, verbose=0)
print("test images:", model.evaluate(x_test, y_test, verbose=0, return_dict=True))
print(check_gradients(model, x_test[:8], y_test[:8]))
