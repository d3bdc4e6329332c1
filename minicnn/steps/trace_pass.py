"""One example through all layers and back, with everything that a training step would forget."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from minicnn.graph import Graph
from minicnn.layers import Layer
from minicnn.layers.layer import Gradients
from minicnn.losses import Loss
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """What one layer saw and made of one example. No array has a batch axis."""

    layer: Layer
    input: ndarray
    output: ndarray
    gradient: ndarray
    input_gradient: ndarray
    weight_gradients: Gradients
    z: ndarray | None = None

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layer.name

    def __repr__(self) -> str:
        return f"<{self.layer.describe()}: {self.input.shape} → {self.output.shape}>"


def record(
    graph: Graph, loss: Loss, x: ndarray, y: ndarray, training: bool
) -> tuple[list[LayerTrace], float]:
    """Pass one example forward and back through a chain of layers, and keep all numbers."""
    done = forward_pass(graph, loss, Batch(x, y), training, values=True)
    back = graph.backward(done.run, done.dy, values=True)
    values = [*done.run.values[:-1], done.y_pred]
    records = []
    for index, node in enumerate(graph.nodes):
        z = done.run.outputs[0][0] if index in done.run.cut else None
        numbers = values[index][0], values[index + 1][0]
        dx, dy = (np.asarray(back.values[place])[0] for place in (index, index + 1))
        weights = back.weights.get(node.layer, {})
        records.append(LayerTrace(node.layer, *numbers, dy, dx, weights, z))
    return records, done.loss
