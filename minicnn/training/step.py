"""One training step: forward, loss, backward, update.

Softmax and cross-entropy are one step, as are sigmoid and binary cross-entropy: the loss is computed
from what comes before the last activation (the logits), where its gradient is simply p − y.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.activations import Activation
from minicnn.graph import Graph, Plan, Run
from minicnn.layers import Layer
from minicnn.layers.layer import Gradients
from minicnn.losses import Loss
from minicnn.losses.reduction import scalar
from minicnn.optimizers import Optimizer
from minicnn.training.batches import Batch
from minicnn.training.compiled import CompileLoss


class LossRun(NamedTuple):
    """A forward pass up to the loss, and what the backward pass needs of it.

    For several outputs, `y_pred`, `dy` and `fused` are lists.
    """

    loss: float  # with the penalties of the regularizers
    y_pred: Any
    dy: Any  # ∂loss/∂y_pred, or ∂loss/∂logits where fused; None if not requested
    run: Run
    fused: Any
    losses: list[float]  # of each output


def train_step(
    graph: Graph,
    loss: Loss | CompileLoss,
    optimizer: Optimizer,
    batch: Batch,
    trained: Collection[Layer] | None = None,
) -> LossRun:
    """Update the weights with one batch; the result is from before the update."""
    plan = graph.plan(trained=trained)
    if optimizer.distributed is not None:
        done, pairs = optimizer.distributed.gradients(graph, loss, batch, trained)
    else:
        done = forward_pass(graph, loss, batch, training=True)
        pairs = paired(plan, graph.backward(done.run, done.dy, trained=trained).weights)
    optimizer.apply(*pairs)
    for layer in plan.constrained:
        layer.apply_constraints()
    if optimizer.distributed is None:
        graph.update_state(done.run)
    return done


def forward_pass(
    graph: Graph,
    loss: Loss | CompileLoss,
    batch: Batch,
    training: bool = False,
    gradient: bool = True,
    values: bool = False,
) -> LossRun:
    """Compute predictions and loss, and ∂loss/∂output if `gradient`; `values` as `Graph.forward`."""
    if isinstance(loss, CompileLoss) and len(loss.losses) > 1:
        return _several_outputs(graph, loss, batch, training, gradient, values)
    single: Any = loss.losses[0] if isinstance(loss, CompileLoss) else loss
    fused = fuses(graph, single)
    run = graph.forward(batch.x, training, fused, caches=gradient, values=values)
    value, dy, y_pred = _output_loss(graph, 0, single, run, fused, batch, gradient)
    if isinstance(loss, CompileLoss) and loss.weights[0] != 1:
        value, dy = value * loss.weights[0], None if dy is None else dy * loss.weights[0]
    return LossRun(value + graph.penalty(run), y_pred, dy, run, fused, [value])


def _several_outputs(
    graph: Graph, loss: CompileLoss, batch: Batch, training: bool, gradient: bool, keep: bool
) -> LossRun:
    """Sum the weighted losses of all outputs."""
    fused = [one is not None and fuses(graph, one, index) for index, one in enumerate(loss.losses)]
    run = graph.forward(batch.x, training, fused, caches=gradient, values=keep)
    weights = batch.sample_weight
    total, values, dys, y_preds = graph.penalty(run), [], [], []
    for index, (single, loss_weight) in enumerate(zip(loss.losses, loss.weights, strict=True)):
        if single is None:  # an output that is not trained
            value, dy, y_pred = 0.0, np.zeros_like(run.outputs[index]), run.outputs[index]
        else:
            weight = weights[index] if isinstance(weights, list) else weights
            part = Batch(None, batch.y[index], weight)
            value, dy, y_pred = _output_loss(
                graph, index, single, run, fused[index], part, gradient
            )
            dy = dy * loss_weight if gradient and loss_weight != 1 else dy
        total += loss_weight * value
        values.append(value)
        dys.append(dy)
        y_preds.append(y_pred)
    return LossRun(total, y_preds, dys if gradient else None, run, fused, values)


def _output_loss(
    graph: Graph, index: int, loss: Any, run: Run, fused: bool, batch: Batch, gradient: bool
) -> tuple[float, Any, ndarray]:
    """Return the loss of one output, its gradient if requested, and the predictions."""
    output = run.outputs[index]
    y_pred = None if fused else output
    if not gradient:
        chosen = loss.logits_version() if fused else loss
        value, dy = scalar(chosen(batch.y, output, batch.sample_weight)), None
    elif fused:
        value, dy, y_pred = loss.value_gradient_and_predictions(
            batch.y, output, batch.sample_weight
        )
    else:
        value, dy = loss.value_and_gradient(batch.y, output, batch.sample_weight)
    if y_pred is None:
        y_pred = graph.activated_output(index).activation(output)  # type: ignore[union-attr]
    return value, dy, y_pred


def fuses(graph: Graph, loss: Loss, index: int = 0) -> bool:
    """Return whether the loss of an output is computed from the logits, with the last activation."""
    last = graph.activated_output(index)
    if loss.fuses_with is None or last is None:
        return False
    activation = last.activation
    return (
        type(activation) is Activation  # not a function of the user's with the same name
        and activation.name == loss.fuses_with
        and not activation.parameters
    )


def paired(plan: Plan, gradients: dict[Layer, Gradients]) -> tuple[list[ndarray], list[ndarray]]:
    """Return the gradients and their weights, of all layers, in one order."""
    ordered: list[ndarray] = []
    weights: list[ndarray] = []
    for layer, name in plan.trained:
        weight, found = getattr(layer, name), gradients.get(layer)
        ordered.append(np.zeros_like(weight) if found is None else found[name])
        weights.append(weight)
    return ordered, weights
