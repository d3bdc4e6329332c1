"""Metrics batch by batch, and the metric for each spelling in `compile(metrics=[…])`."""

import re
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from .recording import Case, distinct, one_hot, random, softmax

BATCHES = 3
SIZE = 7
CLASSES = 5


def classes(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels, one-hot labels and predicted probabilities of one batch."""
    labels = np.random.RandomState(seed).randint(0, CLASSES, SIZE)
    return labels, one_hot(labels, CLASSES), softmax(distinct(seed, (SIZE, CLASSES)))


def column(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return bits and chances of shape (batch, 1)."""
    bits = np.random.RandomState(seed).randint(0, 2, (SIZE, 1)).astype("float32")
    return bits, (distinct(seed, (SIZE, 1)) / 4 + 0.5).astype("float32")


def rows(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return bits and chances of shape (batch, classes)."""
    bits = np.random.RandomState(seed).randint(0, 2, (SIZE, CLASSES)).astype("float32")
    return bits, (distinct(seed, (SIZE, CLASSES)) / 4 + 0.5).astype("float32")


def batch(kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return y_true and y_pred of one batch."""
    labels, rows_of_labels, probabilities = classes(seed)
    return {
        "one-hot": (rows_of_labels, probabilities),
        "labels": (labels, probabilities),
        "label column": (labels[:, np.newaxis], probabilities),
        "column": column(seed),
        "rows": rows(seed),
        "digits": (labels, np.random.RandomState(seed + 50).randint(0, CLASSES, SIZE)),
    }[kind]


# class, arguments, kind of data
TABLE: list[tuple[str, dict[str, Any], str]] = [
    ("Accuracy", {}, "digits"),
    ("CategoricalAccuracy", {}, "one-hot"),
    ("SparseCategoricalAccuracy", {}, "labels"),
    ("SparseCategoricalAccuracy", {}, "label column"),
    ("BinaryAccuracy", {}, "column"),
    ("BinaryAccuracy", {}, "rows"),
    ("BinaryAccuracy", {"threshold": 0.7}, "rows"),
    ("TopKCategoricalAccuracy", {}, "one-hot"),
    ("TopKCategoricalAccuracy", {"k": 2}, "one-hot"),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, "labels"),
    ("SparseTopKCategoricalAccuracy", {"k": 3}, "label column"),
    ("Precision", {}, "column"),
    ("Precision", {"thresholds": 0.7}, "rows"),
    ("Precision", {"thresholds": [0.2, 0.5, 0.8]}, "rows"),
    ("Precision", {"top_k": 2}, "one-hot"),
    ("Precision", {"class_id": 1}, "rows"),
    ("Recall", {}, "column"),
    ("Recall", {"thresholds": 0.7}, "rows"),
    ("Recall", {"thresholds": [0.2, 0.5, 0.8]}, "rows"),
    ("Recall", {"top_k": 2}, "one-hot"),
    ("Recall", {"class_id": 1}, "rows"),
    ("MeanSquaredError", {}, "rows"),
    ("MeanAbsoluteError", {}, "rows"),
    ("TruePositives", {}, "rows"),
    ("FalsePositives", {"thresholds": [0.2, 0.8]}, "rows"),
    ("TrueNegatives", {}, "column"),
    ("FalseNegatives", {"thresholds": 0.6}, "rows"),
    ("AUC", {}, "rows"),
    ("AUC", {}, "column"),
    ("AUC", {"num_thresholds": 7, "curve": "PR"}, "rows"),
    ("AUC", {"curve": "PR", "summation_method": "majoring"}, "rows"),
    ("AUC", {"summation_method": "minoring", "num_thresholds": 9}, "rows"),
    ("AUC", {"thresholds": [0.3, 0.5, 0.6]}, "rows"),
    ("AUC", {"multi_label": True, "num_labels": CLASSES}, "rows"),
    ("F1Score", {}, "one-hot"),
    ("F1Score", {"average": "macro", "threshold": 0.5}, "rows"),
    ("F1Score", {"average": "micro"}, "one-hot"),
    ("FBetaScore", {"average": "weighted", "beta": 2.0, "threshold": 0.4}, "rows"),
    ("RootMeanSquaredError", {}, "rows"),
    ("MeanAbsolutePercentageError", {}, "one-hot"),
    ("MeanSquaredLogarithmicError", {}, "rows"),
    ("LogCoshError", {}, "rows"),
    ("Poisson", {}, "rows"),
    ("Hinge", {}, "rows"),
    ("SquaredHinge", {}, "rows"),
    ("CategoricalHinge", {}, "one-hot"),
    ("KLDivergence", {}, "one-hot"),
    ("CosineSimilarity", {}, "rows"),
    ("BinaryCrossentropy", {"label_smoothing": 0.1}, "rows"),
    ("CategoricalCrossentropy", {}, "one-hot"),
    ("SparseCategoricalCrossentropy", {}, "labels"),
]

# spelling in compile(metrics=[…]), kinds of data
SPELLINGS: list[tuple[str, tuple[str, ...]]] = [
    ("accuracy", ("one-hot", "labels", "label column", "column", "rows")),
    ("acc", ("one-hot", "labels", "label column", "column")),
    ("categorical_accuracy", ("one-hot",)),
    ("CategoricalAccuracy", ("one-hot",)),
    ("sparse_categorical_accuracy", ("labels",)),
    ("SparseCategoricalAccuracy", ("labels",)),
    ("binary_accuracy", ("column", "rows")),
    ("BinaryAccuracy", ("column",)),
    ("top_k_categorical_accuracy", ("one-hot",)),
    ("sparse_top_k_categorical_accuracy", ("labels",)),
    ("Precision", ("column", "rows")),
    ("precision", ("column",)),
    ("Recall", ("column", "rows")),
    ("recall", ("column",)),
    ("mse", ("rows",)),
    ("mean_squared_error", ("rows",)),
    ("mae", ("rows",)),
    ("mean_absolute_error", ("rows",)),
    ("AUC", ("rows",)),
    ("cosine_similarity", ("rows",)),
    ("mape", ("one-hot",)),
    ("hinge", ("rows",)),
    ("poisson", ("rows",)),
]


def cases() -> Iterator[Case]:
    """Yield each metric's result after every batch, without and with sample weights."""
    for index, (class_name, config, kind) in enumerate(TABLE):
        for weighted in (False, True):
            metric = getattr(keras.metrics, class_name)(**config)
            y_true, y_pred = zip(
                *(batch(kind, 10 * index + k) for k in range(BATCHES)), strict=True
            )
            arrays = {"y_true": np.stack(y_true), "y_pred": np.stack(y_pred)}
            if weighted:
                arrays["sample_weight"] = np.abs(random(index, (BATCHES, SIZE)))
            results = []
            for step in range(BATCHES):
                sample_weight = arrays["sample_weight"][step] if weighted else None
                metric.update_state(y_true[step], y_pred[step], sample_weight=sample_weight)
                results.append(np.asarray(metric.result()).tolist())
            arguments = " ".join(f"{key}={value}" for key, value in config.items())
            name = " ".join(filter(None, [class_name, arguments, f"of {kind}"]))
            settings = {
                "name": name + (", weighted" if weighted else ""),
                "metric": class_name,
                "config": config,
                "metric_name": re.sub(r"_\d+$", "", metric.name),
                "results": results,
            }
            yield settings, arrays


def name_cases() -> Iterator[Case]:
    """Yield key and value in `evaluate(return_dict=True)` for each spelling."""
    for index, (spelling, kinds) in enumerate(SPELLINGS):
        for kind in kinds:
            y_true, y_pred = batch(kind, 500 + index)
            keras.utils.clear_session()
            model = keras.Sequential([keras.Input(y_pred.shape[1:]), keras.layers.Identity()])
            model.compile(loss=lambda y_true, y_pred: y_pred[:, 0], metrics=[spelling])
            logs = model.evaluate(y_pred, y_true, verbose=0, return_dict=True)
            [(key, value)] = [(key, value) for key, value in logs.items() if key != "loss"]
            settings = {
                "name": f"{spelling!r} of {kind}",
                "spelling": spelling,
                "key": key,
                "value": value,
            }
            arrays = {"y_true": y_true, "y_pred": y_pred}
            yield settings, arrays
