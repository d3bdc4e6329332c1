"""A layer of your own: forward, backward, and the proof that backward is right.

python own_layer.py
"""

import numpy as np

from minicnn.datasets import digits
from minicnn.layers import Dense, Flatten, Layer
from minicnn.models import Sequential


class Scale(Layer):
    """Multiplies every feature by a number of its own, which is learnt: y = x·scale."""

    def build(self, input_shape):
        self.add_weight("scale", shape=input_shape[-1:], initializer="ones")

    def forward(self, x, training=False):
        return x * self.scale, x  # output, and the cache that backward needs

    def backward(self, dy, cache):
        x = cache
        dscale = (dy * x).sum(axis=tuple(range(x.ndim - 1)))  # every example has its part in it
        return dy * self.scale, {"scale": dscale}


def numerical_gradient(function, array, step=1e-6):
    """Change every number of an array a little, up and down, and see what becomes of the function."""
    gradient = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        before = array[place]
        array[place] = before + step
        above = function()
        array[place] = before - step
        below = function()
        array[place] = before
        gradient[place] = (above - below) / (2 * step)
    return gradient


# Is backward right? In float64, with random numbers, against finite differences
random = np.random.default_rng(0)
layer = Scale(dtype="float64")
x = random.normal(size=(4, 3))
layer.build(x.shape)
layer.set_weights([random.normal(size=3)])
dy = random.normal(size=(4, 3))  # ∂loss/∂y, where loss = Σ y·dy


def loss():
    return (layer.forward(x)[0] * dy).sum()


_, cache = layer.forward(x)
dx, gradients = layer.backward(dy, cache)
for name, gradient, array in (("dx", dx, x), ("dscale", gradients["scale"], layer.scale)):
    error = np.abs(gradient - numerical_gradient(loss, array)).max()
    print(f"{name}: differs from finite differences by {error:.1e} at most")
    assert error < 1e-7

# Then it trains like any other layer
(x_train, y_train), (x_test, y_test) = digits.load_data()
model = Sequential([Flatten(input_shape=(8, 8)), Scale(), Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=30, verbose=0)
print("on the test images:", model.evaluate(x_test, y_test, verbose=0, return_dict=True))
