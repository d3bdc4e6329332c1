"""The methods of a layer: what they take, the shapes around `build`, and checks of what they return."""

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from inspect import signature
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers.shapes import Shape

Gradients = dict[str, ndarray]


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
        if layer.has_call:  # whose output is known only when it has its weights
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


@lru_cache(1024)  # a training step asks for every layer
def is_builtin(kind: Any) -> bool:
    """Whether a class of layers is one of minicnn's own, whose methods return what they promise."""
    return kind.__module__.startswith("minicnn.")


def has_logits(kind: Any) -> bool:
    """Whether `logits` still belongs to `forward` and `backward`: a subclass may replace only these."""
    parts = {"logits", "logits_backward"}
    methods = parts | {"forward", "backward"}
    return next(
        bool(parts & vars(cls).keys()) for cls in kind.__mro__ if methods & vars(cls).keys()
    )


def takes_input_gradient(backward: Any) -> bool:
    """Whether a layer's method `backward` has the parameter `input_gradient`."""
    return _takes_input_gradient(getattr(backward, "__func__", backward))


@lru_cache
def _takes_input_gradient(function: Any) -> bool:
    return "input_gradient" in signature(function).parameters


def output_and_cache(layer: Any, result: Any) -> tuple[Any, Any]:
    """Return what forward returned if it is a pair."""
    if not isinstance(result, tuple) or len(result) != 2:
        raise ShapeError(
            f"forward of {layer.describe()} returned {_described(result)}. It returns two things, the "
            "output and the cache that backward needs: return y, None."
        )
    return result


def dx_and_gradients(layer: Any, result: Any) -> tuple[Any, Gradients]:
    """Return what backward returned if it is an array, or several, and a dict."""
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], dict):
        raise ShapeError(
            f"backward of {layer.describe()} returned {_described(result)}. It returns two things: "
            "dx and a dict with the gradients of its weights, {} if it has none: return dx, {}."
        )
    return result


def checked_forward(layer: Any, x: Any, result: Any) -> tuple[ndarray, Any]:
    """Return output and cache, the output as an array."""
    y, cache = output_and_cache(layer, result)
    y = np.asarray(y)
    shape: Any = [one.shape for one in x] if isinstance(x, list) else x.shape
    declared = layer.compute_output_shape(shape)
    if len(declared) != y.ndim or any(
        size not in (None, got) for size, got in zip(declared[1:], y.shape[1:], strict=True)
    ):
        raise ShapeError(
            f"forward of {layer.describe()} returned an array of shape {y.shape}, and its "
            f"compute_output_shape promises {declared}. Let compute_output_shape(self, input_shape) "
            "return the shape of the output, with None for the batch."
        )
    return y, cache


def checked_backward(
    layer: Any, result: Any, names: Sequence[str], shapes: list[tuple[int, ...]]
) -> tuple[Any, Gradients]:
    """Return dx and copies of the weights' gradients: they may be read-only, or the weights."""
    dx, found = dx_and_gradients(layer, result)
    dxs = [dx] if len(shapes) == 1 else dx
    got = [np.shape(one) for one in dxs] if shapes else []
    if got != shapes:
        raise ShapeError(
            f"backward of {layer.describe()} returned dx of shape {_one_or_all(got)}, and its input "
            f"had shape {_one_or_all(shapes)}. They must be equal: dx is the gradient of every element "
            "of x."
        )
    checked = {}
    for name in names:
        if name not in found:
            raise ShapeError(
                f"backward of {layer.describe()} returned no gradient of its weight {name}. It returns "
                f'dx and a dict with all of them: return dx, {{"{name}": ...}}.'
            )
        shape = getattr(layer, name).shape
        checked[name] = np.array(found[name], layer.dtype)
        if checked[name].shape != shape:
            raise ShapeError(
                f"the weight {name} of {layer.describe()} has shape {shape}, and backward returned a "
                f"gradient of shape {checked[name].shape}. They must be equal: sum over the axes that "
                "the weight does not have."
            )
    return np.asarray(dx) if len(shapes) == 1 else dx, checked


def _one_or_all(shapes: list[tuple[int, ...]]) -> Any:
    return shapes[0] if len(shapes) == 1 else shapes


def _described(result: Any) -> str:
    if isinstance(result, tuple):
        return f"a tuple of {len(result)}"
    return f"an array of shape {result.shape}" if isinstance(result, ndarray) else repr(result)
