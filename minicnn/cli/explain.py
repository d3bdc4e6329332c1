"""``minicnn explain``."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.cli.asked_picture import read_asked
from minicnn.cli.image_data import NAMED, load_images
from minicnn.cli.saved import Trained, load_trained
from minicnn.datasets import fashion_mnist, mnist
from minicnn.explaining import explain
from minicnn.models import load_model

WHITE = 255  # of the pixels of pictures
PUBLISHED = {"mnist": mnist.MNIST, "fashion_mnist": fashion_mnist.FASHION_MNIST}
DATA_OF_SHAPE: dict[tuple[int | None, ...], str] = {(28, 28, 1): "mnist", (8, 8, 1): "digits"}


class Chosen(NamedTuple):
    """Examples for the page: images with pixels of 0 to 255, their labels, and what they are."""

    images: ndarray | None
    labels: ndarray | None
    title: str


def run(options: Namespace) -> int:
    """Write the page on which every number of a saved model can be looked into."""
    trained = load_trained(options.model)
    model = load_model(trained.path)  # compiled as it was trained: the page takes its steps so
    chosen = _pictures(trained, options.image) if options.image else _test_images(trained)
    path = explain(
        model,
        _in_range(chosen.images, model.trained_range),
        chosen.labels,
        path=options.output,
        language=options.language,
        class_names=trained.class_names if trained.origin else None,
    )
    print(f"Model: {trained.path}")
    print(f"Examples: {chosen.title}")
    print(
        f"The page is written: {path} ({path.stat().st_size / 1e6:.1f} MB). Open it in a browser."
    )
    return 0


def _pictures(trained: Trained, paths: Sequence[str]) -> Chosen:
    """Read the pictures that were named; nobody knows what they show."""
    images = [read_asked(trained, path)[0] for path in paths]
    return Chosen(np.stack(images), None, ", ".join(paths))


def _test_images(trained: Trained) -> Chosen:
    """Return a test image of every class, if the data are on this machine and fit the model."""
    shape, outputs = trained.model.input_shape[1:], trained.model.output_shape[1:]
    name = trained.origin.data if trained.origin else DATA_OF_SHAPE.get(shape)
    if name is None or not _is_here(name):
        return Chosen(None, None, "none: what the model was trained on is not on this machine")
    data = load_images(name)
    if (data.x_test.shape[1:], (len(data.class_names),)) != (shape, outputs):
        return Chosen(None, None, f"none: the images of {data.title} do not fit this model")
    _, firsts = np.unique(data.y_test, return_index=True)
    title = f"a test image of every class of {data.title}"
    return Chosen(data.x_test[firsts], data.y_test[firsts], title)


def _is_here(name: str) -> bool:
    """Whether data can be loaded without a network."""
    if name not in NAMED:
        return Path(name).is_dir()
    return name == "digits" or PUBLISHED[name].is_local()


def _in_range(images: ndarray | None, trained_range: tuple[float, float] | None) -> ndarray | None:
    """Give pixels of 0 to 255 the range of the training, where that was 0 to 1."""
    if images is None or trained_range is None or trained_range[1] > 1:
        return images
    return images / np.float32(WHITE)
