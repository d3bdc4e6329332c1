"""An array whose gradient is to be checked, and the layer that it belongs to: in float64."""

import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.layers import Layer
from minicnn.random import private_stream
from minicnn.testing.report import GradientError


class Checked(NamedTuple):
    """An array, what backward says of it, and how to find out what forward does."""

    owner: str
    name: str
    values: ndarray
    gradient: ndarray
    output: Callable[[], ndarray]
    upstream: ndarray
    gradient_for: Callable[[ndarray], ndarray] | None = None


def float64_copies(
    layers: Sequence[Layer], shape: tuple[int, ...], random: np.random.Generator
) -> list[Layer]:
    """Return copies of the layers that compute in float64; the layers stay as they are."""
    copies = [copy.deepcopy(layer) for layer in layers]
    for layer in copies:
        layer.dtype = "float64"
        with private_stream(0):  # new weights are drawn without a trace on the library's stream
            layer.build((None, *shape[1:]))
        for name in layer.weight_names:
            setattr(layer, name, _moved(getattr(layer, name).astype("float64"), random))
        shape = (shape[0], *layer.compute_output_shape(shape)[1:])  # type: ignore[arg-type]
    return copies


def _moved(weight: ndarray, random: np.random.Generator) -> ndarray:
    if (weight == 0).all() or (weight == 1).all():
        return weight + random.uniform(-0.5, 0.5, weight.shape)
    return weight


def run_forward(layer: Layer, x: ndarray, training: bool) -> tuple[ndarray, Any]:
    """Return a layer's output and cache, after seeing that differences of it mean something."""
    kept = x.copy()
    y, cache = layer.forward(x, training)
    if not np.array_equal(x, kept, equal_nan=True):
        raise GradientError(
            f"forward of {layer.describe()} changes its input, which the layer before it may still "
            "need. Compute with a copy: x = x.copy()."
        )
    if np.asarray(y).dtype != np.float64:
        raise GradientError(
            f"forward of {layer.describe()} makes {np.asarray(y).dtype} of float64, and small "
            "differences drown in its rounding. Keep the input's dtype: np.zeros(shape, x.dtype)."
        )
    if not np.isfinite(y).all():
        raise GradientError(f"forward of {layer.describe()} gives numbers that are not finite.")
    if not np.array_equal(y, layer.forward(x, training)[0]):
        raise GradientError(
            f"forward of {layer.describe()} gives two answers to one question, and has no slope. Let "
            "random numbers follow from a seed and a step that only update_state changes, as in Dropout."
        )
    return y, cache


def require_gradients(layer: Layer, gradients: dict[str, Any]) -> None:
    """See that there is a gradient of every weight, of its shape and in float64."""
    for name in layer.trainable_names:
        if name not in gradients:
            raise GradientError(
                f"backward of {layer.describe()} gives no gradient of {name}, only of "
                f'{list(gradients)}. Write return dx, {{"{name}": ...}}.'
            )
        require_form(layer, name, gradients[name], getattr(layer, name).shape)


def require_form(layer: Layer, name: str, gradient: Any, shape: tuple[int, ...]) -> None:
    """See that a gradient has its array's shape, is in float64 and finite."""
    gradient = np.asarray(gradient)
    if gradient.shape != shape:
        more = gradient.ndim > len(shape)
        hint = "Sum over the axes that it does not have." if more else "It must be the same."
        raise GradientError(
            f"d{name} of {layer.describe()} has shape {gradient.shape}, and {name} has {shape}. {hint}"
        )
    if gradient.dtype != np.float64:
        raise GradientError(
            f"d{name} of {layer.describe()} is of {gradient.dtype} where all else is float64: "
            "somewhere backward loses precision."
        )
    if not np.isfinite(gradient).all():
        raise GradientError(f"d{name} of {layer.describe()} holds numbers that are not finite.")
