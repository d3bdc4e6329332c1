"""One batch through all layers and back: forward, loss, backward, update.

Softmax and cross-entropy are one step, as are sigmoid and binary cross-entropy: the loss is computed
from what comes before the last activation (the logits), where its gradient is simply p − y.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.activations import Activation
from minicnn.errors import ShapeError
from minicnn.layers import Layer
from minicnn.layers.layer import Gradients
from minicnn.losses import Loss
from minicnn.losses.reduction import one_number
from minicnn.optimizers import Optimizer
from minicnn.training.batches import Batch


class Pass(NamedTuple):
    """A forward pass up to the loss, and what backward needs of it."""

    loss: float  # with the penalties of the regularizers
    y_pred: ndarray
    dy: Any  # ∂loss/∂y_pred, or ∂loss/∂logits where fused; None where no gradient was wanted
    caches: list[Any]  # of all layers; empty where no gradient was wanted
    fused: bool


def train_step(
    layers: Sequence[Layer], loss: Loss, optimizer: Optimizer, batch: Batch
) -> tuple[float, ndarray]:
    """Learn from one batch."""
    forward = forward_pass(layers, loss, batch, training=True)
    gradients = backward_pass(layers, forward)
    optimizer.apply(*_matched(layers, gradients))
    for layer, cache in zip(layers, forward.caches, strict=True):
        layer.update_state(cache)
    return forward.loss, forward.y_pred


def forward_pass(
    layers: Sequence[Layer],
    loss: Loss,
    batch: Batch,
    training: bool = False,
    gradient: bool = True,
) -> Pass:
    """Compute predictions and loss, layer by layer."""
    *body, last = layers
    caches = []
    x = batch.x
    for layer in body:
        x, cache = layer.forward(x.astype(layer.dtype, copy=False), training)
        if gradient:
            caches.append(cache)
    x = x.astype(last.dtype, copy=False)
    fused = fuses(last, loss)
    if fused:
        logits, cache = last.logits(x, training)  # type: ignore[attr-defined]
        value, dy, y_pred = _joined(last, loss, logits, batch, gradient)
    else:
        y_pred, cache = last.forward(x, training)
        value, dy = _compared(loss, y_pred, batch, gradient)
    if gradient:
        caches.append(cache)
    return Pass(value + penalty(layers), y_pred, dy, caches, fused)


def _compared(
    loss: Loss, y_pred: ndarray, batch: Batch, gradient: bool
) -> tuple[float, ndarray | None]:
    """Return the loss of predictions or logits and, where it is wanted, its gradient."""
    if gradient:
        return loss.value_and_gradient(batch.y, y_pred, batch.sample_weight)
    return one_number(loss(batch.y, y_pred, batch.sample_weight)), None


def _joined(
    last: Any, loss: Any, logits: ndarray, batch: Batch, gradient: bool
) -> tuple[float, ndarray | None, ndarray]:
    """Return the loss of logits, its gradient, and what the last activation makes of them."""
    y_pred = None
    if gradient:
        value, dlogits, y_pred = loss.value_gradient_and_predictions(
            batch.y, logits, batch.sample_weight
        )
    else:
        value, dlogits = _compared(loss.logits_version(), logits, batch, gradient)
    return value, dlogits, last.activation(logits) if y_pred is None else y_pred


def backward_pass(layers: Sequence[Layer], forward: Pass) -> list[Gradients]:
    """Carry the gradient back through the layers, down to the first that has weights to train."""
    gradients: list[Gradients] = [{} for _ in layers]
    lowest = _lowest_trained(layers)
    dy = forward.dy
    for place in range(len(layers) - 1, lowest - 1, -1):
        layer, cache = layers[place], forward.caches[place]
        dy = dy.astype(layer.dtype, copy=False)
        if forward.fused and place == len(layers) - 1:
            dy, gradients[place] = layer.logits_backward(dy, cache)  # type: ignore[attr-defined]
        elif place == lowest:
            gradients[place] = layer.weight_gradients(dy, cache)
        else:
            dy, gradients[place] = layer.backward(dy, cache)
        _check_gradients(layer, gradients[place])
        for name, regularizer in layer.penalties.items():
            gradients[place][name] += regularizer.gradient(getattr(layer, name))
    return gradients


def fuses(last: Layer, loss: Loss) -> bool:
    """Whether the loss is computed together with the last layer's activation."""
    activation = getattr(last, "activation", None)
    return (
        loss.fuses_with is not None
        and hasattr(last, "logits")
        and type(activation) is Activation  # not a function of the user's with the same name
        and activation.name == loss.fuses_with
        and not activation.parameters
    )


def penalty(layers: Sequence[Layer]) -> float:
    """Return the sum of the penalties on all weights that training changes."""
    total = 0.0
    for layer in layers:
        for name, regularizer in layer.penalties.items():
            total += regularizer(getattr(layer, name))
    return total


def _lowest_trained(layers: Sequence[Layer]) -> int:
    """Return the place of the first layer that has weights to train, or behind the last."""
    for place, layer in enumerate(layers):
        if layer.trainable_names:
            return place
    return len(layers)


def _check_gradients(layer: Layer, gradients: Gradients) -> None:
    """Check what a layer's `backward` returned: a learner's own layer may have got it wrong."""
    for name in layer.trainable_names:
        shape = getattr(layer, name).shape
        if name not in gradients:
            raise ShapeError(
                f"backward of {layer.describe()} gave no gradient of its weight {name}. It returns "
                f'dx and a dict of all of them: return dx, {{"{name}": ...}}.'
            )
        gradient: Any = gradients[name]
        got = gradient.shape if isinstance(gradient, ndarray) else np.shape(gradient)
        if got != shape:
            raise ShapeError(
                f"the weight {name} of {layer.describe()} has shape {shape}, and backward gave a "
                f"gradient of shape {got}. It must be the same: sum over the axes that the weight "
                "does not have."
            )


def _matched(
    layers: Sequence[Layer], gradients: Sequence[Gradients]
) -> tuple[list[ndarray], list[ndarray]]:
    """Return the gradients and their weights, of all layers, in one order."""
    ordered: list[ndarray] = []
    weights: list[ndarray] = []
    for layer, found in zip(layers, gradients, strict=True):
        for name in layer.trainable_names:
            ordered.append(found[name])
            weights.append(getattr(layer, name))
    return ordered, weights
