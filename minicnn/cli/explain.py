"""``minicnn explain``: write the page with every number of a saved model."""

from argparse import Namespace
from pathlib import Path

import numpy as np
from numpy import ndarray

from minicnn.cli.data import is_local, load_images
from minicnn.cli.messages import language, say, tell
from minicnn.cli.parser import Parser, add_model, add_option, add_picture_options
from minicnn.cli.pictures import Reader
from minicnn.cli.saved import PAGE, Trained, count_classes, load_trained
from minicnn.console import printable
from minicnn.errors import ShapeError
from minicnn.explaining import explain

DATA_OF_SHAPE = {(28, 28, 1): "mnist", (8, 8, 1): "digits"}
HELP = "write a page that shows every number"
DESCRIPTION = "Write one page that shows every number of a model."
EXAMPLES = """\
examples:
  minicnn explain                               the model that was trained last
  minicnn explain model.keras --image seven.png -o page.html
  minicnn explain --image one.png --image two.png --language ko

The page is one file that needs no network. On it you draw a digit and see every
layer's answer, pick any number and see the sum that made it, forward and
backward, take a training step, and let a filter slide.
"""
Examples = tuple[ndarray | None, ndarray | None, str]
"""Images as the model takes them, their labels, and what they are."""


def add_arguments(parser: Parser) -> None:
    """Add the arguments of the command."""
    add_model(parser)
    image = "a picture as an example; can be repeated (default: test images)"
    add_option(parser, "--image FILE", image, action="append")
    page = "replaces an earlier one (default: %(default)s)"
    add_option(parser, "-o --output PAGE.html", page, Path, default=Path(PAGE))
    add_picture_options(parser)


def run(options: Namespace) -> int:
    """Write the page on which every number of a saved model can be inspected."""
    trained = load_trained(options.model)  # the page trains with its optimizer
    images, labels, title = (_pictures if options.image else _test_images)(trained, options)
    path = explain(
        trained.model, images, labels, path=options.output, language=language(),
        class_names=trained.class_names if trained.origin else None,
    )  # fmt: skip
    tell("Model: {path}", path=trained.path)
    tell("Examples: {title}", title=title)
    size = path.stat().st_size / 1e6
    tell("The page is written: {path} ({size:.1f} MB). Open it in a browser.", path=path, size=size)
    return 0


def _pictures(trained: Trained, options: Namespace) -> Examples:
    """Read the pictures that were named; their labels are unknown."""
    reader = Reader(trained, options.invert, options.as_is, options.scale)
    images = [reader.read(path).example for path in options.image]
    return np.stack(images), None, ", ".join(map(printable, options.image))


def _test_images(trained: Trained, options: Namespace) -> Examples:
    """Return test images of every class, if the data are on this machine and fit the model."""
    try:
        reader = Reader(trained, scale=options.scale)
    except ShapeError:
        return None, None, say("none: the model takes no pictures")
    name = trained.origin.data if trained.origin else DATA_OF_SHAPE.get(reader.shape)
    if name is None or not is_local(name):
        return None, None, say("none: the training data are not on this machine")
    data = load_images(name, reader.shape)
    classes = len(data.class_names)
    if data.x_test.shape[1:] != reader.shape or classes != count_classes(trained.model):
        none = "none: the images of {title} do not fit this model"
        return None, None, say(none, title=data.title)
    images, labels = data.examples()
    title = say("test images of every class of {title}", title=data.title)
    return reader.convert(images), labels, title
