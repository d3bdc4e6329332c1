"""Write configs for ``.h5`` files in words that Keras 2 and 3 both understand."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from minicnn import losses, metrics, optimizers
from minicnn.errors import UnknownNameError
from minicnn.models.functional_config import histories, is_operation
from minicnn.optimizers import SGD, Adam, Optimizer
from minicnn.training.compiled import Compiled

# What Keras 3 renamed, by class
OLD_NAMES = {
    "InputLayer": {"batch_shape": "batch_input_shape"},
    "LeakyReLU": {"negative_slope": "alpha"},
}
LATER_ARGUMENTS = ("weight_decay", "clipnorm", "clipvalue", "global_clipnorm")


def spelled(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's config that Keras 2 and 3 both read."""
    result = {**config, "layers": [_layer(layer) for layer in config["layers"]]}
    if "output_layers" in config:
        # Keras 2 counts the call that made a model inside a graph, Keras 3 does not. With every call
        # twice, both find call k under the number 2k + 1.
        models = {layer["name"] for layer in config["layers"] if "layers" in layer["config"]}
        for layer in result["layers"]:
            nodes = layer["inbound_nodes"]
            for node in nodes:
                for reference in node if isinstance(node, list) else histories(node):
                    if reference[0] in models:
                        reference[1] = 2 * reference[1] + 1
            if layer["name"] in models:
                layer["inbound_nodes"] = [node for node in nodes for _ in range(2)]
        counted = {one["name"] for one in config["layers"] if one["class_name"] == "Functional"}
        for name in ("input_layers", "output_layers"):
            found = config[name] if isinstance(config[name][0], list) else [config[name]]
            result[name] = [
                [layer, 2 * (call - (layer in counted)) + 1 if layer in models else call, output]
                for layer, call, output in found
            ]
    return result


def training_config(compiled: Compiled) -> dict[str, Any]:
    """Return the arguments of `compile` as Keras 2 and 3 both read them."""
    config = compiled.get_config()
    found = {name: config[name] for name in ("metrics", "weighted_metrics")}
    if len(compiled.losses.losses) == 1:
        found = {name: value and _listed(value) for name, value in found.items()}
    return {
        "optimizer_config": _optimizer(compiled.optimizer),
        # Keras 3 knows no "mse" there
        "loss": mapped(
            config["loss"], lambda it: losses.get(it).name if isinstance(it, str) else it
        ),
        "loss_weights": config["loss_weights"],
        **{name: mapped(value, _metric) for name, value in found.items()},
    }


def mapped(described: Any, make: Callable[[Any], Any]) -> Any:
    """Return the structure of a config, lists and dicts by output, with every item converted."""
    if described is None:
        return None
    if isinstance(described, Mapping) and "class_name" not in described:
        return {name: mapped(item, make) for name, item in described.items()}
    if isinstance(described, (list, tuple)):
        return [mapped(item, make) for item in described]
    return make(described)


def _listed(metrics: Any) -> list[Any]:
    """Return the metrics of the only output as a list, out of a dict or a list in a list."""
    items = list(metrics.values()) if isinstance(metrics, Mapping) else list(metrics)
    return items[0] if items and isinstance(items[0], list) else items


def computes_as_before(optimizer: Optimizer) -> bool:
    """Whether Keras 2's optimizer of before 2.11 computes the same."""
    return type(optimizer) in (Adam, SGD) and optimizer.weight_decay is None


def _optimizer(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer's config.

    Keras 2 has two classes of each name. By the plain name, "Adam", it makes the older one: `Adam` and
    `SGD` compute the same as today's, and Keras 3 understands their configs too. `RMSprop` does not,
    and the older ones have no weight decay: for these the file says "Custom>RMSprop", today's. Keras 3
    then ignores the arguments, but it ignores the optimizer's state in an ``.h5`` file anyway.
    """
    described = optimizers.serialize(optimizer)
    config = described["config"]
    if computes_as_before(optimizer):
        unused = [name for name in LATER_ARGUMENTS if config.get(name) is None]
        kept = {name: value for name, value in config.items() if name not in unused}
        return {"class_name": described["class_name"], "config": kept}
    if described["registered_name"]:  # the user's own
        return described
    name = described["class_name"]  # by which Keras 3 finds at least the class
    return {"class_name": f"Custom>{name}", "config": {**config, "name": name}}


def _metric(metric: Any) -> Any:
    """Return a metric with its name and class, unless the class depends on the labels' shape."""
    if not isinstance(metric, str) or metric in ("accuracy", "acc"):
        return metric
    try:
        return metrics.serialize(metrics.get(metric))
    except UnknownNameError:  # the name of a loss
        return metric


def _layer(described: Mapping[str, Any]) -> dict[str, Any]:
    old = OLD_NAMES.get(described["class_name"], {})
    config = {old.get(name, name): value for name, value in described["config"].items()}
    if isinstance(config.get("activation"), Mapping):  # a layer: activation=LeakyReLU(0.1)
        config["activation"] = _layer(config["activation"])
    if "layers" in config:  # a model inside the model, which returns no list in Keras 3
        config = spelled(config)
        for name in ("input_layers", "output_layers"):
            if len(config.get(name, ())) == 1:
                config[name] = config[name][0]
    layer = {**described, "config": config}
    if "inbound_nodes" in layer:
        operation = is_operation(described)  # which Keras 2 does not have
        nodes = deepcopy(layer["inbound_nodes"])
        layer["inbound_nodes"] = nodes if operation else [_node(node) for node in nodes]
    return layer


def _node(node: Mapping[str, Any]) -> Any:
    """Return a call of a layer as Keras 2 writes it, which Keras 3 reads too: a list of references."""
    (tensors,) = node["args"]
    several = isinstance(tensors, list)
    histories = [item["config"]["keras_history"] for item in (tensors if several else [tensors])]
    return [[*history, {}] for history in histories]
