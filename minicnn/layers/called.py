"""Layers with a method `call`, as in Keras: their output and its numerical gradient."""

from collections.abc import Sequence
from inspect import signature
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.differences import numerical_gradients
from minicnn.errors import ShapeError
from minicnn.random import private_stream, restore_stream, stream_state


def try_out(layer: Any, input_shape: Any) -> tuple[int | None, ...]:
    """Return the shape of what `call` returns."""
    several = isinstance(input_shape[0], (tuple, list))
    shapes = input_shape if several else [input_shape]
    examples = [np.ones([size or 2 for size in shape], layer.dtype) for shape in shapes]
    with private_stream(0):
        y = _result(layer, examples, False)
    return (shapes[0][0], *y.shape[1:]) if y.ndim else ()


def forward(layer: Any, x: Any, training: bool) -> tuple[ndarray, Any]:
    """Run `call`, and remember the random numbers that it draws."""
    state = stream_state()
    arrays = x if isinstance(x, list) else [x]
    return _result(layer, arrays, training).astype(layer.dtype), (x, training, state)


def backward(layer: Any, dy: ndarray, cache: Any) -> Any:
    """Return the gradient of each input, by differences."""
    x, training, state = cache

    def function(*arrays: ndarray) -> ndarray:
        with private_stream(0):
            restore_stream(state)
            return _result(layer, arrays, training)

    try:
        gradients = numerical_gradients(function, x if isinstance(x, list) else [x], dy)
    except ValueError as error:
        raise ValueError(
            f"{layer.describe()}: the gradient of its function cannot be measured: {error}. "
            "Draw random numbers with keras.random, K.random_normal or tf.random."
        ) from error
    found = [gradient.astype(dy.dtype) for gradient in gradients]
    return found if isinstance(x, list) else found[0]


def _result(layer: Any, arrays: Sequence[ndarray], training: bool) -> ndarray:
    x = list(arrays) if len(arrays) > 1 else arrays[0]
    options = {"training": training} if "training" in signature(layer.call).parameters else {}
    y = layer.call(x, **options)
    if isinstance(y, (list, tuple)):
        raise ShapeError(f"{layer.describe()} returns {len(y)} results. Make a layer for each.")
    return np.asarray(y)
