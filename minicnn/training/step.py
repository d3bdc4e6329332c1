"""One batch through all layers and back: forward, loss, backward, update.

Softmax and cross-entropy are one step, as are sigmoid and binary cross-entropy: the loss is computed
from what comes before the last activation (the logits), where its gradient is simply p − y.
"""

from typing import Any, NamedTuple

from numpy import ndarray

from minicnn.activations import Activation
from minicnn.graph import Graph, Run
from minicnn.layers import Layer
from minicnn.layers.layer import Gradients
from minicnn.losses import Loss
from minicnn.losses.reduction import scalar
from minicnn.optimizers import Optimizer
from minicnn.training.batches import Batch


class LossRun(NamedTuple):
    """A forward pass up to the loss, and what the backward pass needs of it."""

    loss: float  # with the penalties of the regularizers
    y_pred: ndarray
    dy: Any  # ∂loss/∂y_pred, or ∂loss/∂logits where fused; None if not requested
    run: Run
    fused: bool


def train_step(
    graph: Graph, loss: Loss, optimizer: Optimizer, batch: Batch
) -> tuple[float, ndarray]:
    """Update the weights with one batch; return the loss and the predictions before the update."""
    forward = forward_pass(graph, loss, batch, training=True)
    gradients = graph.backward(forward.run, forward.dy).weights
    optimizer.apply(*_paired(graph, gradients))
    graph.update_state(forward.run)
    return forward.loss, forward.y_pred


def forward_pass(
    graph: Graph,
    loss: Loss,
    batch: Batch,
    training: bool = False,
    gradient: bool = True,
    values: bool = False,
) -> LossRun:
    """Compute predictions and loss, and ∂loss/∂output if `gradient`; `values` as `Graph.forward`."""
    fused = fuses(graph, loss)
    run = graph.forward(batch.x, training, fused, caches=gradient, values=values)
    output = run.outputs[0]
    if fused:
        value, dy, y_pred = _joined(graph.activated_output(), loss, output, batch, gradient)
    else:
        y_pred = output
        value, dy = _compared(loss, y_pred, batch, gradient)
    return LossRun(value + graph.penalty(), y_pred, dy, run, fused)


def _compared(
    loss: Loss, y_pred: ndarray, batch: Batch, gradient: bool
) -> tuple[float, ndarray | None]:
    """Return the loss of predictions or logits and, where it is wanted, its gradient."""
    if gradient:
        return loss.value_and_gradient(batch.y, y_pred, batch.sample_weight)
    return scalar(loss(batch.y, y_pred, batch.sample_weight)), None


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


def fuses(graph: Graph, loss: Loss) -> bool:
    """Return whether the loss is computed from the logits, together with the last activation."""
    last = graph.activated_output()
    return (
        loss.fuses_with is not None
        and last is not None
        and type(last.activation) is Activation  # not a function of the user's with the same name
        and last.activation.name == loss.fuses_with
        and not last.activation.parameters
    )


def _paired(graph: Graph, gradients: dict[Layer, Gradients]) -> tuple[list[ndarray], list[ndarray]]:
    """Return the gradients and their weights, of all layers, in one order."""
    ordered: list[ndarray] = []
    weights: list[ndarray] = []
    for layer in graph.layers:
        for name in layer.trainable_names:
            ordered.append(gradients[layer][name])
            weights.append(getattr(layer, name))
    return ordered, weights
