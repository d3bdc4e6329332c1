"""Run a program of `programs/` in a namespace, on small data sets; for minicnn and for Keras."""

import json
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "programs"
PROGRAMS = sorted([*FOLDER.glob("*.py"), *FOLDER.glob("*.ipynb")])


def small_images(shape: tuple[int, ...]) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return ten kinds of noisy images, 320 to train and 64 to test, in the form of Keras' data sets."""
    random = np.random.default_rng(5)
    patterns = np.kron(random.integers(0, 200, (10, 4, 4)), np.ones((shape[0] // 4, shape[1] // 4)))
    labels = np.tile(np.arange(10), 39)[:384]
    images = patterns[labels] + random.integers(0, 56, (384, *shape[:2]))
    if len(shape) == 3:
        images = np.repeat(images[..., np.newaxis], shape[2], axis=3)
        labels = labels[:, np.newaxis]
    images, labels = images.astype(np.uint8), labels.astype(np.uint8)
    return (images[:320], labels[:320]), (images[320:], labels[320:])


DATA_SETS = {"mnist": (28, 28), "fashion_mnist": (28, 28), "cifar10": (32, 32, 3)}


def source_of(path: Path) -> str:
    """Return the code of a program; of a notebook, that of its cells."""
    if path.suffix == ".py":
        return path.read_text("utf-8")
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return "\n".join(line for cell in code for line in cell.split("\n") if not line.startswith("%"))


def keras_version(path: Path) -> str:
    """Return the version of Keras that a program was written for: its first comment."""
    return source_of(path).split("\n", 1)[0].removeprefix("# Keras").strip()


def run(path: Path) -> dict[str, Any]:
    """Run a program in the current folder, and return its variables."""
    names = {"__name__": "__main__", "__file__": str(path)}
    exec(compile(source_of(path), str(path), "exec"), names)
    return names


def check(names: dict[str, Any]) -> None:
    """Check that the model of a program has learnt something."""
    history = names.get("history")
    if history is None:
        return
    losses = history.history["loss"]
    assert np.isfinite(losses).all(), losses
    assert losses[-1] < losses[0] * 1.02, losses


def exact_history(names: dict[str, Any]) -> dict[str, list[float]]:
    """Return the history of a program without random numbers, which any Keras must reach."""
    return {
        name: [float(value) for value in values]
        for name, values in names["history"].history.items()
    }
