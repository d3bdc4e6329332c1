"""One example through all layers and back, with everything that a training step would forget."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.layers import Layer
from minicnn.layers.layer import Gradients
from minicnn.losses import Loss
from minicnn.training.step import fuses, penalty


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


class _Forward(NamedTuple):
    """A forward pass: the numbers between the layers, and what backward needs of each."""

    numbers: list[ndarray]  # the input, then every layer's output
    caches: list[Any]
    z: ndarray | None


def record(
    layers: Sequence[Layer], loss: Loss, x: ndarray, y: ndarray, training: bool
) -> tuple[list[LayerTrace], float]:
    """Go forward and back, as `minicnn.training.step` does, and keep all numbers."""
    fused = fuses(layers[-1], loss)
    forward = _forward(layers, x, training, fused)
    if fused:
        value, dy = loss.logits_version().value_and_gradient(y, forward.z)  # type: ignore[attr-defined]
    else:
        value, dy = loss.value_and_gradient(y, forward.numbers[-1])
    records: list[LayerTrace] = []
    for place in reversed(range(len(layers))):
        layer, cache = layers[place], forward.caches[place]
        dy = dy.astype(layer.dtype, copy=False)
        last = fused and place == len(layers) - 1
        back = layer.logits_backward if last else layer.backward  # type: ignore[attr-defined]
        dx, gradients = back(dy, cache)
        for name, regularizer in layer.penalties.items():
            gradients[name] = gradients[name] + regularizer.gradient(getattr(layer, name))
        numbers = forward.numbers[place][0], forward.numbers[place + 1][0]
        z = forward.z[0] if last and forward.z is not None else None
        records.insert(0, LayerTrace(layer, *numbers, dy[0], dx[0], gradients, z))
        dy = dx
    return records, value + penalty(layers)


def _forward(layers: Sequence[Layer], x: ndarray, training: bool, fused: bool) -> _Forward:
    numbers, caches, z = [x], [], None
    for layer in layers:
        x = numbers[-1].astype(layer.dtype, copy=False)
        if fused and layer is layers[-1]:
            z, cache = layer.logits(x, training)  # type: ignore[attr-defined]
            y = layer.activation(z)  # type: ignore[attr-defined]
        else:
            y, cache = layer.forward(x, training)
        numbers.append(np.asarray(y))
        caches.append(cache)
    return _Forward(numbers, caches, z)
