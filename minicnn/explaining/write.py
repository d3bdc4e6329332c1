"""`minicnn.explain`: a page on which every number of a model can be looked into."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from minicnn.atomic import atomic_write
from minicnn.errors import DataWarning, NotReadyError
from minicnn.explaining.bundle import bundle, check_language
from minicnn.explaining.examples import choose_examples
from minicnn.explaining.model_data import model_data

LARGE = 30_000_000  # bytes of a page: more takes a browser long to open


def explain(
    model: Any,
    x: Any = None,
    y: Any = None,
    path: str | os.PathLike[str] = "explain.html",
    language: str = "en",
    class_names: Sequence[object] | None = None,
) -> Path:
    """Write a page that shows every output and every gradient of a model as the sum that made it.

    The page is one file: it needs no server and no network, and asks for none. On it one draws an
    input or takes an example, picks any cell of any layer, goes forward and backward, and takes
    training steps. Its arithmetic is that of `predict` in float64, for one example at a time:
    dropout passes everything, batch normalisation uses its moving averages.

    At `path` stands the old file or the whole new one, whatever happens.

    Parameters
    ----------
    model : Sequential
        Built, with one row of outputs, layers and activations of minicnn's own.
    x : array, (examples, ...), optional
        What to choose examples from: 20 at most, of all classes alike; or one example.
    y : array, (examples,) or (examples, outputs), optional
        Their labels: class numbers, one-hot rows, or the numbers of a regression.
    path : path-like
    language : "en" or "ko"
        In which the page opens; it can be switched there.
    class_names : sequence, optional
        What to call the outputs; by default their numbers. For one yes-or-no output: no, yes.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    NotReadyError
        If the model has no weights yet.
    ShapeError
        If its input's size is open, its output is no row, or `x`, `y` or `class_names` do not fit it.
    TypeError, ValueError
        If it is no model; if a layer, activation, regularizer or loss is the user's own, as the
        page's JavaScript knows only minicnn's; for a language that there is not.
    OSError
        If the file cannot be written; what was there before is unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Dense(10, activation="softmax", input_shape=(4,))])
    >>> explain(model, path=Path(tempfile.mkdtemp()) / "explain.html").name
    'explain.html'
    """
    _check(model, path)
    check_language(language)
    data = model_data(model, choose_examples(model, x, y), class_names)
    page = bundle(data, language).encode("utf-8")
    if len(page) > LARGE:
        warnings.warn(
            f"the page has {len(page) / 1e6:.0f} MB, as the model has {model.count_params():,} weights: "
            "a browser will take long to open it. Explain a smaller model of the same kind.",
            DataWarning,
            stacklevel=2,
        )
    with atomic_write(path) as file:
        file.write(page)
    return Path(path)


def _check(model: Any, path: Any) -> None:
    if not hasattr(model, "layers") or not isinstance(path, (str, os.PathLike)):
        raise TypeError(
            f"explain takes a model and a path, got {type(model).__name__} and "
            f"{type(path).__name__}. Write minicnn.explain(model, x, y, path='explain.html')."
        )
    if not model.built or not model.layers:
        raise NotReadyError(
            "the model has no weights to show yet. Call model.build((None, 28, 28, 1)) with the "
            "shape of its input, or train it first."
        )
