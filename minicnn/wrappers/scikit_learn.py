"""Keras 2's module of the wrappers for scikit-learn."""

from minicnn.sklearn.wrappers import KerasClassifier, KerasRegressor

__all__ = ["KerasClassifier", "KerasRegressor"]
