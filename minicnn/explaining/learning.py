"""How a model learns, in the form that the page reads: loss, optimizer, regularizers.

The page's JavaScript knows some of them exactly. The others are named, and what depends on them is
not shown.
"""

from typing import Any

from minicnn import losses, optimizers, regularizers
from minicnn.layers import Layer
from minicnn.models import Model

_LOSSES = {
    losses.BinaryCrossentropy: "binary_crossentropy",
    losses.CategoricalCrossentropy: "categorical_crossentropy",
    losses.MeanAbsoluteError: "mean_absolute_error",
    losses.MeanSquaredError: "mean_squared_error",
    losses.SparseCategoricalCrossentropy: "sparse_categorical_crossentropy",
}
_LOSS_OF_ACTIVATION = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}
_RATE = 0.01  # Keras' learning rate of SGD
_PLAIN: dict[Any, dict[str, Any]] = {  # arguments with which an optimizer updates as the page does
    optimizers.Adam: {"amsgrad": False},
    optimizers.SGD: {"momentum": 0.0},
}
_NEVER = {"weight_decay": None, "clipnorm": None, "clipvalue": None, "global_clipnorm": None}


def loss_data(model: Model) -> dict[str, Any]:
    """Return the model's loss; without one, the loss that suits the last activation.

    `name` is None if the page cannot compute its gradient, and `unknown` says why.
    """
    loss, unknown = model.loss, _unknown_regularizer(model)
    if loss is None:
        activation = getattr(
            getattr(model.graph.nodes[-1].layer, "activation", None), "name", "linear"
        )
        name = _LOSS_OF_ACTIVATION.get(activation, "mean_squared_error")
    else:
        name = _LOSSES.get(type(loss), "")
        unknown = unknown if name else loss.name
    return {
        "name": None if unknown else name,
        "unknown": unknown,
        "fromLogits": getattr(loss, "from_logits", False),
        "labelSmoothing": getattr(loss, "label_smoothing", 0.0),
    }


def optimizer_data(model: Model) -> dict[str, Any]:
    """Return the optimizer of the page's training steps: the model's, or SGD.

    `unknown` names the model's optimizer if the page cannot update as it does.
    """
    optimizer = model.optimizer
    rate = _RATE if optimizer is None else float(optimizer.learning_rate)
    plain = _PLAIN.get(type(optimizer))
    own = plain is not None and all(
        not getattr(optimizer, name, None) for name in {**_NEVER, **plain}
    )
    if own and isinstance(optimizer, optimizers.Adam):
        return {
            "name": "adam",
            "unknown": None,
            "learningRate": rate,
            "beta1": optimizer.beta_1,
            "beta2": optimizer.beta_2,
            "epsilon": optimizer.epsilon,
        }
    unknown = None if own or optimizer is None else _written(optimizer)
    return {"name": "sgd", "unknown": unknown, "learningRate": rate if own else _RATE}


def penalty_data(layer: Layer) -> dict[str, dict[str, float]]:
    """Return both factors of the regularizers, by name of the weight they are on."""
    return {
        name: {"l1": getattr(penalty, "l1", 0.0), "l2": getattr(penalty, "l2", 0.0)}
        for name, penalty in layer.penalties.items()
        if type(penalty) in _PENALTIES
    }


_PENALTIES = (regularizers.L1, regularizers.L2, regularizers.L1L2)


def _unknown_regularizer(model: Model) -> str | None:
    """Return the name of a regularizer that the page does not know."""
    penalties = [one for layer in model.graph.layers for one in layer.penalties.values()]
    return next((type(one).__name__ for one in penalties if type(one) not in _PENALTIES), None)


def _written(optimizer: optimizers.Optimizer) -> str:
    """Write an optimizer with the arguments that differ from plain SGD or Adam."""
    names = ("momentum", "amsgrad", "rho", *_NEVER)
    arguments = [f"{name}={value}" for name in names if (value := getattr(optimizer, name, None))]
    return f"{type(optimizer).__name__}({', '.join(arguments)})"
