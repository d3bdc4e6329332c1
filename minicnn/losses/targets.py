"""Labels and predictions, checked against each other before a loss is computed.

Every message says what a learner should type: most mistakes here are integer labels where one-hot
ones are needed, or the other way round.
"""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError

FLOATS = np.dtype(np.float32), np.dtype(np.float64)


def _pair(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Both as arrays, the prediction of float32 or float64, as many labels as predictions."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_pred.dtype not in FLOATS:
        y_pred = y_pred.astype(np.float32)
    if y_pred.ndim == 0 or y_true.ndim == 0:
        raise ShapeError(f"{name} takes arrays with an axis for the samples, got a single number.")
    if y_true.dtype.kind not in "biuf":
        raise ValueError(
            f"{name} takes numbers as labels, got {y_true.dtype}. For names of classes, write "
            "np.unique(y, return_inverse=True)[1] to number them."
        )
    if len(y_true) != len(y_pred):
        raise ShapeError(f"{name}: {len(y_true)} labels for {len(y_pred)} predictions.")
    return y_true, y_pred


def _same_rank(y_true: ndarray, y_pred: ndarray) -> ndarray:
    """Labels (batch,) for predictions (batch, 1) as (batch, 1), and the other way round."""
    if y_true.ndim + 1 == y_pred.ndim and y_pred.shape[-1] == 1:
        return y_true[..., None]
    if y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        return y_true[..., 0]
    return y_true


def same_shape(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return targets and predictions of one shape and dtype, for losses of number against number."""
    y_true, y_pred = _pair(y_true, y_pred, name)
    y_true = _same_rank(y_true, y_pred)
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{name} takes one target for each output: predictions have shape {y_pred.shape}, "
            f"got targets of shape {y_true.shape}. For class numbers, compile with "
            "loss='sparse_categorical_crossentropy'."
        )
    return y_true.astype(y_pred.dtype, copy=False), y_pred


def answers(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return targets between 0 and 1, one for each output, and predictions."""
    y_true, y_pred = same_shape(y_true, y_pred, name)
    wrong = y_true[(y_true < 0) | (y_true > 1)]
    if wrong.size:
        raise ValueError(
            f"{name} takes labels from 0 (no) to 1 (yes), got {wrong[0]}. For more than two "
            "classes, compile with loss='sparse_categorical_crossentropy' and one output a class."
        )
    return y_true, y_pred


def one_hot(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return one-hot (or soft) labels in the predictions' dtype, and predictions."""
    y_true, y_pred = _pair(y_true, y_pred, name)
    classes = y_pred.shape[-1]
    if y_true.ndim < y_pred.ndim - 1 or (y_true.ndim == 2 and y_pred.ndim > 2):
        raise ShapeError(_forgotten_flatten(name, y_true, y_pred))
    if y_true.shape != y_pred.shape:
        numbers = y_true.shape in (y_pred.shape[:-1], (*y_pred.shape[:-1], 1))
        kind = "class numbers" if numbers else "labels"
        remedy = (
            f"Write to_categorical(y, {classes}), or compile with "
            "loss='sparse_categorical_crossentropy'."
            if numbers
            else f"There must be one column a class, and the model has {classes} outputs."
        )
        raise ShapeError(
            f"{name} takes one-hot labels of shape {y_pred.shape}, "
            f"got {kind} of shape {y_true.shape}. {remedy}"
        )
    if y_true.dtype.kind in "if" and np.count_nonzero(y_true < 0):
        raise ValueError(
            f"{name} takes one-hot labels, of 0 and 1, got {y_true.min()}. "
            f"Make them with to_categorical(y, {classes})."
        )
    return y_true.astype(y_pred.dtype, copy=False), y_pred


def class_numbers(
    y_true: Any, y_pred: Any, name: str, ignore_class: int | None = None
) -> tuple[ndarray, ndarray]:
    """Return class numbers as int64, of the predictions' shape without the last axis."""
    y_true, y_pred = _pair(y_true, y_pred, name)
    wanted, classes = y_pred.shape[:-1], y_pred.shape[-1]
    labels = y_true[..., 0] if y_true.shape == (*wanted, 1) else y_true
    if labels.shape != wanted:
        if y_true.ndim < len(wanted):
            raise ShapeError(_forgotten_flatten(name, y_true, y_pred))
        kind = "one-hot labels" if y_true.shape == y_pred.shape else "labels"
        raise ShapeError(
            f"{name} takes one class number a sample, shape {wanted}, "
            f"got {kind} of shape {y_true.shape}. Write y.argmax(axis=-1) for one-hot labels, "
            "or compile with loss='categorical_crossentropy'."
        )
    if labels.dtype.kind == "f":
        broken = labels[~(np.isfinite(labels) & (np.floor(labels) == labels))]
        if broken.size:
            raise ValueError(
                f"{name} takes whole numbers as labels, got {broken[0]}. "
                "For numbers to be predicted, compile with loss='mean_squared_error'."
            )
    labels = labels.astype(np.int64, copy=False)
    wrong = labels[((labels < 0) | (labels >= classes)) & (labels != ignore_class)]
    if wrong.size:
        raise ValueError(
            f"{name} takes labels from 0 to {classes - 1}, for a model with {classes} outputs, "
            f"got {wrong[0]}. Count the classes from 0, or give the last layer one unit a class."
        )
    return labels, y_pred


def _forgotten_flatten(name: str, y_true: ndarray, y_pred: ndarray) -> str:
    """Return the error for a model whose outputs still have an image's axes."""
    return (
        f"{name} got labels of shape {y_true.shape}, and the model gives an output for every cell of "
        f"the image, shape {y_pred.shape}. Put Flatten() before the last Dense."
    )


def for_function(y_true: Any, y_pred: Any, name: str) -> tuple[ndarray, ndarray]:
    """Return labels and predictions for a function of the user's, with as little change as safe."""
    y_true, y_pred = _pair(y_true, y_pred, name)
    y_true = _same_rank(y_true, y_pred)
    dtype = y_pred.dtype if y_true.dtype.kind == "f" else np.int64
    return y_true.astype(dtype, copy=False), y_pred
