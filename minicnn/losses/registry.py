"""Losses by name, by config, or from a user's function."""

from collections.abc import Callable
from typing import Any

from minicnn.losses import crossentropy, functions, regression
from minicnn.losses.loss import FunctionLoss, Loss
from minicnn.registry import Registry

SHORT_NAMES: dict[str, type[Loss]] = {
    "bce": crossentropy.BinaryCrossentropy,
    "kld": crossentropy.KLDivergence,
    "mae": regression.MeanAbsoluteError,
    "mape": regression.MeanAbsolutePercentageError,
    "mse": regression.MeanSquaredError,
    "msle": regression.MeanSquaredLogarithmicError,
}


def _from_function(function: Callable[..., Any]) -> Loss:
    cls = getattr(function, "made_from", None)
    return FunctionLoss(function) if cls is None else cls()


REGISTRY: Registry[Loss] = Registry(
    "loss",
    Loss,
    [getattr(functions, name).made_from for name in functions.__all__],
    aliases={
        **SHORT_NAMES,
        **{name.upper(): cls for name, cls in SHORT_NAMES.items()},
        "cosine_proximity": regression.CosineSimilarity,
        "huber_loss": regression.Huber,
        "kullback_leibler_divergence": crossentropy.KLDivergence,
        "logcosh": regression.LogCosh,
    },
    wrap=_from_function,
    example="a name such as 'categorical_crossentropy', a loss object or a function f(y_true, "
    "y_pred)",
)

get, serialize, deserialize = REGISTRY.get, REGISTRY.serialize, REGISTRY.deserialize
