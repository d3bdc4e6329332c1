"""Small random models of all kinds of layers, compiled, with one example and its label."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from minicnn import Sequential, layers, losses
from minicnn.errors import ShapeError
from minicnn.optimizers import Adam

from ..gradients import distinct, randomize
from ..layers.table import Scale

ON_IMAGES: dict[str, Callable[[], Any]] = {
    "conv": lambda: layers.Conv2D(3, 2, activation="relu"),
    "same": lambda: layers.Conv2D(2, 3, padding="same", strides=2, use_bias=False),
    "dilated": lambda: layers.Conv2D(2, 2, dilation_rate=2, padding="same", activation="tanh",
                                     kernel_regularizer="l2"),
    "max": lambda: layers.MaxPooling2D(2, 1),
    "average": lambda: layers.AveragePooling2D(2, padding="same"),
    "padding": lambda: layers.ZeroPadding2D(((1, 0), (0, 2))),
    "rescaling": lambda: layers.Rescaling(0.5, 0.25),
    "normalization": lambda: layers.BatchNormalization(gamma_regularizer="l1"),
    "rows": lambda: layers.BatchNormalization(axis=1),
    "frozen": lambda: layers.BatchNormalization(trainable=False),
    "dropout": lambda: layers.Dropout(0.4, seed=3),
    "maps": lambda: layers.Dropout(0.4, noise_shape=(None, 1, 1, None), seed=3),
    "softmax": lambda: layers.Softmax(axis=(1, 2)),
    "leaky": lambda: layers.LeakyReLU(0.1),
    "gelu": lambda: layers.Activation("gelu"),
    "dense": lambda: layers.Dense(3, activation="sigmoid"),
    "own": Scale,
}  # fmt: skip
TO_FEATURES: dict[str, Callable[[], Any]] = {
    "flatten": layers.Flatten,
    "reshape": lambda: layers.Reshape((-1,)),
    "mean": layers.GlobalAveragePooling2D,
    "largest": layers.GlobalMaxPooling2D,
}
ENDS: dict[str, tuple[Callable[[], list[Any]], Any]] = {
    "softmax": (lambda: [layers.Dense(4, activation="softmax")],
                losses.CategoricalCrossentropy(label_smoothing=0.1)),
    "sparse": (lambda: [layers.Dense(4), layers.Softmax()], "sparse_categorical_crossentropy"),
    "logits": (lambda: [layers.Dense(4)], losses.SparseCategoricalCrossentropy(from_logits=True)),
    "binary": (lambda: [layers.Dense(1, activation="sigmoid")], "binary_crossentropy"),
    "not fused": (lambda: [layers.Dense(4, activation="softmax")], "mean_squared_error"),
    "numbers": (lambda: [layers.Dense(4, activation="elu")], "mae"),
    "not compiled": (lambda: [layers.Dense(4, activation="softmax")], None),
}  # fmt: skip


class Case(NamedTuple):
    """A model, one example without a batch's axis, its label."""

    model: Sequential
    x: np.ndarray
    y: Any


@st.composite
def cases(draw: Any, ends: tuple[str, ...] = tuple(ENDS)) -> Case:
    """Draw up to four layers on images, a layer that makes features, and an output with a loss."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stack = [
        ON_IMAGES[name]() for name in draw(st.lists(st.sampled_from(sorted(ON_IMAGES)), max_size=4))
    ]
    end, loss = ENDS[draw(st.sampled_from(ends))]
    to_features = TO_FEATURES[draw(st.sampled_from(sorted(TO_FEATURES)))]()
    return case([*stack, to_features, *end()], loss, (7, 6, 2), random)


def case(stack: list[Any], loss: Any, shape: tuple[int, ...], random: np.random.Generator) -> Case:
    """Make a model of these layers, with weights of which none is special."""
    model = Sequential([layers.Input(shape)])
    for layer in stack:
        with suppress(ShapeError):  # a window that has become too large: the layer is left out
            model.add(layer)
    for layer in model.layers:
        randomize(layer, random)
        layer.assign([weight * 0.5 for weight in layer.get_weights()])
    if loss is not None:
        model.compile(Adam(0.01), loss)
    x = distinct(shape, random).astype("float32")
    name = getattr(model.loss, "name", "categorical_crossentropy")
    outputs = model.output_shape[-1]
    y: Any = int(random.integers(outputs))
    if name in ("mean_squared_error", "mean_absolute_error"):
        y = random.normal(size=model.output_shape[1:])
    elif name == "binary_crossentropy":
        y = 1
    return Case(model, x, y)
