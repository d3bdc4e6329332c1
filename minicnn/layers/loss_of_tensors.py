"""Losses as layers, for losses that are computed in a model's graph."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.differences import numerical_gradients
from minicnn.layers.layer import Layer
from minicnn.layers.symbolic import OPERATORS, SymbolicTensor
from minicnn.naming import unique_name


class LossOfTensors(Layer):
    """A loss as a layer of targets and predictions: one number for each example."""

    def __init__(self, loss: Any, **options: Any) -> None:
        super().__init__(**{"name": unique_name(loss.name), **options})
        self.loss = loss

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tuple(input_shape[1][:-1])

    def forward(self, x: Any, training: bool = False) -> tuple[ndarray, Any]:
        losses, cache = self.loss.forward(*x)
        return losses.astype(self.dtype), (x, cache)

    def backward(self, dy: ndarray, cache: Any) -> tuple[Any, dict[str, ndarray]]:
        """Return the gradients; that of the targets is measured if weights have a part in them."""
        (y_true, y_pred), inner = cache
        target = np.zeros_like(y_true)
        if self._targets_depend_on_weights:
            (target,) = numerical_gradients(
                lambda one: self.loss.forward(one, y_pred)[0], [y_true], dy
            )
        return [target.astype(dy.dtype), self.loss.backward(dy, inner)], {}

    def _call_symbolically(self, x: Any) -> Any:
        self._targets_depend_on_weights = _has_weights(x[0])
        return super()._call_symbolically(x)


def _has_weights(tensor: SymbolicTensor) -> bool:
    call = tensor.call
    return bool(call.layer.weight_owners()) or any(map(_has_weights, call.inputs))


OPERATORS["loss"] = LossOfTensors
