"""How a model learns, in the form that the page reads: loss, optimizer, regularizers.

The page's JavaScript knows those of the library. Custom ones are named, and what depends on them is
not shown.
"""

import copy
from typing import Any

from minicnn import constraints, losses, optimizers, regularizers
from minicnn.graph import Graph
from minicnn.layers import Layer
from minicnn.losses import FunctionLoss
from minicnn.models import Model
from minicnn.naming import snake_case
from minicnn.optimizers import SGD, Adam, Optimizer

_LOSS_OF_ACTIVATION = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}
_ALONG_AN_AXIS = ("categorical", "cosine_similarity", "kl_divergence")  # of the losses of rows only
_MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
_RATES = 1000  # of a schedule


def losses_data(model: Model) -> list[dict[str, Any]]:
    """Return loss and arguments of every output; without any, those that suit the last activations.

    `name` is None for an output that is not learnt from, or whose loss the page cannot compute.
    """
    compiled = None if model.compiled is None else model.compiled.losses
    found: list[dict[str, Any]] = []
    for position, value in enumerate(model.graph.outputs):
        loss: Any = None if compiled is None else compiled.losses[position]
        if loss is not None:
            known = _is_known(loss, len(model.output_shapes[position]) == 2)
            one = loss.get_config() | {"name": snake_case(type(loss).__name__) if known else None}
        elif compiled is None or not any(compiled.losses):
            activation = activation_name(model.graph, value)
            one = {"name": _LOSS_OF_ACTIVATION.get(activation, "mean_squared_error")}
        else:
            one = {"name": None}
        found.append(one | {"weight": compiled.weights[position] if compiled else 1.0})
    return found


def activation_name(graph: Graph, value: int) -> str:
    """Return the activation of the layer that makes an output."""
    layer = graph.nodes[value - graph.inputs].layer if value >= graph.inputs else None
    return getattr(getattr(layer, "activation", None), "name", "linear")


def unknown_name(model: Model) -> str | None:
    """Return the loss or regularizer that keeps the page from going back, if there is any."""
    for layer in model.graph.layers:
        if layer.activity_regularizer is not None:
            return "activity_regularizer"
        for penalty in layer.penalties.values():
            if type(penalty) not in _PENALTIES:
                return type(penalty).__name__
    compiled = [] if model.compiled is None else model.compiled.losses.losses
    for loss, shape in zip(compiled, model.output_shapes, strict=False):
        if loss is not None and not _is_known(loss, len(shape) == 2):
            return loss.name
    return None


def _is_known(loss: Any, is_row: bool) -> bool:
    """Return whether the page computes a loss, of a row or of a picture."""
    along_axis = any(name in snake_case(type(loss).__name__) for name in _ALONG_AN_AXIS)
    of_outputs = getattr(loss, "axis", -1) in (-1, 1)
    known = _is_of(losses, loss) and not isinstance(loss, FunctionLoss) and of_outputs
    return known and (is_row or (not along_axis and loss.reduction in _MEANS))


def optimizer_data(model: Model) -> dict[str, Any]:
    """Return the optimizers to choose from, the model's first, and in `unknown` a custom one's name."""
    own = model.optimizer
    unknown = own is not None and not _is_of(optimizers, own)
    choices = [*([own] if own and not unknown else []), SGD(), Adam()]
    described: dict[str, Any] = {}
    for one in map(_described, choices):
        described.setdefault(one["text"], one)
    return {
        "optimizers": list(described.values()),
        "unknownOptimizer": type(own).__name__ if unknown else _unknown_constraint(model),
    }


def penalty_data(layer: Layer) -> dict[str, dict[str, float]]:
    """Return both factors of the regularizers, by name of the weight they are on."""
    return {
        name: {"l1": getattr(penalty, "l1", 0.0), "l2": getattr(penalty, "l2", 0.0)}
        for name, penalty in layer.penalties.items()
        if type(penalty) in _PENALTIES
    }


def constraint_data(layer: Layer) -> dict[str, dict[str, Any]]:
    """Return name and arguments of the constraints, by name of the weight they are on."""
    named = {name: getattr(layer, f"{name}_constraint", None) for name in layer.trainable_names}
    return {
        name: {"name": type(one).__name__, **one.get_config()}
        for name, one in named.items()
        if one is not None and _is_of(constraints, one)
    }


_PENALTIES = (regularizers.L1, regularizers.L2, regularizers.L1L2)


def _is_of(module: Any, one: Any) -> bool:
    """Return whether an object is of a class of the library, not of a custom one."""
    return getattr(module, type(one).__name__, None) is type(one)


def _unknown_constraint(model: Model) -> str | None:
    """Return a layer whose constraints the page does not know: custom ones, or of a chain's weights."""
    for layer in model.graph.layers:
        given = [one for name, one in vars(layer).items() if name.endswith("_constraint") and one]
        if layer.trainable and (
            len(constraint_data(layer)) < len(given) or (layer.family == "chain" and given)
        ):
            return f"{layer.describe()}: {', '.join(type(one).__name__ for one in given)}"
    return None


def _described(optimizer: Optimizer) -> dict[str, Any]:
    """Return name, arguments, how they are written, and the learning rates of the next steps."""
    name = type(optimizer).__name__
    usual, given = type(optimizer)().get_config(), optimizer.get_config()
    arguments = {one: value for one, value in given.items() if one not in ("name", "learning_rate")}
    written = ", ".join(f"{k}={v}" for k, v in arguments.items() if v != usual[k])
    return {
        "name": name,
        "text": f"{name}({written})" if written else name,
        "arguments": arguments,
        "rates": _rates(optimizer),
    }


def _rates(optimizer: Optimizer) -> list[float]:
    """Return the learning rates from the next step on, up to the one that stays."""
    twin, rates = copy.copy(optimizer), []
    for _ in range(_RATES):
        rates.append(float(twin.learning_rate))
        twin.iterations += 1
    while len(rates) > 1 and rates[-1] == rates[-2]:
        rates.pop()
    return rates
