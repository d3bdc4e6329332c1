"""How well a model does on test images: numbers, a report and a picture."""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.cli.data import ImageData
from minicnn.cli.messages import tell
from minicnn.models import Model
from minicnn.models.answer import NUMBERS, Answer
from minicnn.training.progress import can_redraw

SMALLEST = 1e-7  # probability in the logarithm of the loss, as in Keras


class Results(NamedTuple):
    """The outcome of a test: probabilities of the classes, or numbers."""

    answer: Answer
    outputs: ndarray  # probabilities (images, classes), or what the model returned

    @property
    def predicted(self) -> ndarray:
        """The class that is most probable for each image."""
        return self.outputs.argmax(axis=1)


def evaluate_on(data: ImageData, x: ndarray, model: Model, answer: Answer) -> Results:
    """Predict the test images, given as the model takes them."""
    verbose = 1 if can_redraw(sys.stdout) else 0  # no progress bar in a log
    outputs = model.predict(x, verbose=verbose)
    return Results(answer, outputs if answer.kind == NUMBERS else answer.probabilities(outputs))


def print_results(data: ImageData, results: Results) -> None:
    """Print loss and accuracy, then scikit-learn's report: precision, recall, F1 of each class."""
    if results.answer.kind == NUMBERS:
        errors = results.outputs.reshape(len(data.y_test), -1) - data.y_test[:, np.newaxis]
        tell("The labels are taken as numbers, since the model predicts numbers.")
        tell("Mean squared error: {error:.4f}", error=np.square(errors).mean())
        tell("Mean absolute error: {error:.4f}", error=np.abs(errors).mean())
        return
    from sklearn.metrics import classification_report

    right = results.outputs[np.arange(len(data.y_test)), data.y_test]
    right = right / results.outputs.sum(axis=1)  # independent probabilities as shares
    loss = -np.log(np.clip(right, SMALLEST, 1 - SMALLEST)).mean()
    tell("Test loss: {loss:.4f}", loss=loss)
    accuracy = (results.predicted == data.y_test).mean()
    tell("Test accuracy: {accuracy:.4f}", accuracy=accuracy)
    print()
    report = classification_report(
        data.y_test,
        results.predicted,
        labels=range(len(data.class_names)),
        target_names=data.class_names,
        zero_division=0,  # the value that it uses anyway, without its warning
    )
    print(report)


def draw_confusion(data: ImageData, results: Results, path: Path) -> None:
    """Draw the confusion matrix to a file."""
    from minicnn.visualize import plot_confusion_matrix

    plot_confusion_matrix(data.y_test, results.predicted, data.class_names, path)
