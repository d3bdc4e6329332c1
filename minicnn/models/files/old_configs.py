"""Turn configs of Keras 0, 1 and 2 into those of Keras 3."""

from collections.abc import Mapping
from typing import Any

from minicnn.models.config import described_layers

OLD_CLASSES = {"AtrousConvolution2D": "Conv2D", "Deconvolution2D": "Conv2DTranspose"}
DATA_FORMATS = {"tf": "channels_last", "th": "channels_first", "default": None}


def modern(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's config, with its class, as Keras 3 writes it."""
    if "class_name" not in config and isinstance(config.get("layers"), list):
        # Keras 0 describes a layer by a single dict, whose "name" is the class
        layers = [{"class_name": layer.get("name"), "config": _renamed(layer, "custom_name", "name")}
                  for layer in config["layers"]]  # fmt: skip
        config = {"class_name": config.get("name"), "config": layers}
    class_name = config.get("class_name")
    return {**config, "class_name": class_name, "config": _layers(config.get("config") or {})}


def _layers(config: Any) -> dict[str, Any]:
    """Return the config of a model, inside another one or not."""
    if isinstance(config, list):  # before 2.3, of a Sequential
        config = {"name": "sequential", "layers": config}
    # Keras 2 allowed "/" in names, which separates names in today's files.
    names = [layer["config"].get("name") for layer in described_layers(config)
             if isinstance(layer.get("config"), Mapping)]  # fmt: skip
    renamed = {
        name: name.replace("/", "_") for name in names if isinstance(name, str) and "/" in name
    }
    config = _replaced(config, renamed) if renamed else config
    return {**config, "layers": [_layer(layer) for layer in config["layers"]]}


def _replaced(value: Any, names: Mapping[str, str]) -> Any:
    """Return a document with some of its texts replaced."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {key: _replaced(item, names) for key, item in value.items()}
    return [_replaced(item, names) for item in value] if isinstance(value, list) else value


def _renamed(config: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return a config without `new`, or with the value of `old` for it."""
    rest = {name: value for name, value in config.items() if name not in (old, new)}
    return rest | ({new: config[old]} if config.get(old) else {})


def _layer(layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return a layer's config with today's names of its class and arguments."""
    class_name = layer.get("class_name")
    config = layer.get("config")
    if isinstance(config, list) or (isinstance(config, Mapping) and "layers" in config):
        return {**layer, "config": _layers(config)}
    if not isinstance(config, Mapping):
        return dict(layer)
    config = dict(config)
    if {"nb_row", "nb_col"} <= config.keys():
        config["kernel_size"] = [config.pop("nb_row"), config.pop("nb_col")]
    for old, new in {"dim_ordering": "data_format", "stride": "strides"}.items():
        if old in config:
            config[new] = config.pop(old)
    if config.get("data_format") in DATA_FORMATS:
        config["data_format"] = DATA_FORMATS[config["data_format"]]
        if config["data_format"] is None:
            del config["data_format"]
    for name, value in config.items():
        if name.endswith(("_regularizer", "_constraint")) and isinstance(value, Mapping):
            config[name] = _named_object(value)
    name = OLD_CLASSES.get(class_name, class_name) if isinstance(class_name, str) else class_name
    return {**layer, "class_name": name, "config": config}


def _named_object(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a regularizer or constraint, which Keras 1 describes by one dict with its "name"."""
    if "class_name" in config or "name" not in config:
        return dict(config)
    is_penalty = "l1" in config or "l2" in config
    options = _renamed({**config, "name": None}, "m", "max_value")
    del options["name"]
    return {"class_name": "L1L2" if is_penalty else config["name"], "config": options}
