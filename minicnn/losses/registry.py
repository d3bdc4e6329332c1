"""Losses by name, by config, or as a user's own function."""

from collections.abc import Callable, Mapping
from typing import Any

from minicnn.errors import unknown_name
from minicnn.losses.binary import BinaryCrossentropy, binary_crossentropy
from minicnn.losses.categorical import CategoricalCrossentropy, categorical_crossentropy
from minicnn.losses.function import FunctionLoss
from minicnn.losses.loss import Loss
from minicnn.losses.regression import (
    MeanAbsoluteError,
    MeanSquaredError,
    mean_absolute_error,
    mean_squared_error,
)
from minicnn.losses.sparse_categorical import (
    SparseCategoricalCrossentropy,
    sparse_categorical_crossentropy,
)
from minicnn.serialization import spellings

_FUNCTIONS: dict[Callable[..., Any], type[Loss]] = {
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    mean_absolute_error: MeanAbsoluteError,
    mean_squared_error: MeanSquaredError,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
}

NAMES: dict[str, type[Loss]] = {
    **spellings({kind.__name__: kind for kind in _FUNCTIONS.values()}),
    **dict.fromkeys(("bce", "BCE"), BinaryCrossentropy),
    **dict.fromkeys(("mae", "MAE"), MeanAbsoluteError),
    **dict.fromkeys(("mse", "MSE"), MeanSquaredError),
}
"""Every spelling that Keras takes, and the class it stands for."""


def get(identifier: Any) -> Loss:
    """Return the loss that `identifier` stands for.

    Parameters
    ----------
    identifier : str, Loss, type, dict or callable
        A name ("categorical_crossentropy", "CategoricalCrossentropy", "mse"), a loss or its class,
        a config from `serialize`, or a function of your own, ``f(y_true, y_pred)`` → one loss a
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
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, (str, Mapping)):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if callable(identifier) and not isinstance(identifier, type):
        for function, kind in _FUNCTIONS.items():
            if identifier is function:
                return kind()
        return FunctionLoss(identifier)
    raise TypeError(
        "loss takes a name such as 'categorical_crossentropy', a loss object, or a function "
        f"f(y_true, y_pred); got {identifier!r}."
    )


def serialize(loss: Loss) -> dict[str, Any]:
    """Return the config that Keras writes for a loss: plain, ready for JSON.

    Examples
    --------
    >>> serialize(get("mse"))
    {'module': 'keras.losses', 'class_name': 'MeanSquaredError',
     'config': {'name': 'mean_squared_error', 'reduction': 'sum_over_batch_size'},
     'registered_name': None}
    """
    if isinstance(loss, FunctionLoss):
        return {
            "module": "builtins",
            "class_name": "function",
            "config": loss.name,
            "registered_name": "function",
        }
    own = type(loss).__name__ in NAMES
    return {
        "module": "keras.losses" if own else None,
        "class_name": type(loss).__name__,
        "config": loss.get_config(),
        "registered_name": None if own else type(loss).__name__,
    }


def deserialize(
    config: str | Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Loss:
    """Return the loss that a name or a config from `serialize` or Keras describes.

    Parameters
    ----------
    config : str or dict
    custom_objects : dict, optional
        Your own loss classes and functions by their names.

    Raises
    ------
    UnknownNameError
        If the class is neither the library's nor among `custom_objects`.

    Examples
    --------
    >>> deserialize({"class_name": "BinaryCrossentropy", "config": {"from_logits": True}}).name
    'binary_crossentropy'
    """
    own = dict(custom_objects or {})
    arguments: Any = {}
    if isinstance(config, str):
        name = config
    else:
        name, arguments = config.get("class_name", ""), config.get("config", {})
        if name == "function":
            name, arguments = arguments, {}
    name = name.rpartition(">")[2]  # "Custom>MyLoss"
    kind = own.get(name) or NAMES.get(name)
    if kind is None:
        raise unknown_name("loss", name, [*NAMES, *own])
    if isinstance(kind, type) and issubclass(kind, Loss):
        return kind.from_config(arguments)
    return get(kind)
