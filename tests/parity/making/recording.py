"""Shared by the topics: reproducible numbers, and their files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

VALUES = Path(__file__).parent.parent / "values"

Case = tuple[dict[str, Any], dict[str, np.ndarray]]


def distinct(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return float32 numbers between −2 and 2, no two alike and none of them zero.

    So no maximum is a tie and no ReLU stands at its kink, unless a case wants it to.
    Multiples of a power of two: they compress well.
    """
    count = int(np.prod(shape))
    order = np.random.RandomState(seed).permutation(count)
    unit = 2.0 ** -np.ceil(np.log2(max(count, 2)))
    return (((2 * order - count + 0.5) * 2 * unit).reshape(shape)).astype("float32")


def random(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return float32 multiples of 1/64 between −2 and 2, for weights and upstream gradients."""
    return (np.random.RandomState(seed).randint(-128, 129, shape) / 64).astype("float32")


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return float32 rows with a 1 at each label."""
    return np.eye(classes, dtype="float32")[labels]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).astype("float32")


def write(topic: str, cases: Iterable[Case]) -> None:
    """Write a topic's cases as JSON, and their arrays as a compressed .npz beside it."""
    settings, arrays = [], {}
    for case, case_arrays in cases:
        settings.append(case)
        arrays |= {f"{case['name']}/{key}": array for key, array in case_arrays.items()}
    assert len({case["name"] for case in settings}) == len(settings), "two cases of one name"
    header = {"keras_version": keras.__version__, "tensorflow_version": tf.__version__}
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in settings)
    versions = json.dumps(header)[1:-1]
    text = f'{{{versions}, "cases": [\n{lines}\n]}}\n'
    (VALUES / f"{topic}.json").write_text(text, encoding="utf-8")
    if arrays:
        np.savez_compressed(VALUES / f"{topic}.npz", **arrays)
    print(f"{topic}: {len(settings)} cases, {len(arrays)} arrays")
