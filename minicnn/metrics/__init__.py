"""Metrics, under Keras' names: accuracies, top-k, precision, recall, errors, and your own.

>>> from minicnn import metrics
>>> metric = metrics.get("accuracy", (2,), (2, 3))
>>> metric([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
0.5
"""

from minicnn.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
)
from minicnn.metrics.mean import Mean, MeanMetricWrapper
from minicnn.metrics.metric import Metric
from minicnn.metrics.precision_recall import Precision, Recall
from minicnn.metrics.registry import deserialize, get, serialize
from minicnn.metrics.regression import (
    MeanAbsoluteError,
    MeanSquaredError,
    mean_absolute_error,
    mean_squared_error,
)
from minicnn.metrics.top_k import (
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "Mean",
    "MeanAbsoluteError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "Recall",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "deserialize",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]
