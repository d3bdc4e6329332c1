"""Calls of `keras.ops` in the configs of models, as Keras writes them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from minicnn import activations
from minicnn.errors import unknown_name
from minicnn.layers.operation import FUNCTIONS, PARAMETERS, operation
from minicnn.layers.symbolic import SymbolicTensor
from minicnn.naming import snake_case


def is_operation(config: Mapping[str, Any]) -> bool:
    """Return whether Keras' description of a layer is one of a function of `keras.ops`."""
    if "module" in config:
        return str(config["module"]).startswith(("keras.src.ops.", "keras.ops"))
    # In .h5 files Keras names no module; every layer says whether it is trainable
    name, nodes = snake_case(str(config.get("class_name"))), config.get("inbound_nodes") or [()]
    known = name in FUNCTIONS or name in activations.KNOWN
    return known and isinstance(nodes[0], Mapping) and "trainable" not in config["config"]


def called_as_saved(
    config: Mapping[str, Any], node: Mapping[str, Any], tensors: Sequence[SymbolicTensor]
) -> SymbolicTensor:
    """Make the call that Keras described, as `Operation.described` and `Operation.node` do.

    Raises
    ------
    UnknownNameError
        If minicnn does not have the function.
    """
    described, waiting = dict(config.get("config") or {}), iter(tensors)
    label = str(described.pop("name", None) or config.get("name"))
    name = snake_case(str(config.get("class_name")))
    if name in activations.KNOWN and name not in FUNCTIONS:
        described = {key: value for key, value in described.items() if value is not None}
        made: Any = activations.KNOWN[name](tensors[0], **described)
        made.call.layer.name = label
        return made
    if name not in FUNCTIONS:
        raise unknown_name("operation of keras.ops", name, FUNCTIONS)
    arguments = _restored(node["args"], waiting)
    options = {key: _restored(value, waiting) for key, value in node.get("kwargs", {}).items()}
    known = {parameter.rstrip("=") for parameter in PARAMETERS[name]}  # "sparse" is off
    of_layer = {key: value for key, value in described.items() if value or key in known}
    options |= {key: _restored(value, waiting) for key, value in of_layer.items()}
    if name == "einsum":
        arguments = (options.pop("subscripts"), *arguments)
    made = operation(name, *arguments, **options)
    made.call.layer.name = label
    return made


def _restored(value: Any, tensors: Iterator[SymbolicTensor]) -> Any:
    """Return an argument that `_saved` or Keras wrote."""
    if isinstance(value, (list, tuple)):
        return tuple(_restored(item, tensors) for item in value)
    if not isinstance(value, Mapping):
        return value
    kind, config = value.get("class_name"), value.get("config") or {}
    if kind == "__keras_tensor__":
        return next(tensors)
    if kind == "__slice__":
        return slice(config.get("start"), config.get("stop"), config.get("step"))
    if kind == "__ellipsis__":
        return Ellipsis
    if kind in ("__numpy__", "__tensor__"):
        return np.array(config["value"], config.get("dtype"))
    if kind == "__tuple__":
        return _restored(value.get("items") or (), tensors)
    raise ValueError(f"an operation of keras.ops has an argument of class {kind!r}")
