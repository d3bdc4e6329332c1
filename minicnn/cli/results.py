"""How well a model does on the test images, in numbers and pictures."""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.cli.image_data import ImageData
from minicnn.models import Sequential
from minicnn.training.progress import can_redraw


class Results(NamedTuple):
    """What a test found."""

    loss: float
    accuracy: float
    predicted: ndarray


def evaluate_on(data: ImageData, model: Sequential) -> Results:
    """Test a compiled model on the test images."""
    verbose = 1 if can_redraw(sys.stdout) else 0  # no lines in a log
    loss, accuracy = model.evaluate(data.x_test, data.y_test, verbose=verbose)
    predicted = np.argmax(model.predict(data.x_test, verbose=verbose), axis=1)
    return Results(loss, accuracy, predicted)


def print_results(data: ImageData, results: Results) -> None:
    """Print loss and accuracy, then scikit-learn's report: precision, recall, F1 of each class."""
    from sklearn.metrics import classification_report

    print(f"Test loss: {results.loss:.4f}")
    print(f"Test accuracy: {results.accuracy:.4f}")
    print()
    report = classification_report(
        data.y_test,
        results.predicted,
        labels=range(len(data.class_names)),
        target_names=data.class_names,
        zero_division=0,  # the value that it takes anyway, without its warning
    )
    print(report)


def draw_confusion(data: ImageData, results: Results, path: Path) -> None:
    """Draw the confusion matrix to a file."""
    from minicnn.visualize import plot_confusion_matrix

    plot_confusion_matrix(data.y_test, results.predicted, data.class_names, path)
