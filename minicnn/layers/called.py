"""Layers with a method `call`, as in Keras: their output and its numerical gradients."""

from collections.abc import Sequence
from contextvars import ContextVar
from copy import copy
from inspect import signature
from time import perf_counter
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.differences import numerical_gradients
from minicnn.errors import ShapeError, warn
from minicnn.random import private_stream, restore_stream, stream_state
from minicnn.tensors import Variable

SLOW = 0.5  # seconds for the gradients of one batch
_CACHES: ContextVar[list[Any] | None] = ContextVar("caches", default=None)


def use_in_passes(kind: Any, base: type) -> None:
    """Let the passes of a class of layers use its `call`, unless it defines them itself."""
    for name, function in _PASSES.items():
        inherited = getattr(kind, name) is getattr(base, name)
        replaced = "call" in vars(kind) and name != "compute_output_shape"
        unfit = name == "update_state" and kind.forward is not forward  # whose caches are different
        if not unfit and (inherited or (replaced and name not in vars(kind))):
            setattr(kind, name, function)


def base_output(layer: Any, x: Any, training: bool) -> Any:
    """Return the output without the layer's own `call`, for ``super().call(x)`` in it."""
    y, cache = _without_call(layer, "forward")(layer, x, training)
    if (caches := _CACHES.get()) is not None:
        caches.append(cache)
    return y


def _without_call(layer: Any, name: str) -> Any:
    """Return the nearest method of that name among a layer's classes that does not use `call`."""
    methods = [vars(kind)[name] for kind in type(layer).__mro__ if name in vars(kind)]
    return next(method for method in methods if method is not _PASSES[name])


def compute_output_shape(layer: Any, input_shape: Any) -> tuple[int | None, ...]:
    """Return the shape of what `call` returns, with the weights of this shape of input."""
    if layer.calls_layers():
        raise NotImplementedError(
            f"{type(layer).__name__} has a method call that uses layers. Derive it from keras.Model "
            "instead of Layer: a model connects the layers in its call, and may be part of other "
            "models."
        )
    layer.build(input_shape)
    several = isinstance(input_shape[0], (tuple, list))
    shapes = input_shape if several else [input_shape]
    examples = [np.ones([size or 2 for size in shape], layer.dtype) for shape in shapes]
    try:
        with private_stream(0):
            y = _result(layer, examples, False)
    except Exception as error:
        error.add_note(
            f"This is from the call of {layer.describe()}, with an input of shape {input_shape}."
        )
        raise
    batch = next((shape[0] for shape in shapes if shape), None)
    return (batch, *y.shape[1:]) if y.ndim else ()


def forward(layer: Any, x: Any, training: bool = False) -> tuple[ndarray, Any]:
    """Run `call`; remember the random numbers that it draws, and the caches of its base class."""
    state = stream_state()
    arrays = x if isinstance(x, list) else [x]
    caches: list[Any] = []
    token = _CACHES.set(caches)
    try:
        y = _result(layer, arrays, training).astype(layer.dtype)
    finally:
        _CACHES.reset(token)
    return y, (x, training, state, caches)


def backward(
    layer: Any, dy: ndarray, cache: Any, input_gradient: bool = True
) -> tuple[Any, dict[str, ndarray]]:
    """Return the gradients of the inputs and of the weights by name, by differences."""
    x, training, state, _ = cache
    inputs = x if isinstance(x, list) else [x]
    names = layer.gradient_names

    def function(*arrays: ndarray) -> ndarray:
        *given, weights = [*arrays[: len(arrays) - len(names)], arrays[len(arrays) - len(names) :]]
        with private_stream(0):
            restore_stream(state)
            other = _with_weights(layer, dict(zip(names, weights, strict=True)))
            return _result(other, given or inputs, training)

    varied = [*(inputs if input_gradient else ()), *(getattr(layer, name) for name in names)]
    begin = perf_counter()
    try:
        gradients = numerical_gradients(function, varied, dy)
    except ValueError as error:
        raise ValueError(
            f"{layer.describe()}: the gradient of its function cannot be measured: {error}. "
            "Draw random numbers with keras.random, K.random_normal or tf.random."
        ) from error
    _warn_if_slow(layer, perf_counter() - begin)
    found = [gradient.astype(dy.dtype) for gradient in gradients]
    dxs: Any = found[: len(inputs)] if input_gradient else [None] * len(inputs)
    weights = found[len(found) - len(names) :]
    return dxs if isinstance(x, list) else dxs[0], dict(zip(names, weights, strict=True))


def update_state(layer: Any, cache: Any) -> None:
    """Update what training changes in the base class, as often as `call` used it."""
    for inner in cache[-1]:
        _without_call(layer, "update_state")(layer, inner)


_PASSES: dict[str, Any] = {
    "compute_output_shape": compute_output_shape,
    "forward": forward,
    "backward": backward,
    "update_state": update_state,
}


def _with_weights(layer: Any, weights: dict[str, ndarray]) -> Any:
    """Return a copy of the layer with other weights, under all names that the layer has for them."""
    if not layer.weight_names:
        return layer
    other = copy(layer)
    for name in layer.weight_names:
        old = getattr(layer, name)
        new = np.array(weights.get(name, old), np.float64).view(Variable)
        for attribute, value in vars(layer).items():
            if value is old:
                vars(other)[attribute] = new
    return other


def _warn_if_slow(layer: Any, seconds: float) -> None:
    if seconds > SLOW and not vars(layer).get("_warned_of_time"):
        layer._warned_of_time = True
        warn(
            f"{layer.describe()}: measuring the gradients of its call took {seconds:.1f} seconds for "
            "one batch. With methods forward and backward (docs/own_layer.md), or as a model of "
            "built-in layers, it is faster."
        )


def _result(layer: Any, arrays: Sequence[ndarray], training: bool) -> ndarray:
    x = list(arrays) if len(arrays) > 1 else arrays[0]
    options = {"training": training} if "training" in signature(layer.call).parameters else {}
    y = layer.call(x, **options)
    if isinstance(y, (list, tuple)):
        raise ShapeError(f"{layer.describe()} returns {len(y)} results. Make a layer for each.")
    reduces = getattr(layer, "reduces", False)
    if y is None or (np.ndim(arrays[0]) and not np.ndim(y) and not reduces):
        returned = "None. Does it end with return?" if y is None else "a number instead of a batch."
        raise ShapeError(f"the call of {layer.describe()} returned {returned}")
    return np.asarray(y)
