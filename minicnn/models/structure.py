"""How a model is made of layer calls, and the graph of layers that follows from it.

A model may contain other models. `Structure` keeps the calls as they were made, with models among the
layers; `Structure.flat` is the graph in which only layers are left.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from minicnn.errors import NotReadyError, ShapeError
from minicnn.graph import Graph, Node
from minicnn.layers import InputLayer, Layer
from minicnn.layers.shapes import Shape, example_shape
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
        calls, numbers = [], dict[Call, int]()
        for tensor in inputs:
            layer = tensor.call.layer
            if not isinstance(layer, InputLayer):  # a model may start in the middle of another
                layer = InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype)
            calls.append(LayerCall(layer, ()))
        starts = {(tensor.call, tensor.index): (n, 0) for n, tensor in enumerate(inputs)}
        if len(starts) < len(inputs):
            raise ValueError(f"Model: inputs must be different tensors, got {list(inputs)}.")

        def reference(tensor: SymbolicTensor) -> Reference:
            start = starts.get((tensor.call, tensor.index))
            return (numbers[tensor.call], tensor.index) if start is None else start

        for call in _in_order(outputs, starts):
            numbers[call] = len(calls)
            calls.append(LayerCall(call.layer, tuple(map(reference, call.inputs))))
        return cls(calls, [(n, 0) for n in range(len(inputs))], list(map(reference, outputs)))

    def flat(self, layers: Iterable[Layer]) -> Graph:
        """Return the graph of layers; models among the layers are replaced by what they contain.

        `layers` is the order of the layers' weights.
        """
        values: dict[Reference, int] = {one: index for index, one in enumerate(self.inputs)}
        nodes: list[Node] = []
        for number, (layer, references) in enumerate(self.calls):
            if (number, 0) not in self.inputs:
                results = _append(
                    nodes, layer, [values[one] for one in references], len(self.inputs)
                )
                values |= {(number, index): value for index, value in enumerate(results)}
        return Graph(nodes, [values[one] for one in self.outputs], len(self.inputs), layers)

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
        # Those of one depth in the order in which a search from the outputs meets them
        visited: dict[int, Layer] = {}
        waiting = [number for number, _ in reversed(self.outputs)]
        while waiting:
            number = waiting.pop()
            if number not in visited:
                visited[number] = self.calls[number].layer
                waiting += [earlier for earlier, _ in reversed(self.calls[number].inputs)]
        layers = list(dict.fromkeys(visited.values()))
        inputs = [self.calls[number].layer for number, _ in self.inputs]
        unread = [layer for layer in inputs if layer not in layers]
        return sorted(unread + layers, key=lambda layer: -layer_depths[layer])

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


def _in_order(ends: Sequence[SymbolicTensor], given: Container[tuple[Call, int]]) -> list[Call]:
    """Return the calls that lead to the ends, each after those that it reads; no recursion."""

    def made_by(tensors: Sequence[SymbolicTensor]) -> list[tuple[Call, bool]]:
        return [
            (one.call, False) for one in reversed(tensors) if (one.call, one.index) not in given
        ]

    ordered: dict[Call, None] = {}
    waiting = made_by(ends)
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
        waiting += [(call, True), *made_by(call.inputs)]
    return list(ordered)


def _append(nodes: list[Node], layer: Layer, arguments: list[int], inputs: int) -> list[int]:
    """Append a layer, or those in a model, to a graph; return the values of the outputs."""
    if not is_model(layer):
        nodes.append(Node(layer, tuple(arguments)))
        return [inputs + len(nodes) - 1]
    inner, inside = layer.graph, list(arguments)
    if len(arguments) != inner.inputs:
        raise ShapeError(f"the model takes {inner.inputs} inputs, got {len(arguments)}.")
    for part, read in inner.nodes:
        inside += _append(nodes, part, [inside[value] for value in read], inputs)
    return [inside[value] for value in inner.outputs]


def tensor_list(name: str, given: Any) -> list[SymbolicTensor]:
    """Return the tensors in a tensor, list or dict."""
    if isinstance(given, Mapping):
        given = list(given.values())
    tensors = list(given) if isinstance(given, (list, tuple)) else [given]
    if not tensors:
        raise ValueError(f"Model: {name} must be at least one tensor, got {given!r}.")
    for tensor in tensors:
        if not isinstance(tensor, SymbolicTensor):
            raise TypeError(
                f"Model: {name} must be what Input(...) and calls of layers return, got {tensor!r}."
            )
    return tensors


def batch_shape(owner: str, shape: Any) -> Shape:
    """Return the shape of a batch as a tuple, with None for the batch."""
    if not isinstance(shape, (list, tuple)) or not shape:
        raise ValueError(
            f"{owner}: input_shape must be the shape of a batch, a tuple such as (None, 28, 28, 1), "
            f"got {shape!r}."
        )
    return (None, *example_shape(owner, "input_shape", shape[1:]))


def call_numbers(calls: Iterable[Any]) -> list[int]:
    """Return the number of each call among those of its layer."""
    counts: Counter[Layer] = Counter()
    numbers = []
    for call in calls:
        numbers.append(counts[call.layer])
        counts[call.layer] += 1
    return numbers


def unique_names(layers: Sequence[Layer]) -> list[str]:
    """Return the names of layers; numbered if a layer comes twice."""
    names: list[str] = []
    for name in (layer.name for layer in layers):
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
