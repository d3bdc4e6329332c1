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
    """A forward pass up to the classes' scores, and what the way back needs of it.

    Attributes
    ----------
    outputs : list of ndarray
        Of every layer; the last layer's are the scores, without its softmax or sigmoid.
    caches : list
    """

    outputs: list[ndarray]
    caches: list[Any]

    @property
    def of_classes(self) -> ndarray:
        """One score a class, (classes,): a single sigmoid's z counts for class 1, −z for class 0."""
        scores = self.outputs[-1][0]
        return np.array([-scores[0], scores[0]]) if len(scores) == 1 else scores


def class_scores(layers: Sequence[Layer], batch: ndarray) -> Scores:
    """Compute the score of every class: what the last layer has before its activation.

    Parameters
    ----------
    layers : list of Layer
        Built; the first takes `batch`, the last gives (batch, classes).
    batch : (1, ...)

    Returns
    -------
    Scores

    Raises
    ------
    ShapeError
        If the last layer gives something else.
    """
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
    """Return ∂score/∂output of a layer: how much the class's score rises with each of its cells.

    Parameters
    ----------
    layers : list of Layer
    scores : Scores
        What `class_scores` returned for them.
    class_index : int
    place : int
        Of the layer, from 0.

    Returns
    -------
    (1, ...)
        Shaped as the layer's output. The last layer's is 1 at the class, else 0.

    Examples
    --------
    The gradient of a class's score, z = x · kernel, is the class's column of the kernel:

    >>> from minicnn.layers import Dense, Flatten
    >>> layers = [Flatten(), Dense(2, activation="softmax", use_bias=False)]
    >>> _ = layers[1](np.zeros((1, 3)))
    >>> layers[1].set_weights([[[1, 2], [3, 4], [5, 6]]])
    >>> scores = class_scores(layers, np.ones((1, 3)))
    >>> class_score_gradient(layers, scores, class_index=1, place=0)
    array([[2., 4., 6.]], dtype=float32)
    """
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
