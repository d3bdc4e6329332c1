"""One example and its label passed forward and back through a model, with all numbers kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn import losses
from minicnn.errors import NotReadyError, ShapeError
from minicnn.graph import Graph
from minicnn.layers import Layer
from minicnn.layers.layer import Gradients
from minicnn.layers.shapes import known_sizes
from minicnn.losses import Loss
from minicnn.models import Model
from minicnn.steps.checks import distribution
from minicnn.training.batches import Batch
from minicnn.training.checks import check_array
from minicnn.training.compiled import CompileLoss
from minicnn.training.step import forward_pass


def listed(arrays: Any) -> list[ndarray]:
    """Return one array, or the arrays of a layer with several inputs, as a list."""
    return arrays if isinstance(arrays, list) else [arrays]


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """The numbers of one layer for one example; no array has a batch axis.

    A layer with several inputs has lists of them. `input_gradient` is the gradient of the array that
    the layer reads, to which every layer that reads it contributes.
    """

    layer: Layer
    input: Any
    output: ndarray
    gradient: ndarray
    input_gradient: Any
    weight_gradients: Gradients
    z: ndarray | None = None

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layer.name

    def __repr__(self) -> str:
        shapes = " and ".join(str(array.shape) for array in listed(self.input))
        return f"<{self.layer.describe()}: {shapes} → {self.output.shape}>"


def record(
    graph: Graph, loss: CompileLoss, x: list[ndarray], y: Any, training: bool
) -> tuple[list[LayerTrace], float]:
    """Pass one example forward and back through a graph, and keep all numbers."""
    done = forward_pass(graph, loss, Batch(x, y), training, values=True)
    back = graph.backward(done.run, done.dy, values=True)
    values, records = list(done.run.values), []
    before_activation = dict(zip(graph.outputs, done.run.outputs, strict=True))
    for number, prediction in zip(graph.outputs, listed(done.y_pred), strict=True):
        values[number] = prediction
    for index, node in enumerate(graph.nodes, start=graph.inputs):
        is_cut = index - graph.inputs in done.run.cut
        z = before_activation[index][0] if is_cut else None
        read: Any = [values[number][0] for number in node.inputs]
        dx: Any = [_gradient_of(values, back.values, number) for number in node.inputs]
        y, dy = values[index][0], _gradient_of(values, back.values, index)
        if len(read) == 1:
            read, dx = read[0], dx[0]
        weights = back.weights.get(node.layer, {})
        records.append(LayerTrace(node.layer, read, y, dy, dx, weights, z))
    return records, done.loss


def _gradient_of(values: list[Any], gradients: list[Any], number: int) -> ndarray:
    """Return the gradient of a value; 0 if no loss depends on it."""
    gradient = gradients[number]
    return np.zeros_like(values[number][0]) if gradient is None else np.asarray(gradient)[0]


def one_example(model: Model, x: Any) -> list[ndarray]:
    """Return each input of one example as a batch of one."""
    if not model.layers:
        raise NotReadyError("the model has no layers. Add one: model.add(Dense(10)).")
    if not all(layer.built for layer in model.layers):
        raise NotReadyError(
            "the model has no weights yet, so there is nothing to trace. Begin it with "
            "Input((28, 28, 1)), or call model.build((None, 28, 28, 1)), and train it."
        )
    arrays = one_for_each("x", x, model.input_names)
    batches = [
        _as_batch(check_array("x", array), shape)
        for array, shape in zip(arrays, model.input_shapes, strict=True)
    ]
    prepared: list[ndarray] = model.prepare_input(batches, "predict", training=False)
    return prepared


def one_for_each(owner: str, values: Any, names: Sequence[str]) -> list[Any]:
    """Return the only item, or one for each of several inputs or outputs: from a list or a dict."""
    if len(names) == 1:
        return [values]
    if isinstance(values, Mapping):
        return [values.get(name) for name in names]
    if not isinstance(values, (list, tuple)) or len(values) != len(names):
        raise ShapeError(
            f"a trace takes {owner} as a list of {len(names)} arrays ({', '.join(names)}), or as a dict."
        )
    return list(values)


def _as_batch(array: ndarray, expected: Any) -> ndarray:
    if array.ndim == len(expected) and len(array) > 1:
        raise ShapeError(
            f"a trace goes through one example, got {len(array)}. Take one: x[0], and y[0]."
        )
    if array.ndim == len(expected) - 1:
        array = array[np.newaxis]
    elif array.ndim == len(expected) - 2 and expected[-1] == 1:
        array = array[np.newaxis, ..., np.newaxis]
    return array


def losses_for(model: Model) -> CompileLoss:
    """Return the losses that a model was compiled with, else those that go with its last activations."""
    if model.compiled is not None and model.compiled.has_loss:
        return model.compiled.losses
    named = {"softmax": losses.CategoricalCrossentropy(), "sigmoid": losses.BinaryCrossentropy()}
    graph, found = model.graph, []
    for end in graph.outputs:
        layer = graph.nodes[end - graph.inputs].layer if end >= graph.inputs else None
        found.append(named.get(activation_name(layer), losses.MeanSquaredError()))
    return CompileLoss(found if len(found) > 1 else found[0], None, model.output_names)


def labels_for(model: Model, losses: CompileLoss, y: Any) -> Any:
    """Return the label of each output as a batch of one; of one output not in a list."""
    given = one_for_each("y", y, model.output_names)
    labels = [
        None if loss is None else one_label(loss, label, known_sizes(shape))
        for loss, label, shape in zip(losses.losses, given, model.output_shapes, strict=True)
    ]
    return labels if len(labels) > 1 else labels[0]


def one_label(loss: Loss, y: ArrayLike, shape: tuple[int, ...]) -> ndarray:
    """Return one example's label as a batch of one, in the form that the loss takes."""
    if isinstance(loss, losses.CategoricalCrossentropy):
        return distribution(y, shape)[np.newaxis]
    if isinstance(loss, losses.SparseCategoricalCrossentropy):
        if loss.ignore_class is not None and np.all(np.asarray(y) == loss.ignore_class):
            return np.full((1, *shape[:-1]), loss.ignore_class)
        return distribution(y, shape).argmax(axis=-1)[np.newaxis]
    array = np.asarray(y)
    if array.shape[:1] == (1,) and array.shape[1:] in (shape, shape[:-1]):
        return array
    return array.reshape(1, 1) if array.ndim == 0 and shape == (1,) else array[np.newaxis]


def activation_name(layer: Layer | None) -> str:
    """Return the name of a layer's activation; "linear" if it has none."""
    return getattr(getattr(layer, "activation", None), "name", "linear")
