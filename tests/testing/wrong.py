"""Backward passes with a mistake, one of each kind, and the diagnosis that it should get."""

from typing import Any, NamedTuple

import numpy as np

from minicnn.layers import Conv2D, Dense, Layer, MaxPooling2D

IMAGES = (3, 5, 5, 2)
FEATURES = (3, 4)


class Fault(NamedTuple):
    layer: Layer
    shape: tuple[int, ...]
    name: str  # of the array whose gradient is wrong
    diagnosis: str


def faulty(kind: type[Layer], *arguments: Any, wrong: Any, **options: Any) -> Layer:
    """A layer whose backward returns ``wrong(dx, gradients, dy)``."""

    class Faulty(kind):
        def backward(self, dy, cache):
            dx, gradients = super().backward(dy, cache)
            return wrong(dx, dict(gradients), dy)

    return Faulty(*arguments, **options)


def conv(wrong):
    return faulty(Conv2D, 2, 3, padding="same", activation="tanh", wrong=wrong)


def dense(wrong):
    return faulty(Dense, 4, activation="tanh", wrong=wrong)


def changed(array, place, value):
    array = array.copy()
    array[place] = value
    return array


class Square(Layer):
    """y = x², and whatever `derivative` gives for its derivative."""

    def __init__(self, derivative, **options):
        super().__init__(**options)
        self.derivative = derivative

    def forward(self, x, training=False):
        return x**2, x

    def backward(self, dy, cache):
        return self.derivative(cache, dy), {}


class Shift(Layer):
    """y = x + shift, and whatever `gradient` gives for its gradient."""

    def __init__(self, gradient, **options):
        super().__init__(**options)
        self.gradient = gradient

    def build(self, input_shape):
        self.add_weight("shift", input_shape[-1:], "zeros")

    def forward(self, x, training=False):
        return x + self.shift, None

    def backward(self, dy, cache):
        return dy, {"shift": self.gradient(dy)}


class Centred(Layer):
    """y = x − its mean over the features; backward takes the mean for a constant."""

    def forward(self, x, training=False):
        return x - x.mean(axis=1, keepdims=True), None

    def backward(self, dy, cache):
        return dy, {}


FAULTS = {
    "missing": Fault(
        dense(lambda dx, g, dy: (dx, g | {"bias": g["bias"] * 0})), FEATURES, "bias",
        "missing: it is 0",
    ),
    "the sign": Fault(conv(lambda dx, g, dy: (-dx, g)), IMAGES, "x", "Likely the sign"),
    "twice": Fault(
        Square(lambda x, dy: x * dy), FEATURES, "x", "should be 2 times as large: the 2 of a square"
    ),
    "some constant": Fault(
        dense(lambda dx, g, dy: (dx, g | {"kernel": g["kernel"] / 3.7})), FEATURES, "kernel",
        "should be 3.7 times as large: a constant is missing",
    ),
    "a mean over the batch": Fault(
        Shift(lambda dy: dy.mean(axis=0)), FEATURES, "shift",
        "should be 3 times as large: a mean instead of the sum over the 3 examples",
    ),
    "a mean over all positions": Fault(
        Shift(lambda dy: dy.mean(axis=(0, 1, 2))), IMAGES, "shift",
        "should be 75 times as large: a mean instead of the sum over all 75 positions",
    ),
    "the first example only": Fault(
        Shift(lambda dy: dy[0]), FEATURES, "shift", "only example 0 of the batch contributes"
    ),
    "the last example only": Fault(
        Shift(lambda dy: dy[-1]), FEATURES, "shift", "only example 2 of the batch contributes"
    ),
    "no chain rule": Fault(
        Square(lambda x, dy: 2 * x), FEATURES, "x", "the chain rule is missing"
    ),
    "transposed": Fault(
        dense(lambda dx, g, dy: (dx, g | {"kernel": g["kernel"].T})), FEATURES, "kernel",
        r"transposed or reversed: it matches with its axes transposed to \(1, 0\)",
    ),
    "two of four axes": Fault(
        conv(lambda dx, g, dy: (dx, g | {"kernel": g["kernel"].transpose(1, 0, 2, 3)})), IMAGES,
        "kernel",
        r"its axes transposed to \(1, 0, 2, 3\)",
    ),
    "flipped": Fault(
        conv(lambda dx, g, dy: (dx, g | {"kernel": g["kernel"][::-1, ::-1]})), IMAGES, "kernel",
        "axes 0 and 1 reversed",
    ),
    "images in another order": Fault(
        conv(lambda dx, g, dy: (dx[::-1], g)), IMAGES, "x", "axis 0 reversed"
    ),
    "a reshape for a transpose": Fault(
        faulty(Dense, 2, wrong=lambda dx, g, dy: (dx, g | {"kernel": g["kernel"].T.reshape(4, 2)})),
        FEATURES, "kernel", "the values are right, but at other indices",
    ),
    "the last of two examples only": Fault(
        Shift(lambda dy: dy[-1]), (2, 4), "shift", "only example 1 of the batch contributes"
    ),
    "a term for each of few examples": Fault(
        Centred(), (3, 2), "x", "the same for all entries with the same index on axis 0"
    ),
    "a term": Fault(
        dense(lambda dx, g, dy: (dx + 0.1, g)), FEATURES, "x", "every entry lacks the same -0.1"
    ),
    "a term for each example": Fault(
        Centred(), FEATURES, "x", "the same for all entries with the same index on axis 0"
    ),
    "a border": Fault(
        conv(lambda dx, g, dy: (changed(dx, np.s_[:, -1], 0.0), g)), IMAGES, "x",
        "Likely a special case: .* index 4 of 5 on axis 1",
    ),
    "one of two channels": Fault(
        faulty(
            Conv2D, 2, 1, wrong=lambda dx, g, dy: (changed(dx, np.s_[:, 0, :, 1], 9.0), g)
        ),
        (3, 2, 5, 2), "x",
        "wrong entries are at index 0 of 2 on axis 1 and index 1 of 2 on axis 3",
    ),
    "two entries of a row": Fault(
        dense(lambda dx, g, dy: (dx, g | {"kernel": changed(g["kernel"], np.s_[1, :2], 9.0)})),
        FEATURES, "kernel", "wrong entries are at index 1 of 4 on axis 0"
    ),
    "one entry of many": Fault(
        faulty(
            Dense, 60, wrong=lambda dx, g, dy: (dx, g | {"kernel": changed(g["kernel"], (7, 33), 9.0)})
        ),
        (3, 90), "kernel", r"Likely a special case.*wrong entries are at \(7, 33\)",
    ),
    "rounded": Fault(
        dense(lambda dx, g, dy: (dx + 2e-5 * dx**2, g)), FEATURES, "x",
        "only the first digits are right",
    ),
    "shared out": Fault(
        faulty(MaxPooling2D, wrong=lambda dx, g, dy: (np.full_like(dx, dx.mean()), g)), (3, 4, 4, 2),
        "x", "none of the usual mistakes",
    ),
}  # fmt: skip
