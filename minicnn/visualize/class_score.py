"""The score of a class, and its gradient with respect to the output of an inner layer."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.graph import Run
from minicnn.models import Model


class Scores(NamedTuple):
    """A forward pass up to the scores: the outputs before softmax or sigmoid, if there is one."""

    model: Model
    run: Run

    @property
    def of_classes(self) -> ndarray:
        """One score per class, (classes,): z of a single sigmoid for class 1, −z for class 0."""
        scores = self.run.outputs[0][0]
        return np.array([-scores[0], scores[0]]) if len(scores) == 1 else scores

    def output(self, node: int) -> ndarray:
        """Return the output of a node of the model's graph."""
        return self.run.values[self.model.graph.inputs + node]

    def gradient(self, class_index: int, node: int) -> ndarray:
        """Return ∂score/∂output of a node: how much the score rises with each of its cells."""
        dy = np.zeros_like(self.run.outputs[0])
        if dy.shape[1] == 1:
            dy[0, 0] = 1 if class_index else -1
        else:
            dy[0, class_index] = 1
        graph = self.model.graph
        gradient = graph.backward(self.run, dy, values=True).values[graph.inputs + node]
        return np.zeros_like(self.output(node)) if gradient is None else gradient


def class_scores(model: Model, batch: ndarray) -> Scores:
    """Compute the score of every class for a batch of one."""
    run = model.graph.forward(batch, logits=True, values=True)
    if len(run.outputs) != 1 or run.outputs[0].ndim != 2:
        raise ShapeError(
            "the model must return one number per class, (batch, classes). This one returns "
            f"{run.outputs[0].shape}: end it with Flatten() and Dense(classes, activation='softmax')."
        )
    return Scores(model, run)
