"""Networks as scikit-learn estimators, for `cross_val_score`, `GridSearchCV` and pipelines.

Importing this package imports scikit-learn, whose base classes its classes need.
"""

from minicnn.sklearn.classifier import CNNClassifier
from minicnn.sklearn.regressor import CNNRegressor
from minicnn.sklearn.wrappers import KerasClassifier, KerasRegressor

__all__ = ["CNNClassifier", "CNNRegressor", "KerasClassifier", "KerasRegressor"]
