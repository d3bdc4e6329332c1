"""Losses by name, by config, or from a user's function."""

from collections.abc import Callable, Mapping
from typing import Any

from minicnn.losses import crossentropy, regression
from minicnn.losses.function import FunctionLoss
from minicnn.losses.loss import Loss
from minicnn.serialization import Registry, serialize_object

_CLASSES: list[type[Loss]] = [
    crossentropy.BinaryCrossentropy,
    crossentropy.CategoricalCrossentropy,
    crossentropy.SparseCategoricalCrossentropy,
    crossentropy.KLDivergence,
    regression.CategoricalHinge,
    regression.CosineSimilarity,
    regression.Hinge,
    regression.Huber,
    regression.LogCosh,
    regression.MeanAbsoluteError,
    regression.MeanAbsolutePercentageError,
    regression.MeanSquaredError,
    regression.MeanSquaredLogarithmicError,
    regression.Poisson,
    regression.SquaredHinge,
]

SHORT_NAMES: dict[str, type[Loss]] = {
    "bce": crossentropy.BinaryCrossentropy,
    "kld": crossentropy.KLDivergence,
    "mae": regression.MeanAbsoluteError,
    "mape": regression.MeanAbsolutePercentageError,
    "mse": regression.MeanSquaredError,
    "msle": regression.MeanSquaredLogarithmicError,
}


def _from_function(function: Callable[..., Any]) -> Loss:
    cls = getattr(function, "loss_class", None)
    return FunctionLoss(function) if cls is None else cls()


REGISTRY = Registry(
    "loss",
    Loss,
    _CLASSES,
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


def get(identifier: Any) -> Loss:
    """Return the loss for a name, config, class, object or function.

    Parameters
    ----------
    identifier : str, Loss, type, dict or callable
        A name ("categorical_crossentropy", "CategoricalCrossentropy", "mse"), a loss or its class,
        a config from `serialize`, or a function ``f(y_true, y_pred)`` that returns one loss per
        sample (see `FunctionLoss`).

    Returns
    -------
    Loss

    Raises
    ------
    UnknownNameError
        If there is no loss of that name.
    TypeError
        If it is none of these.

    Examples
    --------
    >>> get("mse").name
    'mean_squared_error'
    """
    return REGISTRY.get(identifier)


def serialize(loss: Loss) -> dict[str, Any]:
    """Return the config that Keras writes for a loss, ready for JSON.

    Examples
    --------
    >>> serialize(get("mse"))
    {'module': 'keras.losses', 'class_name': 'MeanSquaredError',
     'config': {'reduction': 'sum_over_batch_size', 'name': 'mean_squared_error'},
     'registered_name': None}
    """
    return serialize_object(loss)


def deserialize(
    config: str | Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Loss:
    """Return the loss that a name or a config from `serialize` or Keras describes.

    Parameters
    ----------
    config : str or dict
    custom_objects : dict, optional
        Custom loss classes and functions by name.

    Raises
    ------
    UnknownNameError
        If the name is neither a loss of the library nor among `custom_objects`.

    Examples
    --------
    >>> deserialize({"class_name": "BinaryCrossentropy", "config": {"from_logits": True}}).name
    'binary_crossentropy'
    """
    return REGISTRY.deserialize(config, custom_objects)
