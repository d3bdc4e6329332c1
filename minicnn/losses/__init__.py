"""Losses, under Keras' names: cross-entropies, mean squared and absolute error, and your own.

>>> from minicnn import losses
>>> losses.get("categorical_crossentropy")([[0, 1]], [[0.5, 0.5]])
0.693147...
"""

from minicnn.losses.binary import BinaryCrossentropy, binary_crossentropy
from minicnn.losses.categorical import CategoricalCrossentropy, categorical_crossentropy
from minicnn.losses.function import FunctionLoss
from minicnn.losses.loss import Loss
from minicnn.losses.reduction import reduce_losses
from minicnn.losses.registry import deserialize, get, serialize
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

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "FunctionLoss",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "reduce_losses",
    "serialize",
    "sparse_categorical_crossentropy",
]
