"""A layer of a traced model, step by step: its operation, then its activation; and back."""

import copy
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn import activations
from minicnn.layers import Layer
from minicnn.steps.activation import activation_walk
from minicnn.steps.batch_normalization import batch_normalization, layer_normalization_walk
from minicnn.steps.conv2d import conv2d
from minicnn.steps.dense import dense
from minicnn.steps.index_map import walk_of
from minicnn.steps.merge import learnt_slopes_walk, merge_walk
from minicnn.steps.notation import size_text
from minicnn.steps.record import listed
from minicnn.steps.step import Index, Step, ravelled, unravelled
from minicnn.steps.table import Table, as_tables
from minicnn.steps.walk import BackwardWalk, GradientWalk, OpaqueWalk, Walk


def operation_of(layer: Any, x: Any, training: bool) -> Walk | None:
    """Return the walk of a layer's computation before its activation; None if it has no other."""
    family = _family(layer, x)
    if family == "activation":
        return None
    if family == "convolution":
        return _convolution(layer, x)
    if family == "dense":
        return dense(x, layer.kernel, layer.bias if layer.use_bias else None)
    if family == "normalization":
        axes, mean, variance, gamma, beta, epsilon = layer.normalization()
        axes = _without_batch(axes, x.ndim)
        if mean is None:
            return layer_normalization_walk(x, gamma, beta, axes, epsilon)
        if training and layer.trainable:
            mean = variance = None
        return batch_normalization(x, gamma, beta, mean, variance, epsilon, axes[0])
    if layer.family == "merge" and (merged := merge_walk(layer, x)) is not None:
        return merged
    if family == "chain":
        return ChainWalk(layer, x, training)
    if family == "learnt_slopes":
        return learnt_slopes_walk(layer, x)
    if family != "custom":
        with suppress(NotImplementedError):  # such as a contrast that depends on the image
            return walk_of(layer, x, training)
    return CustomWalk(layer, x, training)


def activation_of(layer: Any, z: ndarray) -> Walk | None:
    """Return the walk of a layer's activation, if it has one."""
    family = _family(layer, z)
    if family not in ("activation", "chain", "convolution", "dense"):
        return None
    function = getattr(layer, "activation", activations.linear)
    if function is activations.linear and family != "activation":
        return None
    if "axis" in function.parameters:
        axis = _without_batch(function.parameters["axis"], z.ndim)
        function = activations.Activation(function.name, **{**function.parameters, "axis": axis})
    return activation_walk(z, function)


def _family(layer: Layer, x: Any) -> str:
    """Return the family of a layer; "custom" along the batch's axis, which one example lacks."""
    if isinstance(x, list) or layer.family == "merge":
        return "custom"
    axis = getattr(layer, "axis", None)
    axes = np.atleast_1d(1 if axis is None else axis)
    return "custom" if np.any(axes % (x.ndim + 1) == 0) else layer.family


def _without_batch(axis: Any, rank: int) -> Any:
    """Return an axis, counted with the batch's, as that of one example, counted from its end."""
    if isinstance(axis, (tuple, list)):
        return tuple(_without_batch(item, rank) for item in axis)
    return axis % (rank + 1) - 1 - rank


def _convolution(layer: Any, x: ndarray) -> Walk:
    """Return the walk of a convolution; a sequence is an image with one row."""
    described = layer.convolution()
    walk = conv2d(x if x.ndim == 3 else x[np.newaxis], *described)
    if described.kernel.shape == layer.kernel.shape:
        return walk
    shape = walk.output.shape[-x.ndim :]
    return ReshapedWalk(walk, shape, {"input": x.shape, "kernel": layer.kernel.shape})


class ReshapedWalk(Walk):
    """A walk whose output and gradients have the shapes of another layer's.

    Its steps are those of the walk, whose tables show the shapes that are computed with.
    """

    def __init__(self, walk: Walk, shape: Index, shapes: Mapping[str, Index]) -> None:
        super().__init__(walk.title, walk.output.reshape(shape))
        self._walk, self._shapes = walk, shapes

    def step(self, index: Index) -> Step:
        """Make the step of one number of the output."""
        step = self._walk.step(_moved(self.output.shape, self._walk.output.shape, index))
        step.index = index
        return step

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of input and weights."""
        found = {}
        for name, inner in self._walk.gradients(dy.reshape(self._walk.output.shape)).items():
            shape = self._shapes.get(name, inner.gradient.shape)
            index_of = partial(_moved, shape, inner.gradient.shape)
            found[name] = inner.seen_as(name, inner.gradient.reshape(shape), index_of)
        return found


def _moved(shape: Index, inner: Index, index: Index) -> Index:
    """Return the index in an array of shape `inner` that has the same numbers."""
    return unravelled(ravelled(index, shape), inner)


class ChainWalk(Walk):
    """A layer that is several layers in a row, whose walks are `parts`; a step is the last one's."""

    def __init__(self, layer: Any, x: ndarray, training: bool) -> None:
        self.input, self._layer = x, layer
        self._chain = layer.chain()
        self.parts: list[LayerWalk] = []
        for part in self._chain:
            operation = operation_of(part, x, training)
            z = x if operation is None else operation.output
            is_last = part is self._chain[-1] and hasattr(layer, "activation")  # of the whole layer
            activation = None if is_last else activation_of(part, z)
            self.parts.append(LayerWalk(part.name, operation, activation, np.zeros(0)))
            x = self.parts[-1].output
        super().__init__(", then ".join(part._last.title for part in self.parts), x)

    def step(self, index: Index) -> Step:
        """Make the step of the last part, whose input is the output of the part before."""
        return self.parts[-1].step(index)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of the input and of the layer's own weights."""
        back: list[Mapping[str, GradientWalk]] = []
        for part in reversed(self.parts):
            back.insert(0, part.gradients(dy))
            dy = back[0]["input"].gradient
        found = {"input": back[0]["input"]}
        # Its weights are numbered, to see where the parts have them.
        marked = copy.copy(self._layer)
        for name in self._layer.gradient_names:
            shape = getattr(self._layer, name).shape
            setattr(marked, name, np.arange(np.prod(shape)).reshape(shape) - np.prod(shape))
            for part, gradients in zip(marked.chain(), back, strict=True):
                for own in part.gradient_names:
                    marks = np.asarray(getattr(part, own))
                    if marks.min() < 0 and marks.dtype.kind == "i":
                        found[name] = _moved_back(name, gradients[own], marks + marks.size, shape)
            setattr(marked, name, getattr(self._layer, name))
        return found


def _moved_back(name: str, walk: GradientWalk, places: ndarray, shape: Index) -> GradientWalk:
    """Return the gradient of a weight, of which a part of a chain has the numbers in other places."""
    gradient = np.zeros(shape)
    gradient.ravel()[places] = walk.gradient

    def index_of(index: Index) -> Index:
        [place] = np.argwhere(places == ravelled(index, shape)).tolist()
        return tuple(place)

    return walk.seen_as(name, gradient, index_of)


class CustomWalk(OpaqueWalk):
    """The numbers of a layer's own `forward` and `backward`, without terms."""

    def __init__(self, layer: Any, x: Any, training: bool) -> None:
        self.input = x
        batches = [array[None].astype(layer.dtype) for array in listed(x)]
        y, cache = layer.forward(batches if isinstance(x, list) else batches[0], training)

        def differentiate(dy: ndarray) -> dict[str, ndarray]:
            dx, weights = layer.backward(dy[None].astype(layer.dtype), cache)
            if isinstance(dx, (list, tuple)):
                return {f"input_{i}": array[0] for i, array in enumerate(dx)} | weights
            return {"input": dx[0]} | weights

        name, sizes = type(layer).__name__, " and ".join(size_text(a.shape) for a in listed(x))
        by = f"computed by {name}.forward", f"computed by {name}.backward"
        super().__init__(f"{name}: input {sizes}", y[0], "output", by, differentiate)


def _activated(before: Step, after: Step) -> Step:
    """Return the step of a sum with the activation's value; `before` and `after` are the two."""
    step: Any = copy.copy(before)
    step.name, step.value = after.name, after.value
    step._equation = f"{before.equation} → {after.equation}"
    step.before, step.after = before, after
    return step


class LayerWalk(Walk):
    """A layer of a `Trace`: a walk that knows the gradient that reached it."""

    def __init__(
        self,
        name: str,
        operation: Walk | None,
        activation: Walk | None,
        upstream: ndarray,
        from_loss: GradientWalk | None = None,
    ) -> None:
        walks = [walk for walk in (operation, activation) if walk is not None]
        self._first, self._last = walks[0], walks[-1]
        title = f"layer {name}, {', then '.join(walk.title for walk in walks)}"
        super().__init__(title, self._last.output)
        self.operation, self.activation = operation, activation
        self.upstream, self._from_loss = upstream, from_loss

    @property
    def tables(self) -> list[list[Table]]:
        """The operation's tables, and the activation's output."""
        own = [] if self._first is self._last else [as_tables("output", self.output)]
        return [*self._first.tables, *own]

    @property
    def remark(self) -> str:
        """The remark of the operation."""
        return self._first.remark

    def step(self, index: Index) -> Step:
        """Make the step of one number: its sum, and the activation applied to it."""
        if self._first is self._last:
            return self._last.step(index)
        return _activated(self._first.step(index), self._last.step(index))

    def backward(self, dy: ArrayLike | None = None) -> BackwardWalk:
        """Walk back through the layer."""
        if dy is not None:
            return super().backward(dy)
        if self._from_loss is None:
            return BackwardWalk(self.upstream, self.gradients(self.upstream))
        return BackwardWalk(self.upstream, self._through_operation(self._from_loss))

    def gradients(self, dy: ndarray) -> Mapping[str, GradientWalk]:
        """Return the gradients by name."""
        if self.activation is None:
            return self._last.gradients(dy)
        return self._through_operation(self.activation.gradients(dy)["input"])

    def _through_operation(self, dz: GradientWalk) -> Mapping[str, GradientWalk]:
        """Continue from the gradient of z, the value before the activation."""
        if self.operation is None:
            return {"input": dz.seen_as("input", dz.gradient)}
        before = dz.seen_as("z", dz.gradient)
        before.title = "gradient of z, the value before the activation"
        return {"z": before, **self.operation.gradients(dz.gradient)}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "_last" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self._first, name)
