"""How well a model does on test images: numbers, a report and a picture."""

import sys

import numpy as np
from numpy import ndarray

from minicnn.cli.data import ImageData
from minicnn.cli.messages import tell
from minicnn.models import Model
from minicnn.models.answer import NUMBERS, Answer
from minicnn.training.progress import can_redraw

SMALLEST = np.finfo(np.float32).tiny  # probability in the logarithm of the loss: as exact as `fit`


def evaluate_on(x: ndarray, model: Model, answer: Answer) -> ndarray:
    """Return probabilities (images, classes), or numbers, for images as the model takes them."""
    verbose = 1 if can_redraw(sys.stdout) else 0  # no progress bar in a log
    outputs = model.predict(x, verbose=verbose)
    return outputs if answer.kind == NUMBERS else answer.probabilities(outputs)


def print_results(data: ImageData, outputs: ndarray, answer: Answer) -> None:
    """Print loss and accuracy, then scikit-learn's report: precision, recall, F1 of each class."""
    if answer.kind == NUMBERS:
        errors = outputs.reshape(len(data.y_test), -1) - data.y_test[:, np.newaxis]
        tell("The labels are taken as numbers, since the model predicts numbers.")
        tell("Mean squared error: {error:.4f}", error=np.square(errors).mean())
        tell("Mean absolute error: {error:.4f}", error=np.abs(errors).mean())
        return
    from sklearn.metrics import classification_report

    right = outputs[np.arange(len(data.y_test)), data.y_test]
    right = right / outputs.sum(axis=1)  # independent probabilities as fractions
    loss = -np.log(np.maximum(right, SMALLEST)).mean()
    predicted = outputs.argmax(axis=1)
    tell("Test loss: {loss:.4f}", loss=loss)
    tell("Test accuracy: {accuracy:.4f}", accuracy=(predicted == data.y_test).mean())
    print()
    labels, names = range(len(data.class_names)), data.class_names
    # zero_division=0 is the value that it uses anyway, without its warning
    print(
        classification_report(
            data.y_test, predicted, labels=labels, target_names=names, zero_division=0
        )
    )
