"""``minicnn predict``."""

import glob
import os
import sys
from argparse import Namespace
from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from minicnn.cli.asked_picture import image_shape, read_asked
from minicnn.cli.image_data import NAMED
from minicnn.cli.messages import reason
from minicnn.cli.picture import BRIGHT
from minicnn.cli.saved import Trained, load_trained
from minicnn.errors import ShapeError

RUNNERS_UP = 2


def run(options: Namespace) -> int:
    """Ask a saved model about pictures, and print a table of its answers."""
    trained = load_trained(options.model)
    _check(trained)
    paths, images, prepared, failures = [], [], [], []
    for path in _expanded(options.pictures):
        try:
            image, made = read_asked(trained, path, options.invert, options.as_is)
        except (OSError, ValueError) as error:
            failures.append(reason(error))
            continue
        images.append(image)
        paths.append(path)
        if made:
            prepared.append(path)
    if images:
        pixels = np.stack(images)
        _print_table(paths, trained.model.predict(pixels, verbose=0), trained.class_names)
        _note_prepared(prepared)
        _note_bright(paths, pixels, trained)
    for failure in failures:
        print(f"minicnn predict: error: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _check(trained: Trained) -> None:
    """Check that the model takes images and names classes."""
    image_shape(trained)
    outputs = trained.model.output_shape
    if len(outputs) != 2 or (outputs[1] or 0) < 2:
        raise ShapeError(f"{trained.path} names no classes: its outputs have shape {outputs}.")


def _expanded(pictures: Sequence[str]) -> list[str]:
    """Replace ``*.png`` by the files that are meant: the shell of Windows leaves that to programs."""
    paths: list[str] = []
    for picture in pictures:
        found = [] if os.path.exists(picture) else sorted(glob.glob(picture))
        paths += found or [picture]
    return paths


def _print_table(paths: Sequence[str], outputs: ndarray, class_names: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Picture", "Answer", "Probability", "Runners-up")
    table.columns[0].overflow = "fold"
    table.columns[2].justify = "right"
    for path, probabilities in zip(paths, outputs, strict=True):
        best, *others = np.argsort(-probabilities, kind="stable")[: 1 + RUNNERS_UP]
        runners_up = ", ".join(f"{class_names[k]} ({probabilities[k]:.2%})" for k in others)
        table.add_row(path, class_names[best], f"{probabilities[best]:.2%}", runners_up)
    Console(markup=False, emoji=False, highlight=False).print(table)


def _note_prepared(paths: Sequence[str]) -> None:
    """Say which pictures the model has not seen as they are."""
    if paths:
        print(
            f"Note: {', '.join(paths)}: made like MNIST's images: grey, light on dark, scaled to a box "
            "of 20×20 pixels, centred by mass in 28×28. To leave that out: --as-is."
        )


def _note_bright(paths: Sequence[str], pixels: ndarray, trained: Trained) -> None:
    """Say which pictures look dark on light, unlike those that the model has learnt from."""
    if trained.origin is not None and trained.origin.data not in NAMED:
        return  # a learner's own pictures may well have been bright
    bright = [path for path, image in zip(paths, pixels, strict=True) if image.mean() > BRIGHT]
    if bright:
        print(
            f"Note: {', '.join(bright)}: dark on light, it seems. The model has learnt from light on "
            "dark, and guesses the opposite badly. Swap them with --invert."
        )
