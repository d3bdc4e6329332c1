"""A layer of one's own: its numbers are there, the sums that made them are its own business."""

from typing import Any

from numpy import ndarray

from minicnn.layers import Layer
from minicnn.steps.notation import number_text, size_text
from minicnn.steps.step import Place, Step
from minicnn.steps.walk import GradientWalk, Walk


class OwnLayerWalk(Walk):
    """What the layer's own `forward` and `backward` compute, number by number, without terms."""

    def __init__(self, layer: Layer, x: ndarray, training: bool) -> None:
        self.input = x
        self._layer = layer
        y, self._cache = layer.forward(x[None].astype(layer.dtype), training)
        kind = type(layer).__name__
        super().__init__(f"{kind}: input {size_text(x.shape)}", y[0])

    def step(self, place: Place) -> Step:
        """Make the step of one number of the output."""
        return self._step("output", place, self.output, "forward")

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of input and weights."""
        dx, weights = self._layer.backward(dy[None].astype(self._layer.dtype), self._cache)
        return {
            name: GradientWalk(name, gradient, self._maker(name, gradient))
            for name, gradient in {"input": dx[0], **weights}.items()
        }

    def _maker(self, name: str, gradient: ndarray) -> Any:
        return lambda place: self._step(f"d{name}", place, gradient, "backward")

    def _step(self, name: str, place: Place, array: ndarray, method: str) -> Step:
        value = array[place].item()
        by = f"computed by {type(self._layer).__name__}.{method}"
        return Step(name, place, value, equation=f"{number_text(value)}, {by}")
