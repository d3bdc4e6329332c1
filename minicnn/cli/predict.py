"""``minicnn predict``: classify picture files."""

import glob
import os
from argparse import Namespace
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.cli.data import NAMED
from minicnn.cli.messages import reason, report, say, tell
from minicnn.cli.parser import Parser, add_picture_options
from minicnn.cli.pictures import BRIGHT, Read, Reader
from minicnn.cli.saved import MODEL, Trained, load_trained
from minicnn.console import printable
from minicnn.models.answer import LABELS, NUMBERS
from minicnn.visualize.arguments import percent

if TYPE_CHECKING:
    from rich.table import Table

MODEL_ENDINGS = (".keras", ".h5", ".hdf5")
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
RUNNERS_UP = 2
FEW = 4  # pictures that NumPy has computed before compiled kernels are loaded
HELP, DESCRIPTION = "classify pictures", "Ask a trained model what pictures show."
EXAMPLES = """\
examples:
  minicnn predict seven.png
  minicnn predict clothes/model.keras *.png
  minicnn predict mine.keras photo.jpg --scale 1
  minicnn predict --as-is mine.png        without looking for a digit

A model of digits gets a photograph or a drawing in the form of its training
images: grey, light on dark, the digit scaled and centred. Other models get a
picture in their colours and size. Its pixels are brought into the range of the
training data: 0 to 1, 0 to 16, 0 to 255.
"""


def add_arguments(parser: Parser) -> None:
    """Add the arguments of the command."""
    text = "pictures: PNG, JPEG, BMP, GIF; before them perhaps the model, a .keras file"
    parser.add_argument("files", nargs="*", metavar="FILE", help=text)
    add_picture_options(parser)


def run(options: Namespace) -> int:
    """Print a table of a saved model's answers to pictures."""
    trained = load_trained(options.model)
    reader = Reader(trained, options.invert, options.as_is, options.scale)
    paths, read, failures = [], [], []
    for path in _expanded(options.pictures):
        try:
            read.append(reader.read(path))
            paths.append(printable(path))
        except (OSError, ValueError) as error:
            failures.append(reason(error))
    if read:
        with ops.without_kernels() if len(read) <= FEW else nullcontext():
            examples = np.stack([picture.example for picture in read])
            outputs = trained.model.predict(examples, verbose=0)
        print_table(_table(paths, outputs.reshape(len(paths), -1), trained))
        _print_notes(paths, read, trained, reader, options)
    for failure in failures:
        report("predict", f"{say('error')}: {failure}")
    return 1 if failures else 0


def print_table(table: "Table") -> None:
    """Print a table as wide as the terminal; with plain lines if it has no others."""
    from rich.console import Console

    Console(markup=False, emoji=False, highlight=False).print(table)


def check(parser: Parser, options: Namespace) -> None:
    """Separate the model from the pictures."""
    pictures = list(options.files)
    options.model = None
    first = pictures[0] if pictures else ""
    is_model = first.lower().endswith(MODEL_ENDINGS) or os.path.exists(os.path.join(first, MODEL))
    misspelt = len(pictures) > 1 and not glob.glob(first) and not _names_picture(first)
    if first and (is_model or misspelt):  # the message names a misspelt one
        options.model = pictures.pop(0)
    if not pictures:
        parser.error(say("expected a picture: minicnn predict seven.png, with the name of yours."))
    options.pictures = pictures


def _names_picture(path: str) -> bool:
    return os.path.splitext(path)[1].lower() in PICTURE_ENDINGS or any(
        sign in path for sign in "*?["
    )


def _expanded(pictures: Sequence[str]) -> list[str]:
    """Replace patterns such as ``*.png``, which the shell of Windows leaves to programs."""
    paths: list[str] = []
    for picture in pictures:
        matching = [] if os.path.exists(picture) else sorted(glob.glob(picture))
        paths += matching or [picture]
    return paths


def _table(paths: Sequence[str], outputs: ndarray, trained: Trained) -> "Table":
    from rich.table import Table

    answer, names = trained.answer, trained.class_names
    heads = {
        NUMBERS: ("Picture", "Output"),
        LABELS: ("Picture", "Answer", "Probabilities"),
    }.get(answer.kind, ("Picture", "Answer", "Probability", "Runners-up"))
    table = Table(*map(say, heads))
    table.columns[0].overflow = "fold"
    if "Probability" in heads:
        table.columns[2].justify = "right"
    if answer.kind == NUMBERS:
        for path, row in zip(paths, outputs, strict=True):
            table.add_row(path, ", ".join(f"{number:.4g}" for number in row))
        return table
    for path, row in zip(paths, answer.probabilities(outputs), strict=True):
        listed = [f"{name} ({percent(p)})" for name, p in zip(names, row, strict=True)]
        if answer.kind == LABELS:
            likely = ", ".join(names[k] for k in np.flatnonzero(row > 0.5)) or say("none")
            table.add_row(path, likely, ", ".join(listed))
        else:
            best, *others = np.argsort(-row, kind="stable")[: 1 + RUNNERS_UP]
            runners_up = ", ".join(listed[k] for k in others)
            table.add_row(path, names[best], percent(row[best]), runners_up)
    return table


def _print_notes(
    paths: Sequence[str], read: Sequence[Read], trained: Trained, reader: Reader, options: Namespace
) -> None:
    """Say what was done to pictures, and what may be wrong with them."""
    pairs = list(zip(paths, read, strict=True))
    prepared = [path for path, picture in pairs if picture.prepared]
    if prepared:
        tell(
            "Note: {paths}: made like the training images: grey, light on dark, the digit scaled "
            "and centred in {height}×{width} pixels. To skip that: --as-is.",
            paths=", ".join(prepared), height=reader.shape[0], width=reader.shape[1],
        )  # fmt: skip
    bright = [path for path, picture in pairs if picture.pixels.mean() > BRIGHT]
    own_pictures = trained.origin is not None and trained.origin.data not in NAMED
    if bright and reader.shape[2] == 1 and not own_pictures:  # those may well be bright
        tell(
            "Note: {paths}: apparently dark on light, but the model was trained on light on "
            "dark. Swap them with --invert.",
            paths=", ".join(bright),
        )
    if trained.model.trained_range is None and options.scale is None:
        tell(
            "Pixels: 0 to 255, since {path} does not record its range. For 0 to 1: --scale 1.",
            path=trained.path,
        )
