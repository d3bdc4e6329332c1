"""Optimizers, under Keras' names: SGD, RMSprop, Adam, AdamW, with learning-rate schedules.

>>> import numpy as np
>>> from minicnn import optimizers
>>> weights = [np.array([1.0, 2.0])]
>>> optimizers.get("sgd").apply([np.array([10.0, -10.0])], weights)
>>> weights
[array([0.9, 2.1])]
"""

from minicnn.optimizers import schedules
from minicnn.optimizers.adam import Adam, AdamW
from minicnn.optimizers.optimizer import Optimizer
from minicnn.optimizers.registry import deserialize, get, serialize
from minicnn.optimizers.rmsprop import RMSprop
from minicnn.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]
