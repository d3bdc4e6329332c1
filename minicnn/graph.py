"""The graph of a model's layers: the one forward pass and the one backward pass.

Every array that flows through a graph is a *value* with a number: first the inputs of the graph, then
the output of each node, in an order in which every node comes after the nodes that it reads from. In a
chain of layers, value 0 is the input and value ``i + 1`` is the output of layer ``i``.

>>> from minicnn import Sequential, layers
>>> model = Sequential([layers.Dense(2, "relu", input_shape=(3,)), layers.Dense(1)])
>>> run = model.graph.forward(np.ones((4, 3), "float32"), values=True)
>>> [value.shape for value in run.values]              # the input, then the output of each layer
[(4, 3), (4, 2), (4, 1)]
>>> back = model.graph.backward(run, np.ones((4, 1), "float32"), values=True)
>>> {name: gradient.shape for name, gradient in back.weights[model.layers[0]].items()}
{'kernel': (3, 2), 'bias': (2,)}
>>> back.values[1].shape                               # the gradient of the first layer's output
(4, 2)
"""

from collections.abc import Collection, Container, Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, cast

from numpy import ndarray

from minicnn import ops
from minicnn.errors import ShapeError
from minicnn.layers import contract, fusion
from minicnn.layers.activation import ActivatedLayer
from minicnn.layers.contract import checked_backward, checked_forward, takes_input_gradient
from minicnn.layers.layer import Gradients, Layer
from minicnn.plans import Plan, make_plan
from minicnn.regularizers import Regularizer

_trained = attrgetter("trained")


class Node(NamedTuple):
    """One call of a layer: the layer, and the numbers of the values that it reads."""

    layer: Layer
    inputs: tuple[int, ...]


class Run(NamedTuple):
    """A forward pass, as `Graph.forward` returns it."""

    outputs: list[ndarray]
    """The outputs of the graph; the logits where they were asked for."""
    caches: list[Any]
    """Values that `backward` needs of each node; empty without `caches`."""
    values: list[ndarray]
    """All values; only with `values`, else empty."""
    shapes: list[tuple[int, ...]]
    """The shape of each value."""
    cut: frozenset[int]
    """The nodes that stopped before their activation, because their logits were asked for."""
    regularized: dict[int, ndarray]
    """The outputs of the nodes whose layers have an `activity_regularizer`."""


class BackwardRun(NamedTuple):
    """A backward pass, as `Graph.backward` returns it."""

    weights: dict[Layer, Gradients]
    """The gradients of each layer's weights by name; a layer that is called twice has their sum."""
    values: list[ndarray | None]
    """The gradient of each value; only with `values`, else empty. None where no output depends on it."""


class Graph:
    """Layers, and how they are connected.

    Parameters
    ----------
    nodes : iterable of (Layer, tuple of int)
        Each layer call with the numbers of its input values, inputs before outputs.
    outputs : iterable of int
        The values that the graph returns.
    inputs : int
        How many inputs the graph has.
    layers : iterable of Layer, optional
        The order of the layers' weights; the order of the calls by default.

    Attributes
    ----------
    layers : list of Layer
        Each layer once.
    has_custom_layers : bool
        Whether any is not one of the library.

    Examples
    --------
    One layer called twice; the results are added:

    >>> from minicnn.layers import Dense, Layer
    >>> class Sum(Layer):
    ...     def forward(self, x, training=False):
    ...         return x[0] + x[1], None
    ...     def backward(self, dy, cache):
    ...         return [dy, dy], {}
    >>> dense = Dense(1, kernel_initializer="ones")
    >>> dense.build((None, 2))
    >>> graph = Graph([Node(dense, (0,)), Node(dense, (1,)), Node(Sum(), (2, 3))], [4], inputs=2)
    >>> run = graph.forward([np.ones((1, 2)), np.ones((1, 2))])
    >>> run.outputs
    [array([[4.]], dtype=float32)]
    >>> graph.backward(run, np.ones((1, 1))).weights[dense]["bias"]
    array([2.], dtype=float32)
    """

    def __init__(
        self,
        nodes: Iterable[Any],
        outputs: Iterable[int],
        inputs: int = 1,
        layers: Iterable[Layer] | None = None,
    ) -> None:
        self.nodes = tuple(Node(*node) for node in nodes)
        self.outputs = tuple(outputs)
        self.inputs = inputs
        called = (node.layer for node in self.nodes) if layers is None else layers
        self.layers = list(dict.fromkeys(called))
        self._custom = [not contract.is_builtin(type(node.layer)) for node in self.nodes]  # type: ignore[arg-type] # a class is hashable
        self.has_custom_layers = any(self._custom)
        self._following = fusion.followers(self.nodes, self.outputs, self.inputs)
        last_use = {value: index for index, node in enumerate(self.nodes) for value in node.inputs}
        self._released: list[list[int]] = [[] for _ in self.nodes]
        for value, index in last_use.items():
            if value not in self.outputs:
                self._released[index].append(value)
        self._activated = [self._activated_layer(value, last_use) for value in self.outputs]
        self._all_cut = self._cut([True] * len(self.outputs))
        self._plans: dict[Any, Plan] = {}
        self._stateful = [
            (index, node.layer)
            for index, node in enumerate(self.nodes)
            if getattr(node.layer.update_state, "__func__", None) is not Layer.update_state
        ]

    @classmethod
    def chain(cls, layers: Iterable[Layer]) -> "Graph":
        """Return the graph in which each layer reads the output of the one before it."""
        nodes = [Node(layer, (index,)) for index, layer in enumerate(layers)]
        return cls(nodes, [len(nodes)])

    def activated_output(self, position: int = 0) -> ActivatedLayer | None:
        """Return the layer whose activation makes an output, if the graph can stop before it."""
        return self._activated[position]

    def _activated_layer(self, value: int, used: Container[int]) -> ActivatedLayer | None:
        if value < self.inputs or value in used or self.outputs.count(value) > 1:
            return None
        layer = self.nodes[value - self.inputs].layer
        if not isinstance(layer, ActivatedLayer) or not contract.has_logits(type(layer)):
            return None
        # An activity regularizer needs what the activation returns
        return layer if layer.activity_regularizer is None else None

    def forward(
        self,
        x: ndarray | Sequence[ndarray],
        training: bool = False,
        logits: bool | Sequence[bool] = False,
        caches: bool = True,
        values: bool = False,
    ) -> Run:
        """Pass a batch through all layers.

        Parameters
        ----------
        x : array (batch, ...), or a list of them
            As many as the graph has inputs.
        training : bool
            Whether layers such as `Dropout` behave as in training.
        logits : bool, or one for each output
            Whether to stop before the activation that makes the output, where there is one.
        caches : bool
            Whether to keep what `backward` needs.
        values : bool
            Whether to keep all values; otherwise each is released after its last use.

        Raises
        ------
        ShapeError
            If the number of inputs is wrong, or a custom layer returns what `Layer.forward` does not
            promise.
        """
        flowing: list[Any] = list(x) if isinstance(x, (list, tuple)) else [x]
        if len(flowing) != self.inputs:
            raise ShapeError(f"the model takes {self.inputs} inputs, got {len(flowing)}.")
        cut = self._cut(logits)
        fused: set[int] = set()  # nodes whose output is that of the node before
        kept: list[Any] = []
        shapes = [value.shape for value in flowing]
        regularized: dict[int, ndarray] = {}
        for index, (layer, inputs) in enumerate(self.nodes):
            argument: Any
            if len(inputs) == 1:
                argument = flowing[inputs[0]].astype(layer.dtype, copy=False)
            else:
                argument = [flowing[value].astype(layer.dtype, copy=False) for value in inputs]
            following = [] if values else self._following[index]
            if following and cut:
                following = [one for one in following if one not in cut]
            if index in fused:
                y, cache = argument, fusion.FUSED
            elif index in cut and isinstance(layer, ActivatedLayer):
                y, cache = layer.logits(argument, training)
            elif following:
                layers = [self.nodes[reader].layer for reader in following]
                y, cache, count = layer.forward_through(argument, layers, training, caches)
                fused.update(following[:count])
            elif self._custom[index]:
                y, cache = checked_forward(layer, argument, layer.forward(argument, training))
            else:
                y, cache = layer.forward(argument, training)
            flowing.append(y)
            shapes.append(y.shape)
            if layer.activity_regularizer is not None:
                regularized[index] = y
            if caches:
                kept.append(cache)
            if not values:
                for value in self._released[index]:
                    flowing[value] = None
        outputs = [flowing[value] for value in self.outputs]
        return Run(outputs, kept, flowing if values else [], shapes, cut, regularized)

    def backward(
        self,
        run: Run,
        dy: ndarray | Sequence[ndarray],
        values: bool = False,
        trained: Collection[Layer] | None = None,
        share: float = 1.0,
    ) -> BackwardRun:
        """Pass the gradient of the outputs back through the layers.

        Without `values`, only as far down as there are weights to train. No returned array is a
        layer's own: they may be changed.

        Parameters
        ----------
        run : Run
            From `forward` with ``caches=True``.
        dy : array, or a list with one for each output
            ∂loss/∂output; ∂loss/∂logits where the logits were asked for.
        values : bool
            Whether to return the gradients of all values too, and those of frozen weights.
        trained : collection of Layer, optional
            The layers whose weights are trained; by default those that are not frozen.
        share : float
            Factor of the gradients of the regularizers, for a part of a batch.

        Raises
        ------
        ShapeError
            If a gradient, of an output or from a custom layer, does not have the shape that it must.
        """
        flowing = self._gradients_of_outputs(run, dy)
        weights: dict[Layer, Gradients] = {}
        plan = self.plan(values, trained)
        for index, layer, inputs, needed, names in plan.steps:
            upstream = flowing[self.inputs + index]
            if upstream is None:
                continue
            if not values:
                flowing[self.inputs + index] = None
            if run.caches[index] is fusion.FUSED:
                flowing[inputs[0]] = upstream
                continue
            backward: Any = layer.backward
            if index in run.cut and isinstance(layer, ActivatedLayer):
                backward = layer.logits_backward
            upstream = upstream.astype(layer.dtype, copy=False)
            if index in run.regularized:
                y, regularizer = (
                    run.regularized[index],
                    cast(Regularizer, layer.activity_regularizer),
                )
                penalty = regularizer.gradient(y) / max(len(y), 1)
                upstream = upstream + share * penalty.astype(y.dtype, copy=False)
            if needed or not takes_input_gradient(backward):
                result = backward(upstream, run.caches[index])
            else:
                result = backward(upstream, run.caches[index], input_gradient=False)
            if self._custom[index]:
                shapes = [run.shapes[value] for value in inputs] if needed else []
                result = checked_backward(layer, result, names, shapes)
            dx, found = result
            if names:
                before = weights.get(layer)
                if before is not None:  # the layer was called twice
                    found = {name: before[name] + found[name] for name in names}
                weights[layer] = found
            for position in needed:
                value, gradient = inputs[position], dx if len(inputs) == 1 else dx[position]
                # Never in place: it may be a layer's array
                before = flowing[value]
                flowing[value] = gradient if before is None else ops.add_forward(before, gradient)
        for layer, name, regularizer in plan.penalized:
            if layer in weights:
                gradient = share * regularizer.gradient(getattr(layer, name))
                weights[layer][name] = weights[layer][name] + gradient
        return BackwardRun(weights, flowing if values else [])

    def _gradients_of_outputs(self, run: Run, dy: ndarray | Sequence[ndarray]) -> list[Any]:
        """Return the gradients of all values, so far those of the outputs."""
        flowing: list[Any] = [None] * len(run.shapes)
        dys: list[Any] = list(dy) if isinstance(dy, (list, tuple)) else [dy]
        if len(dys) != len(self.outputs):
            raise ShapeError(
                f"the model has {len(self.outputs)} outputs, got {len(dys)} gradients."
            )
        for value, gradient in zip(self.outputs, dys, strict=True):
            if gradient.shape != run.shapes[value]:
                raise ShapeError(
                    f"dy has the shape of the output, {run.shapes[value]}, got {gradient.shape}."
                )
            flowing[value] = gradient if flowing[value] is None else flowing[value] + gradient
        return flowing

    def output_shapes(self, shapes: Sequence[Any]) -> list[Any]:
        """Return the shapes of the outputs for the shapes of the inputs.

        Raises
        ------
        ShapeError
            If a layer cannot take its input.
        """
        if len(shapes) != self.inputs:
            raise ShapeError(f"the model takes {self.inputs} inputs, got {len(shapes)}.")
        known = list(shapes)
        for layer, inputs in self.nodes:
            read: Any = [known[value] for value in inputs]
            known.append(layer.compute_output_shape(read if len(read) > 1 else read[0]))
        return [known[value] for value in self.outputs]

    def penalty(self, run: Run | None = None) -> float:
        """Return the penalties on all trainable weights, and on the outputs of a run."""
        total = 0.0
        for index, y in (run.regularized if run else {}).items():
            regularizer: Any = self.nodes[index].layer.activity_regularizer
            total += regularizer(y) / max(len(y), 1)
        for layer, name, regularizer in self.plan().penalized:
            total += regularizer(getattr(layer, name))
        return total

    def update_state(self, run: Run) -> None:
        """Update what a training step changes besides the weights, such as moving averages."""
        for index, layer in self._stateful:
            layer.update_state(run.caches[index])

    def _cut(self, logits: bool | Sequence[bool]) -> frozenset[int]:
        if isinstance(logits, bool):
            return self._all_cut if logits else frozenset()
        return frozenset(
            self.outputs[position] - self.inputs
            for position, wanted in enumerate(logits)
            if wanted and self._activated[position] is not None
        )

    def plan(self, values: bool = False, trained: Collection[Layer] | None = None) -> Plan:
        """Return what a step needs to know of the layers; made again when the trained weights change.

        Parameters
        ----------
        values, trained
            As for `backward`.
        """
        chosen = None if trained is None else (*trained,)
        key = values, chosen, *map(_trained, self.layers)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = make_plan(
                self.nodes, self.inputs, self.layers, values, trained
            )
        return plan
