"""How a model learns, in the form that the page reads: loss, optimizer, regularizers.

The page's JavaScript knows those of the library. Custom ones are named, and what depends on them is
not shown.
"""

import copy
from typing import Any

from minicnn import constraints, losses, optimizers, regularizers
from minicnn.layers import Layer
from minicnn.losses import FunctionLoss
from minicnn.models import Model
from minicnn.naming import snake_case
from minicnn.optimizers import SGD, Adam, Optimizer

_LOSS_OF_ACTIVATION = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}
_RATES = 1000  # of a schedule


def loss_data(model: Model) -> dict[str, Any]:
    """Return the model's loss and its arguments; without one, that which suits the last activation.

    `name` is None if the page cannot compute its gradient, and `unknown` says why.
    """
    loss, unknown = model.loss, _unknown_regularizer(model)
    if loss is None:
        activation = getattr(
            getattr(model.graph.nodes[-1].layer, "activation", None), "name", "linear"
        )
        name = _LOSS_OF_ACTIVATION.get(activation, "mean_squared_error")
        return {"name": None if unknown else name, "unknown": unknown}
    of_outputs = getattr(loss, "axis", -1) in (-1, 1)
    if not _is_of(losses, loss) or isinstance(loss, FunctionLoss) or not of_outputs:
        return {"name": None, "unknown": loss.name}
    if model.compiled and model.compiled.losses.weights != [1]:
        unknown = "loss_weights"
    name = snake_case(type(loss).__name__)
    return loss.get_config() | {"name": None if unknown else name, "unknown": unknown}


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


def _unknown_regularizer(model: Model) -> str | None:
    """Return the name of a regularizer that the page does not know."""
    for layer in model.graph.layers:
        if layer.activity_regularizer is not None:
            return "activity_regularizer"
        for penalty in layer.penalties.values():
            if type(penalty) not in _PENALTIES:
                return type(penalty).__name__
    return None


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
