"""Checks of labels against predictions.

Most mistakes here are class ids where one-hot labels are needed, or the reverse, so every message
says what to type instead.
"""

import warnings
from functools import lru_cache
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import DataWarning, ShapeError

FLOATS = np.dtype(np.float32), np.dtype(np.float64)


def _arrays(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return both as arrays of equal length, the predictions as float32 or float64."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_pred.dtype not in FLOATS:
        y_pred = y_pred.astype(np.float32)
    if y_pred.ndim == 0 or y_true.ndim == 0:
        raise ShapeError(f"{name}: labels and predictions must have a batch axis, got a scalar.")
    if y_true.dtype.kind not in "biuf":
        raise ValueError(
            f"{name}: labels must be numbers, got {y_true.dtype}. For class names, write "
            "np.unique(y, return_inverse=True)[1] to number them."
        )
    if len(y_true) != len(y_pred):
        raise ShapeError(f"{name}: {len(y_true)} labels for {len(y_pred)} predictions.")
    return y_true, y_pred


def _match_rank(y_true: ndarray, y_pred: ndarray) -> ndarray:
    """Return labels (batch,) for predictions (batch, 1) as (batch, 1), and the reverse."""
    if y_true.ndim + 1 == y_pred.ndim and y_pred.shape[-1] == 1:
        return y_true[..., None]
    if y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        return y_true[..., 0]
    return y_true


def check_same_shape(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return targets and predictions of one shape and dtype."""
    y_true, y_pred = _arrays(y_true, y_pred, name)
    if y_true.shape != y_pred.shape:
        y_true = _match_rank(y_true, y_pred)
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{name}: predictions have shape {y_pred.shape}, got targets of shape "
            f"{y_true.shape}; there must be one target per output. For class ids, use "
            "'sparse_categorical_crossentropy' or to_categorical(y)."
        )
    return y_true.astype(y_pred.dtype, copy=False), y_pred


def check_binary_targets(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return targets between 0 and 1, one for each output, and predictions."""
    y_true, y_pred = check_same_shape(y_true, y_pred, name)
    if y_true.size and not (y_true.min() >= 0 and y_true.max() <= 1):
        wrong = y_true[~((y_true >= 0) & (y_true <= 1))][0]
        raise ValueError(
            f"{name}: labels must be between 0 (no) and 1 (yes), got {wrong}. For more than two "
            "classes, compile with loss='sparse_categorical_crossentropy' and one output per "
            "class."
        )
    return y_true, y_pred


def check_one_hot(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return one-hot (or soft) labels in the predictions' dtype, and predictions."""
    y_true, y_pred = _arrays(y_true, y_pred, name)
    classes = y_pred.shape[-1]
    if y_true.ndim < y_pred.ndim - 1 or (y_true.ndim == 2 and y_pred.ndim > 2):
        raise ShapeError(_missing_flatten(name, y_true, y_pred))
    if y_true.shape != y_pred.shape:
        are_ids = y_true.shape in (y_pred.shape[:-1], (*y_pred.shape[:-1], 1))
        labels = "class ids" if are_ids else "labels"
        remedy = (
            f"Write to_categorical(y, {classes}), or compile with "
            "loss='sparse_categorical_crossentropy'."
            if are_ids
            else f"There must be one column per class, and the model has {classes} outputs."
        )
        raise ShapeError(
            f"{name}: labels must be one-hot, shape {y_pred.shape}, "
            f"got {labels} of shape {y_true.shape}. {remedy}"
        )
    y_true = y_true.astype(y_pred.dtype, copy=False)
    if y_true.size:
        _check_distributions(y_true, name)
    return y_true, y_pred


@lru_cache
def _ones(classes: int, dtype: np.dtype) -> ndarray:
    return np.ones(classes, dtype)


def _check_distributions(y_true: ndarray, name: str) -> None:
    """Check that one-hot or soft labels are distributions over the classes."""
    sums = y_true.dot(_ones(y_true.shape[-1], y_true.dtype))  # faster than `sum`
    if np.count_nonzero(sums == 1) == np.count_nonzero(y_true) == sums.size:
        return  # one-hot, the usual case
    if y_true.min() >= 0 and np.abs(sums - 1).max() < 1e-3:
        return
    wrong = y_true[~((y_true >= 0) & (y_true <= 1))]
    if wrong.size:
        raise ValueError(
            f"{name}: one-hot labels must be 0 or 1, got {wrong[0]}. "
            f"Make them with to_categorical(y, {y_true.shape[-1]})."
        )
    total = sums[np.abs(sums - 1) >= 1e-3][0]
    if total != 0:  # a row of zeros leaves the sample out
        warnings.warn(
            f"{name}: the labels of a sample must sum to 1, got a sum of {total:g}. If a sample "
            "may belong to several classes, end with sigmoid and use 'binary_crossentropy'.",
            DataWarning,
            stacklevel=2,
        )


def check_class_ids(
    y_true: Any,
    y_pred: Any,
    name: str,
    ignore_class: int | None = None,
    check_range: bool = True,
) -> tuple[ndarray, ndarray]:
    """Return class ids as int64, shaped as the predictions without the last axis.

    Without `check_range` the ids are returned as they are, whatever their values.
    """
    y_true, y_pred = _arrays(y_true, y_pred, name)
    expected, classes = y_pred.shape[:-1], y_pred.shape[-1]
    labels = y_true[..., 0] if y_true.shape == (*expected, 1) else y_true
    if labels.shape != expected:
        if y_true.ndim < len(expected):
            raise ShapeError(_missing_flatten(name, y_true, y_pred))
        kind = "one-hot labels" if y_true.shape == y_pred.shape else "labels"
        raise ShapeError(
            f"{name}: labels must be class ids, shape {expected}, got {kind} of shape "
            f"{y_true.shape}. For one-hot labels write y.argmax(axis=-1), or use "
            "loss='categorical_crossentropy' and the metric 'accuracy'."
        )
    if not check_range:
        return labels, y_pred
    if labels.dtype.kind == "f":
        broken = labels[~(np.isfinite(labels) & (np.floor(labels) == labels))]
        if broken.size:
            raise ValueError(
                f"{name}: class ids must be integers, got {broken[0]}. "
                "For regression, compile with loss='mean_squared_error'."
            )
    labels = labels.astype(np.int64, copy=False)
    wrong = labels[((labels < 0) | (labels >= classes)) & (labels != ignore_class)]
    if wrong.size:
        raise ValueError(
            f"{name}: class ids must be from 0 to {classes - 1} for a model with {classes} "
            f"outputs, got {wrong[0]}. Number the classes from 0, or give the last layer one "
            "unit per class."
        )
    return labels, y_pred


def _missing_flatten(name: str, y_true: ndarray, y_pred: ndarray) -> str:
    """Return the error for a model whose outputs still have the axes of an image."""
    return (
        f"{name}: got labels of shape {y_true.shape}, but the model has an output for every pixel, "
        f"shape {y_pred.shape}. Put Flatten() before the last Dense."
    )


def for_function(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return labels and predictions for a user's function, changed as little as possible."""
    y_true, y_pred = _arrays(y_true, y_pred, name)
    y_true = _match_rank(y_true, y_pred)
    dtype = y_pred.dtype if y_true.dtype.kind == "f" else np.int64
    return y_true.astype(dtype, copy=False), y_pred
