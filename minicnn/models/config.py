"""A layer as a dict that JSON can hold, in Keras' form, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from minicnn import layers as layer_classes
from minicnn.errors import UnknownNameError, unknown_name
from minicnn.layers import Layer
from minicnn.layers.operation import Operation
from minicnn.models.structure import keras_class
from minicnn.serialization import known_objects

# Keras has parameters of activations in layers: activation=LeakyReLU(0.1)
ACTIVATION_LAYERS = {
    "elu": "ELU", "relu": "ReLU", "leaky_relu": "LeakyReLU", "softmax": "Softmax",
}  # fmt: skip
HALF = ("float16", "bfloat16", "mixed_float16", "mixed_bfloat16")
INTEGERS = ("uint8", "int8", "uint16", "int16", "int32", "int64", "bool")
# How arguments end that may be functions of the user
OF_OWN_FUNCTION = ("activation", "_initializer", "_regularizer", "_constraint")
MODELS: dict[str, type] = {}
"""Models as layers of models, by Keras' names of their classes; their modules register them."""


def known_classes(custom_objects: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the layers and models that a config may name."""
    names = {name: getattr(layer_classes, name) for name in layer_classes.__all__}
    return {**names, **MODELS, **known_objects(custom_objects)}


def layer_to_config(layer: Layer) -> dict[str, Any]:
    """Return ``{"module", "class_name", "config", "registered_name"}``, as Keras writes it."""
    if type(layer) in MODELS.values():
        return model_to_config(layer)
    if isinstance(layer, Operation):
        return layer.described()
    config = layer.get_config()
    activation = config.get("activation")
    if isinstance(activation, Mapping) and activation.get("class_name") in ACTIVATION_LAYERS:
        config["activation"] = _described(
            "keras.layers", ACTIVATION_LAYERS[activation["class_name"]], activation["config"]
        )
    name, module = type(layer).__name__, type(layer).__module__
    if module.startswith("minicnn.layers"):
        return _described("keras.layers", name, config)
    return {**_described(module, name, config), "registered_name": name}


def described_layers(config: Any) -> Sequence[Any]:
    """Return the layers in a model's config, each a dict with a config."""
    described = config.get("layers") if isinstance(config, Mapping) else None
    if not isinstance(described, (list, tuple)):
        raise ValueError(
            "a model is described by a dict with a list of layers, as model.get_config() returns it, "
            f"got {str(config)[:80]!r}"
        )
    for layer in described:
        config = (layer.get("config") or {}) if isinstance(layer, Mapping) else None
        is_old = isinstance(config, list) and layer["class_name"] == "Sequential"
        if not (is_old or isinstance(config, Mapping)):
            raise ValueError(
                'a layer is described by a dict such as {"class_name": "Flatten", "config": {}}, got '
                f"{str(layer)[:80]!r}"
            )
    return described


def model_to_config(model: Any) -> dict[str, Any]:
    """Return a model's config with its class, as Keras writes it; a subclass of `Model` is a graph."""
    config = model.get_config()
    if keras_class(model) == "Functional":
        described = _described("keras.src.models.functional", "Functional", config)
        return described | {"registered_name": "Functional"}
    described = _described("keras", "Sequential", config)
    return described | ({"build_config": {"input_shape": model.input_shape}} if model.built else {})


def layer_from_config(config: Mapping[str, Any], known: Mapping[str, Any]) -> Layer:
    """Make a layer of what `layer_to_config` or Keras, 2 or 3, wrote."""
    name = str(config.get("class_name")).rpartition(">")[2]  # "Custom>MyLayer"
    cls = known.get(str(config.get("registered_name"))) or known.get(name)
    if not isinstance(cls, type) or not issubclass(cls, Layer):
        raise unknown_name("layer", name, known)
    arguments = dict(config.get("config") or {})
    if cls in MODELS.values():
        return cls.from_config(arguments, known)  # type: ignore[call-arg]
    try:
        return cls.from_config(_modern(name, arguments, known))
    except (TypeError, ValueError) as error:
        kind = UnknownNameError if isinstance(error, UnknownNameError) else ValueError
        raise kind(f'the layer "{arguments.get("name")}" ({name}): {error}') from error


def _described(module: str, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def _modern(cls: str, arguments: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments under Keras 3's names, with the user's functions instead of their names."""
    shape = arguments.pop("batch_input_shape", None)
    dtype = arguments.get("dtype")
    if isinstance(dtype, Mapping):
        dtype = (dtype.get("config") or {}).get("name")
    if dtype in HALF:
        arguments["dtype"] = "float32"  # in which the weights of the mixed ones are kept anyway
    if cls == "InputLayer":
        if shape is not None:
            arguments.setdefault("batch_shape", shape)
        if arguments.get("dtype") in INTEGERS:
            arguments["dtype"] = "float32"  # images may come as uint8: the layers convert them
    elif isinstance(shape, (list, tuple)):
        arguments["input_shape"] = shape[1:]
    return {
        name: _own_function(value, known) if name.endswith(OF_OWN_FUNCTION) else value
        for name, value in arguments.items()
    }


def _own_function(value: Any, known: Mapping[str, Any]) -> Any:
    """Return the user's object, or the layer, that a name or config describes."""
    if isinstance(value, str):
        found = known.get(value)
        is_layer = isinstance(found, type) and issubclass(found, Layer)
        return value if found is None or is_layer else found
    if not isinstance(value, Mapping):
        return value
    name, config = value.get("class_name"), value.get("config")
    if name == "function" and isinstance(config, str):
        return known.get(config, config)
    cls = known.get(str(value.get("registered_name"))) or known.get(str(name))
    if isinstance(cls, type) and issubclass(cls, Layer):
        return layer_from_config(value, known)
    if not isinstance(cls, type):
        return value
    make = getattr(cls, "from_config", None)
    return cls(**(config or {})) if make is None else make(dict(config or {}))
