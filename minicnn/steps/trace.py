"""A forward and backward pass of a model for one example, with a walk for every layer."""

from collections.abc import Iterator
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn import activations, ops
from minicnn.console import encodable
from minicnn.errors import unknown_name
from minicnn.html_table import html_table
from minicnn.models import Model
from minicnn.steps.adam import AdamWalk, adam_of
from minicnn.steps.layer_walk import LayerWalk, activation_of, operation_of
from minicnn.steps.loss import LossWalk, loss_walk
from minicnn.steps.notation import number_text, size_text
from minicnn.steps.record import (
    LayerTrace,
    activation_name,
    labels_for,
    listed,
    losses_for,
    one_example,
    record,
)
from minicnn.steps.text import aligned_text
from minicnn.steps.walk import GradientWalk, Walk

# Columns of the overview; numbers have a space in front.
_HEAD = ("layer", "output", " smallest", " largest", " |gradient|", " |of weights|")
_LONGEST = 18  # characters of a layer's name


def trace(model: Model, x: ArrayLike, y: ArrayLike, training: bool = False) -> "Trace":
    """Pass one example through a model and back, and record every number.

    The model is not changed: no weight, no moving average, no random state of a dropout.

    Parameters
    ----------
    model : Sequential
        Built. An uncompiled model gets the losses that fit its last activations: cross-entropy,
        binary cross-entropy or mean squared error.
    x : array_like
        One example, with or without a batch axis; for several inputs a list or dict.
    y : array_like
        Its label: a class number, one-hot, or the numbers of a regression; for several outputs a
        list or dict.
    training : bool
        Whether dropout and batch normalization work as in training instead of as in ``predict``.

    Returns
    -------
    Trace

    Raises
    ------
    NotReadyError
        If the model has no weights yet.
    ShapeError
        If there are several examples, or the example does not fit the model.
    ValueError
        If there is no such class, or a number is not finite.

    Examples
    --------
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([
    ...     layers.Flatten(input_shape=(1, 2), name="flatten"),
    ...     layers.Dense(2, activation="softmax", kernel_initializer="ones", name="dense"),
    ... ])
    >>> seen = trace(model, [[1, 2]], y=1)
    >>> seen.probabilities, round(seen.loss, 4)
    (array([0.5, 0.5], dtype=float32), 0.6931)
    >>> seen["dense"][0].equation
    '1·1 + 2·1 + 0 = 3 → e^(3 − 3)/(e^(3 − 3) + e^(3 − 3)) = 1/2 = 0.5'
    >>> seen["dense"].backward().kernel[1, 0]
    <dkernel[1, 0]: 2·0.5 = 1>
    >>> seen.adam("dense", "kernel", (1, 0))["weight"].equation
    '1 − 0.001 = 0.999'
    """
    return Trace(model, x, y, training)


class Trace:
    """The record that `trace` returns: a `LayerWalk` for each layer, by name or number."""

    def __init__(self, model: Model, x: ArrayLike, y: ArrayLike, training: bool = False) -> None:
        batches = one_example(model, x)
        self.model, self.training = model, bool(training)
        self._losses = losses_for(model)
        labels = labels_for(model, self._losses, y)
        with ops.without_kernels():
            records, self.loss = record(model.graph, self._losses, batches, labels, self.training)
        self.layers: tuple[LayerTrace, ...] = tuple(records)
        self.x: Any = batches[0][0] if len(batches) == 1 else [one[0] for one in batches]
        several = isinstance(labels, list)
        self.y: Any = [one if one is None else one[0] for one in labels] if several else labels[0]
        graph = model.graph
        self._ends = [value - graph.inputs for value in graph.outputs]  # below 0 for an input
        self._walks: dict[int, LayerWalk] = {}

    @property
    def output(self) -> Any:
        """The model's output, as ``model.predict`` returns it, without the batch axis."""
        inputs = listed(self.x)
        outputs = [self.layers[end].output if end >= 0 else inputs[end] for end in self._ends]
        return outputs if len(outputs) > 1 else outputs[0]

    @property
    def probabilities(self) -> ndarray:
        """The probability of each class: (classes,)."""
        if self._probabilities is None:
            raise ValueError(
                "this model's outputs are no probabilities: its last layer has the activation "
                f"{activation_name(self.layers[-1].layer)}. Use trace.output."
            )
        return self._probabilities

    @property
    def _loss(self) -> Any:
        return self._losses.losses[0]

    @property
    def _probabilities(self) -> ndarray | None:
        if len(self._ends) > 1:
            return None
        if activation_name(self.layers[-1].layer) in ("softmax", "sigmoid"):
            return self.output
        if getattr(self._loss, "from_logits", False):
            return activations.get(self._loss.fuses_with)(self.output)
        return None

    @cached_property
    def loss_walk(self) -> Walk:
        """The loss, step by step: `SoftmaxCrossentropyWalk`, or `LossWalk` for other losses.

        Of several outputs it is the first one's; `loss_walk_of` returns the others'.
        """
        return self.loss_walk_of(0)

    def loss_walk_of(self, output: int) -> Walk:
        """Return the loss of one of several outputs, step by step, before its `loss_weights`."""
        loss, end = self._losses.losses[output], self._ends[output]
        if loss is None or end < 0:
            raise ValueError(f"the output {self.model.output_names[output]!r} is not trained.")
        last, label = self.layers[end], self.y[output] if len(self._ends) > 1 else self.y
        prediction = last.output if last.z is None else last.z
        return loss_walk(loss, np.asarray(label)[None], prediction[None], last.z is not None)

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[LayerWalk]:
        return (self[position] for position in range(len(self)))

    def __getitem__(self, layer: str | int) -> LayerWalk:
        position = self.position(layer)
        if position not in self._walks:
            self._walks[position] = self._walk(position)
        return self._walks[position]

    def position(self, layer: str | int) -> int:
        """Return the number of a layer from its name or number."""
        names = [seen.name for seen in self.layers]
        if isinstance(layer, str):
            if layer not in names:
                raise unknown_name("layer", layer, names)
            return names.index(layer)
        if isinstance(layer, bool) or not isinstance(layer, (int, np.integer)):
            raise TypeError(f"the index of a layer must be its name or number, got {layer!r}.")
        if not -len(names) <= layer < len(names):
            raise IndexError(
                f"the model has {len(names)} layers, numbered from 0 to {len(names) - 1}, got {layer}."
            )
        return int(layer) % len(names)

    def adam(self, layer: str | int, weight: str, index: Any, optimizer: Any = None) -> AdamWalk:
        """Show the step that Adam would take for one weight if this example were the batch."""
        return adam_of(self.model, self.layers, self.position(layer), weight, index, optimizer)

    def _walk(self, position: int) -> LayerWalk:
        seen = self.layers[position]
        operation = operation_of(seen.layer, seen.input, self.training)
        z = seen.input if operation is None else operation.output
        activation = activation_of(seen.layer, z)
        from_loss = None if seen.z is None else self._from_loss(position, seen.gradient)
        walk = LayerWalk(seen.name, operation, activation, seen.gradient, from_loss)
        _check_description(seen, walk.output)
        return walk

    def _from_loss(self, position: int, gradient: ndarray) -> GradientWalk:
        """Return the gradient of z, the value before an output's activation, with the loss's steps."""
        output = self._ends.index(position)
        walk = self.loss_walk_of(output) if output else self.loss_walk
        name = "prediction" if isinstance(walk, LossWalk) else "logits"
        found = getattr(walk.backward(self._losses.weights[output]), name)
        return GradientWalk(name, gradient.astype(np.float64), found.step)

    def __repr__(self) -> str:
        return f"<trace of {self.model.name}: {len(self)} layers, loss {self.loss:.4g}>"

    def __str__(self) -> str:
        rows = [[name.strip() for name in _HEAD], *map(_row, self.layers)]
        table = aligned_text(rows, [name.startswith(" ") for name in _HEAD])
        return encodable("\n\n".join([self._title, "\n".join(table), self._remark]))

    def _repr_html_(self) -> str:
        numbers = [name.startswith(" ") for name in _HEAD]
        table = html_table([name.strip() for name in _HEAD], map(_row, self.layers), numbers)
        below = "<br>".join(map(escape, self._remark.splitlines()))
        return f"<div><strong>{escape(self._title)}</strong>{table}{below}</div>"

    @property
    def _title(self) -> str:
        sizes = " and ".join(size_text(one.shape) for one in listed(self.x))
        return f"One example of {sizes} through {_short(self.model.name)}, and back"

    @property
    def _remark(self) -> str:
        """The loss and the most probable class."""
        lines = [f"Loss: {number_text(self.loss)}."]
        p = self._probabilities
        if p is not None and p.ndim == 1 and p.size > 1:
            best = int(p.argmax())
            lines.append(f"Most probable: class {best}, {100 * p[best]:.1f} %.")
            label = int(self.y.argmax() if self.y.ndim else self.y)
            if 0 <= label < p.size:
                lines.append(f"Label: class {label}, {100 * p[label]:.1f} %.")
        lines.append(
            "Of the gradients, ∂loss/∂output and ∂loss/∂weight, the largest without its sign."
        )
        return "\n".join(lines)


def _check_description(seen: LayerTrace, described: ndarray) -> None:
    """Raise ValueError if a layer's description gives other numbers than its `forward`."""
    size = np.abs(seen.output[np.isfinite(seen.output)]).max(initial=0.0)
    equal = np.isclose(described, seen.output, rtol=1e-3, atol=1e-3 * size, equal_nan=True)
    if not equal.all():
        index = tuple(np.argwhere(~equal)[0].tolist())
        raise ValueError(
            f"{seen.layer.describe()} describes itself wrongly: output[{', '.join(map(str, index))}] is "
            f"{described[index]:g} by its description (family {seen.layer.family!r}), and "
            f"{seen.output[index]:g} by forward. Correct the description, or remove family: then the "
            "layer is shown without sums."
        )


def _row(seen: LayerTrace) -> list[str]:
    y, weights = seen.output, [_largest(gradient) for gradient in seen.weight_gradients.values()]
    numbers = [y.min().item(), y.max().item(), _largest(seen.gradient)]
    of_weights = number_text(max(weights)) if weights else ""
    return [_short(seen.name), size_text(y.shape), *map(number_text, numbers), of_weights]


def _largest(array: ndarray) -> float:
    return float(np.abs(array).max(initial=0))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
