"""`minicnn.explain`: a page that explains every number of a model."""

import os
import warnings
from pathlib import Path
from typing import Any

from minicnn.atomic import atomic_write
from minicnn.callbacks import TrainingSnapshots
from minicnn.errors import DataWarning, NotReadyError
from minicnn.explaining.bundle import bundle, check_language
from minicnn.explaining.ends import check_shapes
from minicnn.explaining.examples import choose_examples
from minicnn.explaining.history import history_data, kept_data
from minicnn.explaining.model_data import model_data
from minicnn.models import Model

LARGE = 30_000_000  # bytes of a page: more takes a browser long to open


def explain(
    model: Model,
    x: Any = None,
    y: Any = None,
    path: str | os.PathLike[str] = "explain.html",
    language: str = "en",
    class_names: Any = None,
    history: TrainingSnapshots | None = None,
) -> Path:
    """Write a page that shows every output and every gradient of a model as the sum that made it.

    The page is one file that works without a server or a network. The reader draws an input or
    picks an example, selects any cell of any layer, goes forward and backward, and takes training
    steps, from the state of the model's optimizer on. The arithmetic is that of `predict` in float64,
    for one example at a time: dropout passes everything, batch normalization uses its moving averages.

    The page computes gradients of all losses, and training steps of all optimizers and schedules of
    the library. For a custom loss or regularizer it shows the forward pass only, and it names a
    custom optimizer. Writing is atomic.

    Parameters
    ----------
    model : Model
        Built; branches, merged and shared layers, several inputs and outputs are shown as any other.
        Of a custom layer without a family (`minicnn.layers.description`), or with a custom
        activation, the page shows the outputs for the examples, and no gradients.
    x : array, (examples, ...), optional
        Data to choose at most 20 examples from, of all classes alike; or one example. For several
        inputs a list of arrays, or a dict by name of the input.
    y : array, (examples,) or (examples, outputs), optional
        Their labels: class numbers, one-hot rows, or the numbers of a regression. For several outputs
        a list or dict.
    path : path-like
    language : "en" or "ko"
        Language of the page when it opens; it can be switched there.
    class_names : sequence, optional
        Names of the outputs; by default their numbers. For one yes-or-no output: no, yes. For several
        outputs a list or dict with the names for each.
    history : TrainingSnapshots, optional
        Callback that was passed to `fit`: the page then plays the training.

    Returns
    -------
    Path
        Path of the file.

    Raises
    ------
    NotReadyError
        If the model has no weights yet.
    ShapeError
        If a size of an input is open, or `x`, `y` or `class_names` do not fit the model.
    TypeError, ValueError
        If `model` or `history` is something else, or the model has a custom layer without examples or
        with a history; if the language is unknown.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Dense(10, activation="softmax", input_shape=(4,))])
    >>> explain(model, path=Path(tempfile.mkdtemp()) / "explain.html").name
    'explain.html'
    """
    _check(model, path, history)
    check_shapes(model)
    check_language(language)
    examples = choose_examples(model, x, y)
    data = model_data(model, examples, class_names)
    if history is not None and data["given"]:
        raise ValueError(
            f"the page cannot play a training of {', '.join(data['given'])}, whose outputs it cannot "
            "compute in the browser. Leave out history=."
        )
    data["training"] = history_data(model, history, examples)
    data["kept"] = None if data["unknownOptimizer"] or data["given"] else kept_data(model)
    page = bundle(data, language).encode("utf-8")
    if len(page) > LARGE:
        warnings.warn(
            f"the page has {len(page) / 1e6:.0f} MB, as the model has {model.count_params():,} weights: "
            "a browser will take long to open it. Explain a smaller model of this kind.",
            DataWarning,
            stacklevel=2,
        )
    with atomic_write(path) as file:
        file.write(page)
    return Path(path)


def _check(model: Any, path: Any, history: Any) -> None:
    if not hasattr(model, "layers") or not isinstance(path, (str, os.PathLike)):
        raise TypeError(
            f"explain takes a model and a path, got {type(model).__name__} and "
            f"{type(path).__name__}. Write minicnn.explain(model, x, y, path='explain.html')."
        )
    if history is not None and not isinstance(history, TrainingSnapshots):
        raise TypeError(
            "history must be the callback TrainingSnapshots, which keeps the weights of a training, got "
            f"{type(history).__name__}. Write snapshots = minicnn.callbacks.TrainingSnapshots(), then "
            "fit(..., callbacks=[snapshots]) and explain(..., history=snapshots)."
        )
    if not model.built or not model.layers:
        raise NotReadyError(
            "the model has no weights to show yet. Call model.build((None, 28, 28, 1)) with the "
            "shape of its input, or train it first."
        )
