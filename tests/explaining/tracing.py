"""Compute in Python everything that the page shows of a model and one example."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import Sequential
from minicnn.layers import Layer
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass


@dataclass
class Trace:
    """Every layer's numbers, without the batch axis."""

    inputs: list[ndarray]
    sums: list[ndarray]
    outputs: list[ndarray]
    input_gradients: list[ndarray]
    sum_gradients: list[ndarray]
    weight_gradients: list[dict[str, ndarray]]
    loss: float


def trace(model: Sequential, image: ndarray, label: Any) -> Trace:
    """Go through a model forward and backward, as in `predict`: with the moving averages."""
    batch = Batch(image[np.newaxis], np.asarray([label]))
    done = forward_pass(model.graph, model.loss, batch, training=False)
    inputs, sums, outputs, caches, x = [], [], [], [], batch.x
    for layer in model.layers:  # one by one: the graph may run several layers at once
        inputs.append(x)
        sums.append(before_activation(layer, x))
        x, cache = layer.forward(x)
        outputs.append(x)
        caches.append(cache)
    input_gradients, sum_gradients, dy = [], [], done.dy
    for place in reversed(range(len(model.layers))):
        layer = model.layers[place]
        if done.fused and place == len(model.layers) - 1:
            sum_gradients.insert(0, dy)
            dy = layer.logits_backward(dy, done.run.caches[place])[0]
        else:
            has_activation = hasattr(layer, "activation")
            through = layer.activation.backward if has_activation else lambda dy, *_: dy
            sum_gradients.insert(0, through(dy, sums[place], outputs[place]))
            dy = layer.backward(dy, caches[place])[0]
        input_gradients.insert(0, dy)
    found = model.graph.backward(done.run, done.dy).weights
    weights = [found.get(layer, {}) for layer in model.layers]
    return Trace(
        *([one[0] for one in of_layers] for of_layers in (inputs, sums, outputs)),
        *([one[0] for one in of_layers] for of_layers in (input_gradients, sum_gradients)),
        [
            {name: found[name] for name in layer.trainable_names}
            for layer, found in zip(model.layers, weights, strict=True)
        ],
        done.loss,
    )


def before_activation(layer: Layer, x: ndarray) -> ndarray:
    return layer.logits(x)[0] if hasattr(layer, "logits") else layer.forward(x)[0]
