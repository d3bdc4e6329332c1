"""The folder that a training leaves: a trained model, what it was trained on, and pictures."""

import json
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from minicnn.atomic import atomic_write
from minicnn.errors import DataWarning
from minicnn.models import Sequential, load_model
from minicnn.saving import parse_json

OUTPUT = "minicnn-output"
MODEL, CURVES, CONFUSION = "model.keras", "history.png", "confusion_matrix.png"


class Origin(NamedTuple):
    """What a model was trained on, kept in a ``.json`` file beside the model."""

    data: str
    class_names: Sequence[str]


class Trained(NamedTuple):
    """A model from a file, and where that is known, what it was trained on."""

    path: Path
    model: Sequential
    origin: Origin | None

    @property
    def class_names(self) -> Sequence[str]:
        """Return what to call the model's answers: their numbers, if nothing is known."""
        return self.origin.class_names if self.origin else _numbers(self.model)


def prepare_folder(folder: Path) -> None:
    """Make the folder for the results, and see that it can be written to: before hours of training."""
    try:
        if folder.is_file():
            raise FileExistsError("this is a file, not a folder")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        for name in (MODEL, CURVES, CONFUSION):
            if (folder / name).is_dir():
                raise IsADirectoryError(f"{name} in it is a folder")
    except OSError as error:
        raise OSError(
            f"the results can't be written to {folder}: {error.strerror or error}. "
            "Choose another folder: --output FOLDER."
        ) from error


def save_trained(model: Sequential, origin: Origin, folder: Path) -> Path:
    """Write a model, and what it was trained on beside it; return the model's path."""
    path = folder / MODEL
    model.save(path)
    with atomic_write(path.with_suffix(".json")) as file:
        file.write(json.dumps(origin._asdict(), ensure_ascii=False, indent=2).encode())
    return path


def load_trained(given: str | None) -> Trained:
    """Load a model."""
    path = Path(OUTPUT, MODEL) if given is None else Path(given)
    if path.is_dir():
        path = path / MODEL
    if not path.exists():
        hint = "Train a model first: minicnn train." if given is None else "Is the name right?"
        raise FileNotFoundError(f"there is no model {path}. {hint}")
    model = load_model(path, compile=False)
    origin = _read_origin(path.with_suffix(".json"))
    if origin is not None and len(origin.class_names) != model.output_shape[-1]:
        warnings.warn(
            f"{path.with_suffix('.json')} belongs to another model and is not used: it names "
            f"{len(origin.class_names)} classes, and the model tells {model.output_shape[-1]}.",
            DataWarning,
            stacklevel=2,
        )
        origin = None
    return Trained(path, model, origin)


def _read_origin(path: Path) -> Origin | None:
    """Return what is written there; None if that is nothing, or something else."""
    if not path.is_file():
        return None
    match parse_json(path.read_bytes(), str(path), "what the model was trained on"):
        case {"data": str(data), "class_names": [*names]} if all(isinstance(n, str) for n in names):
            return Origin(data, names)
    return None


def _numbers(model: Sequential) -> list[str]:
    return [str(number) for number in range(model.output_shape[-1] or 0)]
