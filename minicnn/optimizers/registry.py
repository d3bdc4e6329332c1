"""Optimizers by name or by config."""

from collections.abc import Mapping
from typing import Any

from minicnn.errors import unknown_name
from minicnn.optimizers.adam import Adam, AdamW
from minicnn.optimizers.optimizer import Optimizer
from minicnn.optimizers.rmsprop import RMSprop
from minicnn.optimizers.sgd import SGD

NAMES: dict[str, type[Optimizer]] = {
    "adam": Adam,
    "adamw": AdamW,
    "rmsprop": RMSprop,
    "sgd": SGD,
}
"""Names in lower case: as in Keras, any mixture of cases is understood."""


def get(identifier: Any) -> Optimizer:
    """Return the optimizer that `identifier` stands for.

    Parameters
    ----------
    identifier : str, Optimizer, type or dict
        A name ("adam", "RMSprop"), an optimizer or its class, or a config from `serialize`.

    Returns
    -------
    Optimizer

    Raises
    ------
    UnknownNameError
        If there is no optimizer of that name.
    TypeError
        If it is none of these.

    Examples
    --------
    >>> get("Adam").learning_rate
    0.001
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, (str, Mapping)):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier()
    raise TypeError(
        "optimizer takes a name such as 'adam', or an optimizer such as "
        f"Adam(learning_rate=0.001); got {identifier!r}."
    )


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Return the config that Keras writes for an optimizer: plain, ready for JSON.

    Examples
    --------
    >>> serialize(SGD(0.1))["class_name"]
    'SGD'
    """
    name = type(optimizer).__name__
    own = name.lower() in NAMES
    return {
        "module": "keras.optimizers" if own else None,
        "class_name": name,
        "config": optimizer.get_config(),
        "registered_name": None if own else name,
    }


def deserialize(
    config: str | Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Optimizer:
    """Return the optimizer that a name or a config from `serialize` or Keras (2 or 3) describes.

    Parameters
    ----------
    config : str or dict
    custom_objects : dict, optional
        Your own optimizers and schedules by their names.

    Raises
    ------
    UnknownNameError
        If the class is neither the library's nor among `custom_objects`.

    Examples
    --------
    >>> keras_2 = {"class_name": "Custom>Adam", "config": {"learning_rate": 0.1, "decay": 0.0}}
    >>> deserialize(keras_2).learning_rate
    0.1
    """
    own = dict(custom_objects or {})
    name, options = config, {}
    if not isinstance(config, str):
        name, options = config.get("class_name", ""), config.get("config", {})
    name = str(name).rpartition(">")[2]  # "Custom>Adam"
    kind = own.get(name) or NAMES.get(name.lower())
    if kind is None:
        raise unknown_name("optimizer", name, [*NAMES, *own])
    return kind.from_config(options, custom_objects=own)
