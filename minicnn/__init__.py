"""minicnn: convolutional networks in NumPy, written to be read.

Every forward and backward pass is written by hand, behind the API of Keras. Programs written for
Keras run with only the import changed:

>>> from minicnn.layers import Conv2D, Dense, Flatten
>>> from minicnn.models import Sequential
>>> model = Sequential([
...     Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)),
...     Flatten(),
...     Dense(10, activation="softmax"),
... ])
>>> model.output_shape
(None, 10)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minicnn import (
        activations,
        backend,
        callbacks,
        constraints,
        datasets,
        distributed,
        errors,
        initializers,
        layers,
        losses,
        metrics,
        models,
        ops,
        optimizers,
        preprocessing,
        regularizers,
        sklearn,
        steps,
        testing,
        utils,
        visualize,
        visualkeras,
        wrappers,
    )
    from minicnn.explaining import explain
    from minicnn.exporting import export
    from minicnn.layers import Input, Layer
    from minicnn.models import Model, Sequential
    from minicnn.preprocessing import prepare_digit

__version__ = "0.1.0"

# Everything below is imported when it is first asked for: `import minicnn` itself loads nothing.
_FROM = {
    "Model": "minicnn.models",
    "Sequential": "minicnn.models",
    "Input": "minicnn.layers",
    "Layer": "minicnn.layers",
    "explain": "minicnn.explaining",
    "export": "minicnn.exporting",
    "prepare_digit": "minicnn.preprocessing",
}

__all__ = [
    "Input",
    "Layer",
    "Model",
    "Sequential",
    "activations",
    "backend",
    "callbacks",
    "constraints",
    "datasets",
    "distributed",
    "errors",
    "explain",
    "export",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "prepare_digit",
    "preprocessing",
    "regularizers",
    "sklearn",
    "steps",
    "testing",
    "utils",
    "visualize",
    "visualkeras",
    "wrappers",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, and remember it."""
    if name in _FROM:
        found = getattr(import_module(_FROM[name]), name)
    elif name in ("keras", *__all__):
        found = import_module(f"minicnn.{name}")
    else:
        raise import_module("minicnn.errors").missing_name(__name__, name, __all__)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
