"""Copies of models with new weights."""

from collections.abc import Callable, Mapping
from typing import Any

from minicnn.activations import FunctionActivation
from minicnn.layers import Layer
from minicnn.models.config import known_classes, layer_from_config
from minicnn.models.functional_config import tensors_from_config
from minicnn.models.model import Model
from minicnn.models.sequential import Sequential


def clone_model(model: Model, clone_function: Callable[[Layer], Layer] | None = None) -> Model:
    """Return a model of the same layers, with newly initialized weights, not compiled.

    Parameters
    ----------
    model : Sequential or Model
    clone_function : callable, optional
        Called with each layer, returns the layer of the new model; by default one with the same
        config.

    Returns
    -------
    Sequential or Model

    Raises
    ------
    ValueError
        If `model` is not a model.

    Examples
    --------
    >>> from minicnn.layers import Dense
    >>> model = Sequential([Dense(2, input_shape=(3,))])
    >>> clone_model(model).count_params()
    8
    """
    if not isinstance(model, Model):
        raise ValueError(f"clone_model: model must be a Sequential or Model, got {model!r}.")
    known = known_classes(_custom_objects(model))
    originals = {layer.name: layer for layer in model.graph.layers}

    def make(described: Mapping[str, Any]) -> Layer:
        original = originals.get(described["config"].get("name"))
        if clone_function is None or original is None:
            return layer_from_config(described, known)
        return clone_function(original)

    config = model.get_config()
    if not isinstance(model, Sequential):
        inputs, outputs = tensors_from_config(config, make)
        return Model(inputs=inputs, outputs=outputs, name=config.get("name"))
    clone = Sequential([make(described) for described in config["layers"]], name=config["name"])
    if model.built and not clone.built:
        clone.build(model.input_shape)
    return clone


def _custom_objects(model: Model) -> dict[str, Any]:
    """Return the custom classes and functions in a model's layers by name."""
    found: dict[str, Any] = {}
    for layer in model.graph.layers:
        for value in (layer, *vars(layer).values()):
            cls = type(value)
            if isinstance(value, FunctionActivation):
                found[value.name] = value
            elif hasattr(cls, "from_config") and not cls.__module__.startswith("minicnn."):
                found[cls.__name__] = cls
            elif callable(value) and hasattr(value, "__name__"):
                found[value.__name__] = value
    return found
