"""Interpret the outputs of a model: probabilities of classes, of yes and no, logits, or numbers."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.models.trainer import Trainer

CLASSES, YES_NO, LABELS, NUMBERS = "classes", "yes_no", "labels", "numbers"


class Answer(NamedTuple):
    """The meaning of a model's outputs.

    Parameters
    ----------
    kind : "classes", "yes_no", "labels" or "numbers"
        One probability per class that add up to 1; one probability of yes (class 1); several
        independent probabilities; or other numbers, such as those of a regression.
    logits : bool
        Whether the outputs are the logits of these probabilities.

    Examples
    --------
    >>> Answer("yes_no", logits=True).probabilities(np.array([[0.0]]))
    array([[0.5, 0.5]])
    """

    kind: str
    logits: bool = False

    def probabilities(self, outputs: ndarray) -> ndarray:
        """Return probabilities (examples, classes); of both classes for "yes_no"."""
        outputs = np.asarray(outputs, np.float64)
        if self.logits:
            activation = ops.softmax_forward if self.kind == CLASSES else ops.sigmoid_forward
            outputs = activation(outputs)
        return np.hstack([1 - outputs, outputs]) if self.kind == YES_NO else outputs


def answer_of(model: Trainer, classes: bool = False, output: int = 0) -> Answer:
    """Return what an output of a model means, by its last activation and its loss.

    Parameters
    ----------
    model : Sequential or Model
    classes : bool
        Whether the outputs of a model without a loss are known to be scores of classes.
    output : int
        Which of several outputs.

    Examples
    --------
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Dense(10, input_shape=(4,))])
    >>> model.compile("adam", "mse")
    >>> answer_of(model).kind
    'numbers'
    """
    node = model.graph.outputs[output] - model.graph.inputs
    last = model.graph.nodes[node].layer if node >= 0 else None
    activation = getattr(getattr(last, "activation", None), "name", "linear")
    losses = model.loss if isinstance(model.loss, list) else [model.loss] * (output + 1)
    loss = getattr(losses[output], "name", None) or ""
    one = model.output_shapes[output][-1] == 1
    if activation == "softmax" and not one:
        return Answer(CLASSES)
    if activation == "sigmoid":
        exclusive = "categorical_crossentropy" in loss
        return Answer(YES_NO if one else CLASSES if exclusive else LABELS)
    if activation == "linear" and "categorical_crossentropy" in loss and not one:
        return Answer(CLASSES, logits=True)
    if activation == "linear" and loss == "binary_crossentropy":
        return Answer(YES_NO if one else LABELS, logits=True)
    if activation == "linear" and not loss and classes:
        return Answer(YES_NO if one else CLASSES, logits=True)
    return Answer(NUMBERS)
