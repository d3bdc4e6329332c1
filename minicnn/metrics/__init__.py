"""Metrics, under Keras' names: accuracies, the confusion matrix, losses, and custom metrics.

>>> from minicnn import metrics
>>> metric = metrics.get("accuracy", (2,), (2, 3))
>>> metric([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
0.5
"""

from minicnn.errors import suggest_names
from minicnn.losses import functions
from minicnn.losses.functions import *
from minicnn.metrics import accuracy, confusion, regression
from minicnn.metrics.accuracy import *
from minicnn.metrics.confusion import *
from minicnn.metrics.f_score import F1Score, FBetaScore
from minicnn.metrics.metric import Mean, MeanMetricWrapper, Metric
from minicnn.metrics.registry import deserialize, get, serialize
from minicnn.metrics.regression import *

__all__ = ["F1Score", "FBetaScore", "Mean", "MeanMetricWrapper", "Metric"]
__all__ += ["deserialize", "get", "serialize"]
__all__ += accuracy.__all__ + confusion.__all__ + regression.__all__ + functions.__all__

suggest_names(globals())
