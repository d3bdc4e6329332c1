"""All arrays of a layer or a model that have a gradient, each with the way to its slope."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.graph import Graph, takes_input_gradient
from minicnn.layers import Layer
from minicnn.losses import Loss
from minicnn.testing.checked import (
    Checked,
    require_form,
    require_gradients,
    run_forward,
)
from minicnn.testing.report import GradientError
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass


def of_layer(
    layer: Layer, x: ndarray, training: bool, random: np.random.Generator
) -> list[Checked]:
    """Return a layer's weights and its input, for a random upstream gradient."""
    y, cache = run_forward(layer, x, training)
    dy = random.normal(size=y.shape)

    def backward(dy: ndarray) -> dict[str, ndarray]:
        dx, gradients = layer.backward(dy.copy(), cache)
        require_gradients(layer, gradients)
        require_form(layer, "x", dx, x.shape)
        return {**gradients, "x": dx}

    def output() -> ndarray:
        return layer.forward(x, training)[0]

    gradients = backward(dy)
    if takes_input_gradient(layer.backward):
        alone = layer.backward(dy.copy(), cache, input_gradient=False)[1]  # type: ignore[call-arg]
        _require_the_same(layer, gradients, alone)
    arrays = {name: getattr(layer, name) for name in layer.trainable_names} | {"x": x}
    return [
        Checked(
            layer.describe(), name, array, gradients[name], output, dy, partial(_one_of, backward, name)
        )
        for name, array in arrays.items()
    ]  # fmt: skip


def _one_of(backward: Callable[[ndarray], dict[str, ndarray]], name: str, dy: ndarray) -> ndarray:
    """Return one gradient of those that backward gives for an upstream gradient."""
    return backward(dy)[name]


def of_model(
    layers: Sequence[Layer],
    x: ndarray,
    training: bool,
    random: np.random.Generator,
    y: Any = None,
    loss: Loss | None = None,
    sample_weight: Any = None,
) -> list[Checked]:
    """Return all layers' weights, and the input of the first."""
    seen = [x]  # by each layer, then the output
    caches = []
    for layer in layers:
        output, cache = run_forward(layer, seen[-1], training)
        seen.append(output)
        caches.append(cache)
    if loss is None:
        upstream = random.normal(size=seen[-1].shape)
        gradients, dx = _back(layers, caches, upstream)
    else:
        upstream = np.ones(())
        gradients, dx = _back_from_loss(layers, Batch(x, y, sample_weight), loss, training)

    def output_from(place: int) -> Callable[[], ndarray]:
        """Return the function that computes anew what a layer, and those above it, change."""

        def output() -> ndarray:
            if loss is not None:
                batch, rest = Batch(seen[place], y, sample_weight), Graph.chain(layers[place:])
                return np.array(forward_pass(rest, loss, batch, training, gradient=False).loss)
            z = seen[place]
            for layer in layers[place:]:
                z = layer.forward(z, training)[0]
            return z

        return output

    found = [
        Checked(layer.describe(), name, getattr(layer, name), gradients[place][name],
                output_from(place), upstream)
        for place, layer in enumerate(layers)
        for name in layer.trainable_names
    ]  # fmt: skip
    return [*found, Checked("the model", "x", x, dx, output_from(0), upstream)]


def _back(
    layers: Sequence[Layer], caches: Sequence[Any], dy: ndarray
) -> tuple[list[dict[str, ndarray]], ndarray]:
    """Return all layers' gradients, and that of the input, for ∂loss/∂output."""
    gradients: list[dict[str, ndarray]] = []
    for layer, cache in zip(reversed(layers), reversed(caches), strict=True):
        dy, found = layer.backward(dy, cache)
        require_gradients(layer, found)
        gradients.append(found)
    return gradients[::-1], dy


def _back_from_loss(
    layers: Sequence[Layer], batch: Batch, loss: Loss, training: bool
) -> tuple[list[dict[str, ndarray]], ndarray]:
    """Return the gradients that a training step sees, and that of the input."""
    graph = Graph.chain(layers)
    forward = forward_pass(graph, loss, batch, training)
    back = graph.backward(forward.run, forward.dy, values=True)
    return [back.weights.get(layer, {}) for layer in layers], np.asarray(back.values[0])


def _require_the_same(layer: Layer, all_of: dict[str, ndarray], alone: dict[str, ndarray]) -> None:
    """See that ``backward(input_gradient=False)``, which the first layer gets, returns the same."""
    require_gradients(layer, alone)
    for name in layer.trainable_names:
        if not np.allclose(alone[name], all_of[name], rtol=1e-9, atol=1e-12):
            raise GradientError(
                f"backward of {layer.describe()} returns another d{name} with input_gradient=False, "
                "which the first layer of a model gets. Both must be the same."
            )
