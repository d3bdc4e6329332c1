"""Checks of the methods of layer classes, and of the shapes around `build`."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from minicnn.layers.shapes import Shape


def check_arguments(kind: type) -> None:
    """Raise TypeError if the `forward` or `backward` of a class does not take what it is passed."""
    for method, arguments in (("forward", "x, training=False"), ("backward", "dy, cache")):
        if method in vars(kind) and not _takes_two(vars(kind)[method]):
            raise TypeError(
                f"{kind.__name__}.{method} has other arguments than those that minicnn passes. "
                f"Write def {method}(self, {arguments})."
            )


def _takes_two(method: Any) -> bool:
    """Whether a method can be called with two positional arguments."""
    try:
        signature(method).bind(None, None, None)
    except TypeError:
        return False
    return True


def declaring_shapes(build: Callable[[Any, Shape], None]) -> Callable[[Any, Shape], None]:
    """Wrap a layer's `build`: check and declare the shapes, and create the weights only once."""

    @wraps(build)
    def wrapped(layer: Any, input_shape: Shape) -> None:
        if layer.built:
            return
        shape = open_batch(input_shape)
        if hasattr(layer, "call"):  # whose output is known only when it has its weights
            layer.built = True  # for a `build` that calls that of its base class
            try:
                build(layer, shape)
                layer.output_shape = layer.compute_output_shape(shape)
            finally:
                layer.built = bool(layer.output_shape)
            layer.input_shape = shape
            return
        output_shape = layer.compute_output_shape(shape)  # raises where the shape does not fit
        layer.input_shape, layer.output_shape = shape, output_shape
        build(layer, shape)
        layer.built = True

    return wrapped


def open_batch(shape: Any) -> Any:
    """Return a shape, or a list of them, with None for the batch."""
    if shape and isinstance(shape[0], (tuple, list)):
        return [open_batch(one) for one in shape]
    return (None, *shape[1:])
