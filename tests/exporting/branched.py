"""A model with branches: layers that merge inputs, and an array that two layers read."""

import numpy as np

from minicnn import layers, losses
from minicnn.graph import Graph


class Branched:
    """What `export` and `steps.trace` need of a model, over a graph."""

    def __init__(self, calls, input_shape=(None, 6, 6, 4)):
        shapes = [input_shape]
        for layer, read in calls:
            taken = [shapes[number] for number in read]
            taken = taken if len(read) > 1 else taken[0]
            layer.build(taken)
            shapes.append(layer.compute_output_shape(taken))
        self.graph = Graph(calls, [len(shapes) - 1])
        self.layers = [layer for layer, _ in calls]
        self.input_shape, self.output_shape = input_shape, shapes[-1]
        self.name, self.built, self.optimizer = "branched", True, None
        self.loss = losses.CategoricalCrossentropy()

    def check_input(self, *_, **__):
        """Everything fits."""


def residual():
    """Branches that are added, concatenated, multiplied with themselves."""
    return Branched(
        [
            (layers.Conv2D(4, 3, padding="same", activation="relu", name="first"), (0,)),
            (layers.Conv2D(4, 1, name="second"), (0,)),
            (layers.Add(name="add"), (1, 2)),
            (layers.Concatenate(name="join"), (3, 1)),
            (layers.Multiply(name="square"), (4, 4)),
            (layers.Flatten(name="flatten"), (5,)),
            (layers.Dense(3, activation="softmax", name="dense"), (6,)),
        ]
    )


def merging(layer):
    """One layer that merges two convolutions."""
    return Branched(
        [
            (layers.Conv2D(2, 3, padding="same", name="one"), (0,)),
            (layers.Conv2D(2, 1, name="other"), (0,)),
            (layer, (1, 2)),
            (layers.GlobalAveragePooling2D(name="mean"), (3,)),
            (layers.Softmax(name="softmax"), (4,)),
        ]
    )


def images(batch):
    """Images for these models."""
    return np.random.default_rng(5).normal(size=(batch, 6, 6, 4)).astype(np.float32)
