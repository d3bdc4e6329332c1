"""The methods of a layer: what they take, and checks of what those of a custom layer return."""

from collections.abc import Sequence
from functools import lru_cache
from inspect import signature
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers.layer import Gradients, Layer


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


def output_and_cache(layer: Layer, result: Any) -> tuple[Any, Any]:
    """Return what forward returned if it is a pair."""
    if not isinstance(result, tuple) or len(result) != 2:
        raise ShapeError(
            f"forward of {layer.describe()} returned {_described(result)}. It returns two things, the "
            "output and the cache that backward needs: return y, None."
        )
    return result


def dx_and_gradients(layer: Layer, result: Any) -> tuple[Any, Gradients]:
    """Return what backward returned if it is an array, or several, and a dict."""
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], dict):
        raise ShapeError(
            f"backward of {layer.describe()} returned {_described(result)}. It returns two things: "
            "dx and a dict with the gradients of its weights, {} if it has none: return dx, {}."
        )
    return result


def checked_forward(layer: Layer, x: Any, result: Any) -> tuple[ndarray, Any]:
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
    layer: Layer, result: Any, names: Sequence[str], shapes: list[tuple[int, ...]]
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
