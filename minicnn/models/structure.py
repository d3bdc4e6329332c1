"""How a model is made of layer calls, and the graph of layers that follows from it.

A model may contain other models. `Structure` keeps the calls as they were made, with models among the
layers; `Structure.flat` is the graph in which only layers are left.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from minicnn.errors import NotReadyError, ShapeError
from minicnn.graph import Graph, Node
from minicnn.layers import InputLayer, Layer
from minicnn.layers.symbolic import Call, SymbolicTensor

if TYPE_CHECKING:
    from minicnn.models.model import Model


class NotBuiltError(NotReadyError, AttributeError):
    """An attribute is not known yet, so that ``hasattr`` is False."""


Reference = tuple[int, int]  # number of a call, and of one of its outputs


class LayerCall(NamedTuple):
    """A call by number: the layer, and which outputs of earlier calls it reads."""

    layer: Layer
    inputs: tuple[Reference, ...]


class Structure(NamedTuple):
    """The calls that make a model, every call after those that it reads from."""

    calls: list[LayerCall]
    inputs: list[Reference]
    outputs: list[Reference]

    @classmethod
    def chain(cls, calls: list[LayerCall]) -> "Structure":
        """Return the structure in which each call reads the output of the one before it."""
        return cls(calls, [(0, 0)], [(len(calls) - 1, 0)])

    @classmethod
    def between(
        cls, inputs: Sequence[SymbolicTensor], outputs: Sequence[SymbolicTensor]
    ) -> "Structure":
        """Return the structure of the calls that lead from the inputs to the outputs.

        Raises
        ------
        ValueError
            If an output depends on an `Input` that is not among the inputs.
        """
        found: dict[tuple[Call, int], Reference] = {}
        calls: list[LayerCall] = []
        for tensor in inputs:
            layer = tensor.call.layer
            if not isinstance(layer, InputLayer):  # a model may start in the middle of another
                layer = InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype)
            found[tensor.call, tensor.index] = (len(calls), 0)
            calls.append(LayerCall(layer, ()))
        starts = [(number, 0) for number in range(len(calls))]
        for call in _in_order([(tensor.call, tensor.index) for tensor in outputs], found):
            references = tuple(found[one.call, one.index] for one in call.inputs)
            for index in range(_output_count(call.layer)):
                found.setdefault((call, index), (len(calls), index))
            calls.append(LayerCall(call.layer, references))
        return cls(calls, starts, [found[tensor.call, tensor.index] for tensor in outputs])

    def flat(self, layers: Iterable[Layer] | None = None) -> Graph:
        """Return the graph of layers; models among the layers are replaced by what they contain.

        `layers` is the order of the layers' weights, by default that of Keras.
        """
        values: dict[Reference, int] = {one: index for index, one in enumerate(self.inputs)}
        nodes: list[Node] = []
        for number, (layer, references) in enumerate(self.calls):
            if (number, 0) in self.inputs:
                continue
            arguments = [values[one] for one in references]
            if is_model(layer):
                results = _insert(nodes, layer.graph, arguments, len(self.inputs))
            else:
                nodes.append(Node(layer, tuple(arguments)))
                results = [len(self.inputs) + len(nodes) - 1]
            values |= {(number, index): value for index, value in enumerate(results)}
        outputs = [values[one] for one in self.outputs]
        ordered = leaf_layers(self.layers()) if layers is None else layers
        return Graph(nodes, outputs, len(self.inputs), ordered)

    def layers(self) -> list[Layer]:
        """Return the layers in the order of Keras: by distance from the outputs, largest first."""
        depths = [0] * len(self.calls)
        layer_depths: dict[Layer, int] = {}
        for number in range(len(self.calls) - 1, -1, -1):
            layer, references = self.calls[number]
            depths[number] = max(depths[number], layer_depths.get(layer, 0))
            layer_depths[layer] = depths[number]
            for earlier, _ in references:
                depths[earlier] = max(depths[earlier], depths[number] + 1)
        visited = [layer for layer in dict.fromkeys(self._visited()) if layer is not None]
        inputs = [self.calls[number].layer for number, _ in self.inputs]
        visited = [layer for layer in inputs if layer not in visited] + visited
        return sorted(visited, key=lambda layer: -layer_depths[layer])

    def _visited(self) -> Iterable[Layer]:
        """Yield the layers in the order in which a search from the outputs meets them."""
        waiting = [number for number, _ in reversed(self.outputs)]
        seen = set()
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                yield self.calls[number].layer
                waiting += [earlier for earlier, _ in reversed(self.calls[number].inputs)]

    def replay(self) -> tuple[list[SymbolicTensor], list[SymbolicTensor]]:
        """Make the symbolic inputs and outputs again, by calling every layer."""
        tensors: dict[Reference, SymbolicTensor] = {}
        for number, (layer, references) in enumerate(self.calls):
            if isinstance(layer, InputLayer):
                made: Any = layer.tensor()
            else:
                read = [tensors[one] for one in references]
                made = layer(read[0] if len(read) == 1 else read)
            for index, tensor in enumerate(tensor_list("outputs", made)):
                tensors[number, index] = tensor
        return [tensors[one] for one in self.inputs], [tensors[one] for one in self.outputs]


def leaf_layers(layers: Iterable[Layer]) -> list[Layer]:
    """Return the layers, with those in models instead of the models, each once and no inputs."""
    leaves: dict[Layer, None] = {}
    for layer in layers:
        if not isinstance(layer, InputLayer):
            inside = leaf_layers(layer.layers) if is_model(layer) else [layer]
            leaves |= dict.fromkeys(inside)
    return list(leaves)


def is_model(layer: Any) -> TypeGuard["Model"]:
    """Return whether a layer is a whole model."""
    return hasattr(type(layer), "graph")


def keras_class(model: Any) -> str:
    """Return what Keras calls the class of a model."""
    return "Sequential" if type(model).__name__ == "Sequential" else "Functional"


def _output_count(layer: Any) -> int:
    return len(layer.graph.outputs) if is_model(layer) else 1


def _in_order(ends: list[tuple[Call, int]], given: dict[tuple[Call, int], Reference]) -> list[Call]:
    """Return the calls that lead to the ends, each after those that it reads; no recursion."""
    ordered: dict[Call, None] = {}
    waiting: list[tuple[Call, bool]] = [(call, False) for call, index in reversed(ends)
                                        if (call, index) not in given]  # fmt: skip
    while waiting:
        call, is_done = waiting.pop()
        if call in ordered:
            continue
        if is_done:
            ordered[call] = None
            continue
        if isinstance(call.layer, InputLayer):
            raise ValueError(
                f'the outputs depend on the input "{call.layer.name}", which is not among the inputs of '
                "the model. Write Model(inputs=[…], outputs=[…]) with every Input that was used."
            )
        waiting.append((call, True))
        waiting += [(tensor.call, False) for tensor in reversed(call.inputs)
                    if (tensor.call, tensor.index) not in given]  # fmt: skip
    return list(ordered)


def _insert(nodes: list[Node], inner: Graph, arguments: list[int], inputs: int) -> list[int]:
    """Append the nodes of a model's graph; return the values of its outputs."""
    if len(arguments) != inner.inputs:
        raise ShapeError(f"the model takes {inner.inputs} inputs, got {len(arguments)}.")
    values = list(arguments)
    for layer, read in inner.nodes:
        nodes.append(Node(layer, tuple(values[value] for value in read)))
        values.append(inputs + len(nodes) - 1)
    return [values[value] for value in inner.outputs]


def tensor_list(name: str, given: Any) -> list[SymbolicTensor]:
    """Return the tensors in a tensor, list or dict."""
    if isinstance(given, Mapping):
        given = list(given.values())
    tensors = list(given) if isinstance(given, (list, tuple)) else [given]
    for tensor in tensors:
        if not isinstance(tensor, SymbolicTensor):
            raise TypeError(
                f"Model: {name} must be what Input(...) and calls of layers return, got {tensor!r}."
            )
    return tensors


def given_names(given: Any) -> list[str]:
    """Return the keys of a dict of tensors."""
    return [str(name) for name in given] if isinstance(given, Mapping) else []


def call_numbers(calls: Iterable[Any]) -> list[int]:
    """Return the number of each call among those of its layer."""
    counts: Counter[Layer] = Counter()
    numbers = []
    for call in calls:
        numbers.append(counts[call.layer])
        counts[call.layer] += 1
    return numbers


def unique_names(layers: Sequence[Layer], default: str) -> list[str]:
    """Return the names of layers; numbered if a layer comes twice."""
    names: list[str] = []
    for layer in layers:
        name = default if layer is None else layer.name
        count = sum(one == name or one.startswith(f"{name}_") for one in names)
        names.append(f"{name}_{count}" if name in names else name)
    return names


def layers_in(values: Sequence[Any]) -> list[Layer]:
    """Return the layers among the attributes of a subclass, and in lists of them."""
    found: list[Layer] = []
    for value in values:
        if isinstance(value, Layer):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += layers_in(value)
    return found
