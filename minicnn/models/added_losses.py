"""Losses that are symbolic tensors of a model, as programs for variational autoencoders have them."""

from collections.abc import Mapping, Sequence
from inspect import getclosurevars
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.graph import Graph
from minicnn.layers import Input
from minicnn.layers.symbolic import SymbolicTensor, is_symbolic
from minicnn.losses import Loss
from minicnn.models.network import Network
from minicnn.models.structure import Structure, leaf_layers
from minicnn.training.batches import Batch
from minicnn.training.compiled import Compiled
from minicnn.training.step import LossRun


class AddedLoss(NamedTuple):
    """A loss that is computed in the model's graph; its mean is added to the other losses."""

    tensor: SymbolicTensor
    labels: SymbolicTensor | None = None  # those of the only output, if the loss needs them


class MeanOfTensor(Loss):
    """The mean of what the graph computes, whatever the labels are."""

    def forward(self, y_true: Any, y_pred: Any) -> tuple[ndarray, Any]:
        """Return the tensor."""
        return y_pred, y_pred

    def backward(self, dlosses: ndarray, cache: Any) -> ndarray:
        """Return the gradient of the mean."""
        return np.asarray(dlosses, cache.dtype)


def traced(loss: Any, outputs: Sequence[SymbolicTensor]) -> list[AddedLoss]:
    """Return a user's function as an added loss if it uses symbolic tensors besides its arguments."""
    if isinstance(loss, (str, Loss, type)) or not hasattr(loss, "__code__") or len(outputs) != 1:
        return []
    outside = getclosurevars(loss)
    if not any(map(is_symbolic, [*outside.nonlocals.values(), *outside.globals.values()])):
        return []
    labels = Input(outputs[0].shape[1:])
    made = loss(labels, outputs[0])
    if not isinstance(made, SymbolicTensor):
        raise TypeError(
            f"the loss {loss.__name__} uses tensors of the model besides its arguments. It must return "
            f"what functions of keras.ops or keras.backend make of them, got {type(made).__name__}."
        )
    return [AddedLoss(made, labels)]


class LossGraph:
    """The graph of a model with its added losses as further outputs."""

    def __init__(self, model: Any, added: Sequence[AddedLoss]) -> None:
        self._added, self._outputs = added, len(model.outputs)
        self._labels = [one.labels for one in added if one.labels is not None]
        inputs = [*model.inputs, *self._labels]
        ends = [*model.outputs, *(one.tensor for one in added)]
        self.structure = Structure.between(inputs, ends)
        layers = leaf_layers([*model.layers, *self.structure.layers()])
        self.graph: Graph = self.structure.flat(layers)

    def batch(self, batch: Batch) -> Batch:
        """Return the batch with the labels among the inputs, and None as labels of the losses."""
        y = batch.y if isinstance(batch.y, list) else [batch.y] * self._outputs
        weights = batch.sample_weight
        weights = weights if isinstance(weights, list) else [weights] * self._outputs
        x: Any = batch.x
        if self._labels:
            labels = [y[0].reshape(len(y[0]), *one.shape[1:]) for one in self._labels]
            x = [*(x if isinstance(x, list) else [x]), *labels]
        none: list[Any] = [None] * len(self._added)
        return Batch(x, [*y, *none], [*weights, *none])

    def losses(self, compiled: Any) -> Any:
        """Return the losses of the outputs and of the added ones."""
        return compiled.extended([MeanOfTensor() for _ in self._added])

    def shortened(self, done: LossRun) -> LossRun:
        """Return what a step computed without the outputs of the added losses."""
        y_pred = done.y_pred[: self._outputs]
        alone = self._outputs == 1
        return done._replace(
            y_pred=y_pred[0] if alone else y_pred, losses=done.losses[: self._outputs]
        )


class AddsLosses(Network):
    """Base class of `BatchTrainer`: losses that are symbolic tensors."""

    compiled: Compiled | None = None
    added_losses: Sequence[AddedLoss] = ()

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__() | {"_extended": None}
        extended = self.loss_graph()
        if extended is not None:
            has_labels = [one.labels is not None for one in self.added_losses]
            state["added_losses"] = extended.structure, has_labels
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if self.added_losses:
            structure, has_labels = state["added_losses"]
            starts, ends = len(self.inputs), len(self.outputs)
            self._tensors = [], []  # the layers remember their first calls that still exist
            inputs, outputs = structure.replay()
            self._tensors = inputs[:starts], outputs[:ends]
            labels = iter(inputs[starts:])
            self.added_losses = [
                AddedLoss(tensor, next(labels) if has else None)
                for tensor, has in zip(outputs[ends:], has_labels, strict=True)
            ]

    def add_loss(self, loss: Any) -> None:
        """Add the mean of a symbolic tensor, computed from those of the model, to the loss.

        Parameters
        ----------
        loss : SymbolicTensor
            Made of the model's tensors by layers, operators, and functions of NumPy, `keras.ops` or
            `minicnn.backend`; or a list of them. It is not stored in files.

        Raises
        ------
        TypeError
            If it is anything else.

        Examples
        --------
        >>> from minicnn import Model, layers
        >>> x = layers.Input((2,))
        >>> y = layers.Dense(2, kernel_initializer="ones")(x)
        >>> model = Model(x, y)
        >>> model.add_loss(np.mean(np.square(y - x)))
        >>> model.compile("sgd")
        >>> model.evaluate(np.ones((1, 2)), verbose=0)
        1.0
        """
        for one in loss if isinstance(loss, (list, tuple)) else [loss]:
            if not isinstance(one, SymbolicTensor):
                raise TypeError(
                    "add_loss takes a symbolic tensor, computed from those that layers returned, got "
                    f"{type(one).__name__}. For a function of labels and predictions: "
                    "model.compile(loss=function)."
                )
            self.added_losses = [*self.added_losses, AddedLoss(one)]

    def loss_graph(self) -> LossGraph | None:
        """Return the graph with the added losses; made again when they or the model change."""
        if not self.added_losses:
            return None
        key = (self.added_losses, self.graph)
        made = vars(self).get("_extended")
        if made is None or made[0] != key:
            made = self._extended = (key, LossGraph(self, self.added_losses))
        return made[1]

    def with_labels(self, x: Any, y: Any) -> Any:
        """Return labels that nobody reads if the only losses are added ones and there are none."""
        has_loss = self.compiled is None or self.compiled.has_loss
        if y is not None or x is None or not self.added_losses or has_loss:
            return y
        first = x[0] if isinstance(x, (list, tuple)) else x
        zeros = np.zeros(
            len(next(iter(x.values())) if isinstance(x, Mapping) else first), np.float32
        )
        return zeros if len(self.names.outputs) == 1 else [zeros] * len(self.names.outputs)
