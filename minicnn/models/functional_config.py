"""The config of a model that is a graph of layer calls, as Keras writes it.

Every layer has a list of its calls, ``inbound_nodes``. A call refers to the tensors that it reads by the
name of the layer that made them, the number of that layer's call, and the number of its output. Keras 3
describes a call by its arguments, Keras 1 and 2 by a list of such references: both are read.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from minicnn import activations
from minicnn.errors import unknown_name
from minicnn.layers import InputLayer, Layer
from minicnn.layers.operation import FUNCTIONS, PARAMETERS, Operation, operation
from minicnn.layers.symbolic import SymbolicTensor
from minicnn.models.structure import call_numbers, is_model, keras_class, tensor_list
from minicnn.naming import snake_case


def _as_operation(described: dict[str, Any]) -> dict[str, Any]:
    """Describe an `Activation` with options, for which Keras has no layer, as one of `keras.ops`."""
    activation = described["config"].get("activation")
    if described["class_name"] != "Activation" or not isinstance(activation, Mapping):
        return described
    if activation.get("class_name") != "gelu":
        return described
    options = {"name": described["config"]["name"], **activation["config"]}
    names = {"class_name": "Gelu", "registered_name": "Gelu"}
    return {"module": "keras.src.ops.nn", "config": options, **names}


def calls_to_config(
    structure: Any, layers: Sequence[Layer], layer_to_config: Callable[[Layer], dict[str, Any]]
) -> dict[str, Any]:
    """Return ``layers``, ``input_layers`` and ``output_layers`` of a model.

    `structure` has ``calls``, each with its ``layer`` and ``inputs``, pairs (number of an earlier call,
    number of its output); and in the same form, ``inputs`` and ``outputs``.
    """
    numbers = call_numbers(structure.calls)

    def reference(place: tuple[int, int]) -> list[Any]:
        number, output = place
        return [structure.calls[number].layer.name, numbers[number], output]

    def tensor(place: tuple[int, int]) -> dict[str, Any]:
        shape = structure.calls[place[0]].layer.output_shape
        shape = shape[place[1]] if isinstance(shape, list) else shape
        config = {"shape": shape, "dtype": "float32", "keras_history": reference(place)}
        return {"class_name": "__keras_tensor__", "config": config}

    def node(call: Any) -> dict[str, Any]:
        tensors = [tensor(place) for place in call.inputs]
        if isinstance(call.layer, Operation):
            return call.layer.node(tensors)
        return {"args": [tensors if len(tensors) > 1 else tensors[0]], "kwargs": {}}

    described = []
    for layer in layers:
        nodes = [node(call) for call in structure.calls if call.layer is layer and call.inputs]
        config = _as_operation(layer_to_config(layer))
        described.append({**config, "name": layer.name, "inbound_nodes": nodes})

    def ends(places: Sequence[tuple[int, int]]) -> list[Any]:
        references = [reference(place) for place in places]
        for found, (number, _) in zip(references, places, strict=True):
            found[1] += _counted_at_ends(structure.calls[number].layer)
        return references if len(references) > 1 else references[0]

    return {
        "layers": described,
        "input_layers": ends(structure.inputs),
        "output_layers": ends(structure.outputs),
    }


def tensors_from_config(
    config: Mapping[str, Any], layer_from_config: Callable[[Mapping[str, Any]], Layer]
) -> tuple[Any, Any]:
    """Make the layers of a model, call them, and return the inputs and outputs of the model.

    Both have the structure of the config: a single symbolic tensor, or a list or dict of them.
    """
    for name in ("input_layers", "output_layers"):
        if name not in config:
            raise ValueError(f"a model's config must have {name!r}, as that of model.get_config()")
    calls = _Calls(config["layers"], layer_from_config)
    calls.make_all()
    return calls.tensors(config["input_layers"]), calls.tensors(config["output_layers"])


class _Calls:
    """The layers of a config by name, and the outputs of their calls."""

    def __init__(
        self,
        described: Sequence[Mapping[str, Any]],
        layer_from_config: Callable[[Mapping[str, Any]], Layer],
    ) -> None:
        self._layers: dict[str, Any] = {}  # a layer, or the config of an operation
        self._outputs: dict[str, list[list[SymbolicTensor]]] = {}  # of every call of a layer
        self._nodes: dict[str, list[Any]] = {}  # calls that have not been made yet, last one first
        self._counted_at_ends: dict[str, int] = {}
        for config in described:
            layer: Any = config if is_operation(config) else layer_from_config(config)
            name = str(config.get("name") or config["config"]["name"])
            self._layers[name] = layer
            self._nodes[name] = list(config.get("inbound_nodes") or ())[::-1]
            # Keras 2 counts the call that made a model, Keras 3 only in input_layers and output_layers
            of_keras_2 = any(isinstance(node, list) for node in self._nodes[name])
            self._outputs[name] = [[]] * int(of_keras_2 and is_model(layer))
            self._counted_at_ends[name] = 0 if of_keras_2 else _counted_at_ends(layer)
            if isinstance(layer, InputLayer):
                self._outputs[name].append([layer.tensor()])

    def make_all(self) -> None:
        """Make all calls, each as soon as the tensors that it reads exist."""
        queue = deque(self._layers)
        blocked: dict[str, list[str]] = {}  # layers by the name of the layer that they wait for
        while queue:
            name = queue.popleft()
            nodes = self._nodes[name]
            while nodes:
                references, several = _references(nodes[-1])
                missing = next((item[0] for item in references if not self._exists(item)), None)
                if missing is not None:
                    blocked.setdefault(missing, []).append(name)
                    break
                tensors = [self._tensor(item) for item in references]
                layer, node = self._layers[name], nodes.pop()
                if isinstance(layer, Mapping):
                    made: Any = called_as_saved(layer, node, tensors)
                else:
                    made = layer(tensors if several else tensors[0])
                self._outputs[name].append(tensor_list("outputs", made))
                queue.extend(blocked.pop(name, ()))
        for name, nodes in self._nodes.items():
            if nodes:
                raise ValueError(f'the inputs of the layer "{name}" depend on its own output')

    def tensors(self, structure: Any) -> Any:
        """Return the tensors of references in a list, a dict or alone."""
        if isinstance(structure, Mapping):
            return {name: self.tensors(item) for name, item in structure.items()}
        if len(structure) == 3 and isinstance(structure[0], str):
            name, number, output = structure
            return self._tensor((name, number - self._counted_at_ends.get(name, 0), output))
        return [self.tensors(item) for item in structure]

    def _exists(self, reference: Sequence[Any]) -> bool:
        name, number, _ = reference
        if name not in self._layers:
            raise ValueError(f'a layer reads from "{name}", which is not in the model')
        return number < len(self._outputs[name])

    def _tensor(self, reference: Sequence[Any]) -> SymbolicTensor:
        name, number, output = reference
        try:
            return self._outputs[name][number][output]
        except LookupError:
            raise ValueError(
                f'the model has no output {output} of call {number} of a layer "{name}"'
            ) from None


def _references(node: Any) -> tuple[list[Any], bool]:
    """Return what a call reads, and whether it gets a list."""
    if isinstance(node, Mapping):
        arguments = node["args"]
        references = list(histories([arguments, node.get("kwargs")]))
        several = len(references) > 1 or isinstance(arguments[0], (list, tuple))
    else:
        references = [item[:3] for item in node]
        several = len(references) > 1
    if not references:
        raise ValueError("a call of a layer has no inputs")
    return references, several


def histories(arguments: Any) -> Iterator[list[Any]]:
    """Yield the references of all tensors among the arguments of a call, in order."""
    if isinstance(arguments, Mapping):
        if arguments.get("class_name") == "__keras_tensor__":
            yield arguments["config"]["keras_history"]
        elif "class_name" not in arguments:
            yield from histories(list(arguments.values()))
    elif isinstance(arguments, (list, tuple)):
        for item in arguments:
            yield from histories(item)


def _counted_at_ends(layer: Any) -> int:
    """Return 1 if Keras 3 counts the call that made a model, which it does not for a `Sequential`."""
    return int(is_model(layer) and keras_class(layer) == "Functional")


# Calls of `keras.ops`


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
