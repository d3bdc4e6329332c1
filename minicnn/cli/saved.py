"""The folder with the results of a training: the model, what it was trained on, and pictures."""

import json
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from minicnn.atomic import atomic_write
from minicnn.cli.messages import say
from minicnn.console import printable
from minicnn.errors import DataWarning
from minicnn.models import Model, load_model
from minicnn.models.answer import YES_NO, Answer, answer_of
from minicnn.saving import parse_json

OUTPUT = "minicnn-output"
MODEL, CURVES, CONFUSION = "model.keras", "history.png", "confusion_matrix.png"
PAGE = "explain.html"


class Origin(NamedTuple):
    """Facts about the training data of a model, saved in a ``.json`` file beside the model."""

    data: str
    class_names: Sequence[str]


class Trained(NamedTuple):
    """A model from a file, and what it was trained on, if known."""

    path: Path
    model: Model
    origin: Origin | None

    @property
    def answer(self) -> Answer:
        """Meaning of the outputs of the model."""
        return answer_of(self.model, classes=self.origin is not None)

    @property
    def class_names(self) -> list[str]:
        """The names of the classes, by default their indices."""
        if self.origin:
            return [printable(name) for name in self.origin.class_names]
        return [str(index) for index in range(count_classes(self.model))]


def count_classes(model: Model) -> int:
    """Return the number of classes that a model's outputs stand for: two for one yes-or-no output."""
    outputs = model.output_shape[-1] or 0
    return 2 if outputs == 1 and answer_of(model, classes=True).kind == YES_NO else outputs


def prepare_folder(folder: Path) -> None:
    """Create the folder for the results, and check that it is writable: before hours of training."""
    try:
        if folder.is_file():
            raise FileExistsError("this is a file, not a folder")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        for name in (MODEL, CURVES, CONFUSION, PAGE):
            if (folder / name).is_dir():
                raise IsADirectoryError(f"{name} in it is a folder")
    except OSError as error:
        message = say(
            "the results can't be written to {folder}: {reason}. Choose another folder: "
            "--output FOLDER.",
            folder=folder, reason=error.strerror or error,
        )  # fmt: skip
        raise OSError(message) from error


def save_trained(model: Model, origin: Origin, folder: Path) -> Path:
    """Write a model and its origin; return the model's path."""
    path = folder / MODEL
    model.save(path)
    with atomic_write(path.with_suffix(".json")) as file:
        file.write(json.dumps(origin._asdict(), ensure_ascii=False, indent=2).encode())
    return path


def load_trained(name: str | None, compiled: bool = True) -> Trained:
    """Load a model, by default the one that was trained last, and its origin."""
    path = Path(OUTPUT, MODEL) if name is None else Path(name)
    if path.is_dir():
        path = path / MODEL
    if not path.exists():
        train_first = say("Train a model first: minicnn train.")
        hint = train_first if name is None else say("Is the name right?")
        raise FileNotFoundError(say("there is no model {path}. {hint}", path=path, hint=hint))
    model = load_model(path, compile=compiled)
    origin = _read_origin(path.with_suffix(".json"))
    if origin is not None and len(origin.class_names) != count_classes(model):
        message = say(
            "{path} belongs to another model and is not used: it lists {names} classes, but the "
            "model has {outputs} outputs.",
            path=path.with_suffix(".json"), names=len(origin.class_names),
            outputs=model.output_shape[-1],
        )  # fmt: skip
        warnings.warn(message, DataWarning, stacklevel=2)
        origin = None
    return Trained(path, model, origin)


def _read_origin(path: Path) -> Origin | None:
    """Return the origin that a file describes; None if there is no such file, or another content."""
    if not path.is_file():
        return None
    match parse_json(path.read_bytes(), str(path), "what the model was trained on"):
        case {"data": str(data), "class_names": [*names]} if all(isinstance(n, str) for n in names):
            return Origin(data, names)
    return None
