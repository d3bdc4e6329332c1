"""``minicnn evaluate``: test a saved model on the test images of a data set."""

import sys
from argparse import Namespace

import numpy as np
from numpy import ndarray

from minicnn.cli.data import ImageData, data_or_folder, load_images
from minicnn.cli.messages import say, tell
from minicnn.cli.parser import Parser, add_model, add_option, add_scale, whole_number
from minicnn.cli.pictures import Reader
from minicnn.cli.saved import Trained, count_classes, load_trained
from minicnn.errors import ShapeError
from minicnn.models import Model
from minicnn.models.answer import NUMBERS, Answer
from minicnn.training.progress import can_redraw

SMALLEST = np.finfo(np.float32).tiny  # probability in the logarithm of the loss: as exact as `fit`
HELP, DESCRIPTION = "test a trained model", "Test a trained model on the test images of a data set."
EXAMPLES = """\
examples:
  minicnn evaluate                              the model that was trained last
  minicnn evaluate clothes/model.keras
  minicnn evaluate mine.keras --data digits --scale 1

The images are brought into the range of the model's training data: pixels of
0 to 1, 0 to 16, 0 to 255. --scale sets it for a model that does not record it.
"""


def add_arguments(parser: Parser) -> None:
    """Add the arguments of the command."""
    add_model(parser)
    data = "mnist, fashion_mnist, cifar10, digits or a folder (default: that of the training)"
    add_option(parser, "--data DATA", data, data_or_folder)
    add_option(parser, "--images N", "test on at most N images", whole_number(1))
    add_scale(parser)


def run(options: Namespace) -> int:
    """Test a saved model on the test images of a data set."""
    trained = load_trained(options.model)
    reader = Reader(trained, scale=options.scale)
    fitting = "digits" if reader.shape[:2] == (8, 8) else "mnist"
    name = options.data or (trained.origin.data if trained.origin else fitting)
    data = load_images(name, reader.shape).first(options.images)
    _check_fit(trained, reader, data)
    tell("Model: {path}", path=trained.path)
    tell(
        "Data: {title}, {test:,} test images of {size} pixels.",
        title=data.title, test=len(data.x_test), size=data.size,
    )  # fmt: skip
    x = reader.convert(data.x_test)
    print_results(data, evaluate_on(x, trained.model, trained.answer), trained.answer)
    return 0


def _check_fit(trained: Trained, reader: Reader, data: ImageData) -> None:
    size = data.x_test.shape[1:]
    if reader.shape != size:
        message = say(
            "{path} takes images of shape {shape}, but those of {title} have {size}. Choose "
            "other data: --data NAME.",
            path=trained.path, shape=reader.shape, title=data.title, size=size,
        )  # fmt: skip
        raise ShapeError(message)
    answers, classes = count_classes(trained.model), len(data.class_names)
    if trained.answer.kind != NUMBERS and answers != classes:
        message = say(
            "{path} has {outputs} outputs, but {title} has {classes} classes. Choose other data: "
            "--data NAME.",
            path=trained.path, outputs=answers, title=data.title, classes=classes,
        )  # fmt: skip
        raise ShapeError(message)


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
