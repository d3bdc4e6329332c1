"""One example and its label passed forward and back through a model, with all numbers kept."""

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
from minicnn.losses import Loss
from minicnn.models import Model
from minicnn.steps.checks import distribution
from minicnn.training.batches import Batch
from minicnn.training.checks import check_array
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
    graph: Graph, loss: Loss, x: ndarray, y: ndarray, training: bool
) -> tuple[list[LayerTrace], float]:
    """Pass one example forward and back through a graph with one input, and keep all numbers."""
    done = forward_pass(graph, loss, Batch(x, y), training, values=True)
    back = graph.backward(done.run, done.dy, values=True)
    values, records = list(done.run.values), []
    values[graph.outputs[0]] = done.y_pred
    for index, node in enumerate(graph.nodes, start=graph.inputs):
        z = done.run.outputs[0][0] if index - graph.inputs in done.run.cut else None
        read: Any = [values[number][0] for number in node.inputs]
        dx: Any = [np.asarray(back.values[number])[0] for number in node.inputs]
        y, dy = values[index][0], back.values[index]
        dy = np.zeros_like(y) if dy is None else np.asarray(dy)[0]
        if len(read) == 1:
            read, dx = read[0], dx[0]
        weights = back.weights.get(node.layer, {})
        records.append(LayerTrace(node.layer, read, y, dy, dx, weights, z))
    return records, done.loss


def one_example(model: Model, x: ArrayLike) -> ndarray:
    """Return one example as a batch of one."""
    if not model.layers:
        raise NotReadyError("the model has no layers. Add one: model.add(Dense(10)).")
    if model.graph.inputs > 1 or len(model.graph.outputs) > 1:
        raise ValueError(
            "a trace takes a model with one input and one output, got "
            f"{model.graph.inputs} and {len(model.graph.outputs)}. Trace a part of it: "
            "Model(one_input, one_output)."
        )
    if not all(layer.built for layer in model.layers):
        raise NotReadyError(
            "the model has no weights yet, so there is nothing to trace. Begin it with "
            "Input((28, 28, 1)), or call model.build((None, 28, 28, 1)), and train it."
        )
    array, expected = check_array("x", x), model.input_shape
    if array.ndim == len(expected) and len(array) > 1:
        raise ShapeError(
            f"a trace goes through one example, got {len(array)}. Take one: x[0], and y[0]."
        )
    if array.ndim == len(expected) - 1:
        array = array[np.newaxis]
    elif array.ndim == len(expected) - 2 and expected[-1] == 1:
        array = array[np.newaxis, ..., np.newaxis]
    return model.prepare_input(array, "predict", training=False)


def loss_for(model: Model) -> Loss:
    """Return the loss that a model was compiled with, else what goes with its last activation."""
    if model.loss is not None:
        return model.loss
    named = {"softmax": losses.CategoricalCrossentropy(), "sigmoid": losses.BinaryCrossentropy()}
    return named.get(_last_activation(model.graph.layers[-1]), losses.MeanSquaredError())


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
    if array.ndim == 0 and shape == (1,):
        array = array[np.newaxis]
    return array[np.newaxis]


def _last_activation(layer: Layer) -> str:
    return getattr(getattr(layer, "activation", None), "name", "linear")
