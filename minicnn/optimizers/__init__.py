"""Optimizers, under Keras' names, and learning-rate schedules.

>>> import numpy as np
>>> from minicnn import optimizers
>>> weights = [np.array([1.0, 2.0])]
>>> optimizers.get("sgd").apply([np.array([10.0, -10.0])], weights)
>>> weights
[array([0.9, 2.1])]
"""

from collections.abc import Mapping
from typing import Any

from minicnn.optimizers import schedules
from minicnn.optimizers.adam import Adam, Adamax, AdamW, Nadam
from minicnn.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from minicnn.optimizers.optimizer import Optimizer
from minicnn.optimizers.sgd import SGD
from minicnn.serialization import Registry, serialize_object

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

_CLASSES = (SGD, Adadelta, Adagrad, Adam, AdamW, Adamax, Nadam, RMSprop)

REGISTRY = Registry(
    "optimizer",
    Optimizer,
    _CLASSES,
    aliases={cls.__name__.lower(): cls for cls in _CLASSES},
    example="a name such as 'adam', or an optimizer such as Adam(learning_rate=0.001)",
    ignore_case=True,
)


def get(identifier: Any) -> Optimizer:
    """Return the optimizer for a name, config, class or object.

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
    return deserialize(identifier) if isinstance(identifier, Mapping) else REGISTRY.get(identifier)


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Return the config that Keras writes for an optimizer, ready for JSON.

    Examples
    --------
    >>> serialize(SGD(0.1))["class_name"]
    'SGD'
    """
    return serialize_object(optimizer)


def deserialize(
    config: str | Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Optimizer:
    """Return the optimizer that a name or a config from `serialize` or Keras (2 or 3) describes.

    Parameters
    ----------
    config : str or dict
    custom_objects : dict, optional
        Custom optimizers and schedules by name.

    Raises
    ------
    UnknownNameError
        If the class is neither in the library nor among `custom_objects`.

    Examples
    --------
    >>> keras_2 = {"class_name": "Custom>Adam", "config": {"learning_rate": 0.1, "decay": 0.0}}
    >>> deserialize(keras_2).learning_rate
    0.1
    """
    cls, arguments = REGISTRY.resolve(config, custom_objects)
    return cls.from_config(arguments, custom_objects=custom_objects)
