"""Optimizers, under Keras' names, and learning-rate schedules.

>>> from minicnn import optimizers
>>> weights = [np.array([1.0, 2.0])]
>>> optimizers.get("sgd").apply([np.array([10.0, -10.0])], weights)
>>> weights
[array([0.9, 2.1])]
"""

from minicnn.errors import suggest_names
from minicnn.optimizers import schedules
from minicnn.optimizers.adam import Adam, Adamax, AdamW, Nadam
from minicnn.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from minicnn.optimizers.optimizer import Optimizer
from minicnn.optimizers.sgd import SGD
from minicnn.registry import Registry
from minicnn.serialization import Config, CustomObjects

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

REGISTRY: Registry[Optimizer] = Registry(
    "optimizer",
    Optimizer,
    _CLASSES,
    aliases={cls.__name__.lower(): cls for cls in _CLASSES},
    example="a name such as 'adam', or an optimizer such as Adam(learning_rate=0.001)",
    ignore_case=True,
)

get, serialize = REGISTRY.get, REGISTRY.serialize


def deserialize(config: Config, custom_objects: CustomObjects = None) -> Optimizer:
    """Return the optimizer that a name or a config from `serialize` or Keras (2 or 3) describes.

    Parameters, with custom schedules too, and errors as in `minicnn.losses.deserialize`.

    Examples
    --------
    >>> keras_2 = {"class_name": "Custom>Adam", "config": {"learning_rate": 0.1, "decay": 0.0}}
    >>> deserialize(keras_2).learning_rate
    0.1
    """
    cls, arguments = REGISTRY.resolve(config, custom_objects)
    return cls.from_config(arguments, custom_objects=custom_objects)


suggest_names(globals())
