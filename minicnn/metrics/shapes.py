"""Labels and predictions, checked against each other before they are compared."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError


def same_shape(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return both as arrays of one shape; a last axis of 1 may be there or not."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.ndim + 1 == y_pred.ndim and y_pred.shape[-1] == 1:
        y_true = y_true[..., None]
    elif y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        y_pred = y_pred[..., None]
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{name} takes one label for each output: predictions have shape {y_pred.shape}, "
            f"got labels of shape {y_true.shape}. For class numbers, "
            "write to_categorical(y) first, or use 'sparse_categorical_accuracy'."
        )
    return y_true, y_pred


def class_numbers(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return class numbers in the predictions' shape without its last axis, and predictions."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape == (*y_pred.shape[:-1], 1):
        y_true = y_true[..., 0]
    if y_true.shape != y_pred.shape[:-1]:
        raise ShapeError(
            f"{name} takes one class number a sample, shape {y_pred.shape[:-1]}, got shape "
            f"{y_true.shape}. For one-hot labels use 'accuracy' or 'categorical_accuracy'."
        )
    return y_true, y_pred
