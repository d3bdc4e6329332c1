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
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="pictures: PNG, JPEG, BMP, GIF; before them perhaps the model, a .keras file",
    )
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
    if pictures and (
        pictures[0].lower().endswith(MODEL_ENDINGS)
        or os.path.exists(os.path.join(pictures[0], MODEL))
    ):
        options.model = pictures.pop(0)
    elif len(pictures) > 1 and not glob.glob(pictures[0]) and not _names_picture(pictures[0]):
        options.model = pictures.pop(0)  # misspelt: the message names it
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
    if answer.kind == NUMBERS:
        heads: tuple[str, ...] = ("Picture", "Output")
        cells = [[", ".join(f"{number:.4g}" for number in row)] for row in outputs]
    elif answer.kind == LABELS:
        heads = ("Picture", "Answer", "Probabilities")
        cells = []
        for row in answer.probabilities(outputs):
            pairs = list(zip(names, row, strict=True))
            likely = ", ".join(name for name, p in pairs if p > 0.5) or say("none")
            cells.append([likely, ", ".join(f"{name} ({percent(p)})" for name, p in pairs)])
    else:
        heads = ("Picture", "Answer", "Probability", "Runners-up")
        cells = []
        for row in answer.probabilities(outputs):
            best, *others = np.argsort(-row, kind="stable")[: 1 + RUNNERS_UP]
            runners_up = ", ".join(f"{names[k]} ({percent(row[k])})" for k in others)
            cells.append([names[best], percent(row[best]), runners_up])
    table = Table(*map(say, heads))
    for path, texts in zip(paths, cells, strict=True):
        table.add_row(path, *texts)
    if len(heads) == 4:
        table.columns[2].justify = "right"
    table.columns[0].overflow = "fold"
    return table


def _print_notes(
    paths: Sequence[str], read: Sequence[Read], trained: Trained, reader: Reader, options: Namespace
) -> None:
    """Say what was done to pictures, and what may be wrong with them."""
    prepared = [path for path, picture in zip(paths, read, strict=True) if picture.prepared]
    if prepared:
        tell(
            "Note: {paths}: made like the training images: grey, light on dark, the digit scaled "
            "and centred in {height}×{width} pixels. To skip that: --as-is.",
            paths=", ".join(prepared), height=reader.shape[0], width=reader.shape[1],
        )  # fmt: skip
    if trained.origin is None or trained.origin.data in NAMED:  # own pictures may well be bright
        pairs = zip(paths, read, strict=True)
        bright = [path for path, picture in pairs if picture.pixels.mean() > BRIGHT]
        if bright and not reader.shape[2] > 1:
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
