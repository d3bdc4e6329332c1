"""The gradient of a class's score with respect to what an inner layer computes.

Training asks how the loss changes with the weights; pictures ask how the score of a class changes
with a feature map. It is the same way back through the layers (`minicnn.training.step`), begun
with another gradient and left at another layer.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers import Layer


class Scores(NamedTuple):
    """A forward pass up to the classes' scores, and what the way back needs of it."""

    outputs: list[ndarray]
    caches: list[Any]

    @property
    def of_classes(self) -> ndarray:
        """One score a class, (classes,): a single sigmoid's z counts for class 1, −z for class 0."""
        scores = self.outputs[-1][0]
        return np.array([-scores[0], scores[0]]) if len(scores) == 1 else scores


def class_scores(layers: Sequence[Layer], batch: ndarray) -> Scores:
    """Compute the score of every class: what the last layer has before its activation."""
    outputs, caches = [], []
    x = batch
    for layer in layers:
        compute = layer.forward
        if layer is layers[-1]:  # before softmax or sigmoid, where it has one
            compute = getattr(layer, "logits", layer.forward)
        x, cache = compute(x.astype(layer.dtype, copy=False))
        outputs.append(x)
        caches.append(cache)
    if x.ndim != 2:
        raise ShapeError(
            "a model of classes gives one number a class, (batch, classes). This one gives "
            f"{x.shape}: end it with Flatten() and Dense(classes, activation='softmax')."
        )
    return Scores(outputs, caches)


def class_score_gradient(
    layers: Sequence[Layer], scores: Scores, class_index: int, place: int
) -> ndarray:
    """Return ∂score/∂output of a layer: how much the class's score rises with each of its cells."""
    gradient = np.zeros_like(scores.outputs[-1])
    if gradient.shape[1] == 1:
        gradient[0, 0] = 1 if class_index else -1
    else:
        gradient[0, class_index] = 1
    for layer, cache in reversed(list(zip(layers, scores.caches, strict=True))[place + 1 :]):
        back = layer.backward
        if layer is layers[-1]:
            back = getattr(layer, "logits_backward", layer.backward)
        gradient, _ = back(gradient.astype(layer.dtype, copy=False), cache)
    return gradient
