"""Losses: each sample's loss, the gradient of the prediction, every reduction."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .recording import Case, distinct, one_hot, random, softmax

LABELS = np.array([0, 2, 1, 2, 0, 1])
LOGITS = distinct(1, (6, 3)) * 2
PROBABILITIES = softmax(LOGITS)
SOFT = softmax(distinct(2, (6, 3)))
EXTREME = np.array([[1, 0, 0], [0, 1, 0], [0, 0.5, 0.5], [0.3, 0.7, 0]], "float32")
BITS = np.array([0, 1, 1, 0, 1, 0])
BITS_ROWS = np.array([[0, 1, 1], [1, 1, 0], [0, 0, 0], [1, 0, 1], [0, 1, 0], [1, 1, 1]], "float32")
CHANCES = (1 / (1 + np.exp(-LOGITS))).astype("float32")
CERTAIN = np.array([[0], [1], [0], [1]], "float32")
IMAGES = (distinct(3, (6, 2, 3)), distinct(4, (6, 2, 3)))

CATEGORICAL = "CategoricalCrossentropy"
SPARSE = "SparseCategoricalCrossentropy"
BINARY = "BinaryCrossentropy"

# name, class, arguments, y_true, y_pred
TABLE: list[tuple[str, str, dict[str, Any], np.ndarray, np.ndarray]] = [
    ("categorical", CATEGORICAL, {}, one_hot(LABELS, 3), PROBABILITIES),
    ("categorical logits", CATEGORICAL, {"from_logits": True}, one_hot(LABELS, 3), LOGITS),
    (
        "categorical huge logits",
        CATEGORICAL,
        {"from_logits": True},
        one_hot(LABELS, 3),
        LOGITS * 100,
    ),
    (
        "categorical smooth",
        CATEGORICAL,
        {"label_smoothing": 0.1},
        one_hot(LABELS, 3),
        PROBABILITIES,
    ),
    (
        "categorical smooth logits",
        CATEGORICAL,
        {"label_smoothing": 0.2, "from_logits": True},
        one_hot(LABELS, 3),
        LOGITS,
    ),
    ("categorical soft labels", CATEGORICAL, {}, SOFT, PROBABILITIES),
    ("categorical not normalised", CATEGORICAL, {}, one_hot(LABELS, 3), PROBABILITIES * 3),
    (
        "categorical zeros and ones",
        CATEGORICAL,
        {},
        one_hot(np.array([0, 0, 1, 2]), 3),
        EXTREME,
    ),
    (
        "categorical of a sequence",
        CATEGORICAL,
        {},
        one_hot(LABELS, 3).reshape(3, 2, 3),
        PROBABILITIES.reshape(3, 2, 3),
    ),
    ("sparse", SPARSE, {}, LABELS, PROBABILITIES),
    ("sparse column", SPARSE, {}, LABELS[:, np.newaxis], PROBABILITIES),
    ("sparse logits", SPARSE, {"from_logits": True}, LABELS, LOGITS),
    ("sparse uint8", SPARSE, {}, LABELS.astype("uint8"), PROBABILITIES),
    ("sparse zeros and ones", SPARSE, {}, np.array([0, 0, 1, 2]), EXTREME),
    ("sparse of a sequence", SPARSE, {}, LABELS.reshape(3, 2), PROBABILITIES.reshape(3, 2, 3)),
    ("binary", BINARY, {}, BITS[:, np.newaxis].astype("float32"), CHANCES[:, :1]),
    ("binary labels without last axis", BINARY, {}, BITS, CHANCES[:, :1]),
    ("binary rows", BINARY, {}, BITS_ROWS, CHANCES),
    ("binary logits", BINARY, {"from_logits": True}, BITS_ROWS, LOGITS),
    ("binary huge logits", BINARY, {"from_logits": True}, BITS_ROWS, LOGITS * 100),
    ("binary smooth", BINARY, {"label_smoothing": 0.1}, BITS_ROWS, CHANCES),
    (
        "binary smooth logits",
        BINARY,
        {"label_smoothing": 0.1, "from_logits": True},
        BITS_ROWS,
        LOGITS,
    ),
    ("binary zeros and ones", BINARY, {}, np.array([[0], [0], [1], [1]], "float32"), CERTAIN),
    ("squared", "MeanSquaredError", {}, distinct(5, (6, 3)), distinct(6, (6, 3))),
    ("squared of images", "MeanSquaredError", {}, *IMAGES),
    (
        "squared targets without last axis",
        "MeanSquaredError",
        {},
        distinct(7, (6,)),
        distinct(8, (6, 1)),
    ),
    ("absolute", "MeanAbsoluteError", {}, distinct(5, (6, 3)), distinct(6, (6, 3))),
    ("absolute of images", "MeanAbsoluteError", {}, *IMAGES),
    (
        "absolute where equal",
        "MeanAbsoluteError",
        {},
        np.ones((2, 2), "float32"),
        np.array([[1, 2], [0, 1]], "float32"),
    ),
    ("percentage", "MeanAbsolutePercentageError", {}, distinct(5, (6, 3)), distinct(6, (6, 3))),
    ("percentage of zeros", "MeanAbsolutePercentageError", {}, BITS_ROWS, CHANCES),
    ("logarithmic", "MeanSquaredLogarithmicError", {}, CHANCES, PROBABILITIES),
    ("logarithmic below zero", "MeanSquaredLogarithmicError", {}, SOFT, distinct(9, (6, 3))),
    ("huber", "Huber", {}, distinct(5, (6, 3)) * 2, distinct(6, (6, 3))),
    ("huber narrow", "Huber", {"delta": 0.3}, *IMAGES),
    ("log cosh", "LogCosh", {}, distinct(5, (6, 3)), distinct(6, (6, 3)) * 3),
    ("poisson", "Poisson", {}, BITS_ROWS * 3, CHANCES),
    ("hinge", "Hinge", {}, BITS_ROWS, LOGITS),
    ("hinge of signs", "Hinge", {}, BITS_ROWS * 2 - 1, LOGITS),
    ("hinge at the margin", "Hinge", {}, CERTAIN, np.array([[-1], [1], [1], [0]], "float32")),
    ("squared hinge", "SquaredHinge", {}, BITS_ROWS, LOGITS),
    ("categorical hinge", "CategoricalHinge", {}, one_hot(LABELS, 3), LOGITS),
    ("categorical hinge with ties", "CategoricalHinge", {}, BITS_ROWS, np.ones((6, 3), "float32")),
    ("cosine", "CosineSimilarity", {}, distinct(5, (6, 3)), distinct(6, (6, 3))),
    ("cosine along another axis", "CosineSimilarity", {"axis": 1}, *IMAGES),
    (
        "cosine of zeros",
        "CosineSimilarity",
        {},
        np.array([[0, 0], [1, 2], [1, 2]], "float32"),
        np.array([[1, 2], [0, 0], [1e-9, 1e-9]], "float32"),
    ),
    ("divergence", "KLDivergence", {}, SOFT, PROBABILITIES),
    ("divergence of zeros and ones", "KLDivergence", {}, one_hot(np.arange(4) % 3, 3), EXTREME),
]
REDUCTIONS = ("sum_over_batch_size", "sum", "mean_with_sample_weight")


def cases() -> Iterator[Case]:
    """Yield per-sample losses with their gradient, and the number after each reduction."""
    for seed, (name, class_name, config, y_true, y_pred) in enumerate(TABLE):
        kind = getattr(keras.losses, class_name)
        prediction = tf.constant(y_pred)
        with tf.GradientTape() as tape:
            tape.watch(prediction)
            losses = kind(**config, reduction=None)(y_true, prediction)
        dlosses = random(seed, tuple(losses.shape))
        dy_pred = tape.gradient(losses, prediction, output_gradients=tf.constant(dlosses))

        sample_weight = np.abs(random(100 + seed, (len(y_pred),)))
        # Each of a sample's losses has the sample's weight: given whole, as for weights of shape
        # (batch, 1) Keras' mean_with_sample_weight divides by a sum of too few.
        spread = sample_weight.reshape(-1, *(1,) * (losses.ndim - 1)) * np.ones(losses.shape)
        reduced = {}
        for reduction in REDUCTIONS:
            loss = kind(**config, reduction=reduction)
            weighted = loss(y_true, y_pred, sample_weight=spread)
            reduced[reduction] = {"plain": float(loss(y_true, y_pred)), "weighted": float(weighted)}
        settings = {"name": name, "loss": class_name, "config": config, "reduced": reduced}
        arrays = {
            "y_true": y_true,
            "y_pred": y_pred,
            "losses": losses.numpy(),
            "dlosses": dlosses,
            "dy_pred": dy_pred.numpy(),
            "sample_weight": sample_weight,
        }
        yield settings, arrays
