"""Whole models from files."""

import math
from collections.abc import Mapping
from os import PathLike
from typing import Any

from minicnn.errors import FileFormatError
from minicnn.layers.shapes_only import shapes_only
from minicnn.models.files.compiling import compile_as_saved
from minicnn.models.files.making import make_model
from minicnn.models.files.matching import put, require_fit
from minicnn.models.sequential import Sequential
from minicnn.saving import Kind, LayerShapes, kind_of, read_legacy_model, read_model


def load_model(
    path: str | PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,  # noqa: A002 (Keras' name)
) -> Sequential:
    """Read a model that minicnn, Keras 3 or Keras 2 saved.

    Parameters
    ----------
    path : path-like
        A ``.keras`` or ``.h5`` file; the content counts, not the name.
    custom_objects : dict, optional
        Layers, losses, metrics, optimizers and functions of your own by name. Nothing else is
        looked up by name.
    compile : bool
        Whether to compile the model as it was, with the optimizer's state.

    Returns
    -------
    Sequential

    Raises
    ------
    OSError
        If the file is not there or may not be read.
    FileFormatError
        If it is damaged, of another kind, or asks for what minicnn does not have.

    Warns
    -----
    DataWarning
        If minicnn lacks the loss, a metric or the optimizer: the model is then not compiled.
    """
    kind = kind_of(path)
    if kind not in (Kind.ARCHIVE, Kind.LEGACY_MODEL):
        raise FileFormatError(
            f"{path}: holds {kind.value}, no whole model. Make the model as it was, and read them "
            f"into it: model.load_weights({str(path)!r})."
        )

    def check(config: dict[str, Any], stored: list[LayerShapes]) -> None:
        with shapes_only():  # what the config asks for is believed only if the file has it too
            model = make_model(path, config, custom_objects)
        require_fit(path, model.layers, stored)

    read = read_model if kind is Kind.ARCHIVE else read_legacy_model
    saved = read(path, check)
    model = make_model(path, saved.config, custom_objects)
    put(require_fit(path, model.layers, saved.layers))
    model.trained_range = _trained_range(saved.metadata.get("trained_range"))
    if compile:
        compile_as_saved(path, model, saved, custom_objects)
    return model


def _trained_range(noted: Any) -> tuple[float, float] | None:
    """Return the range of the inputs that the model was trained with, if the file says it."""
    match noted:
        case [int() | float() as low, int() | float() as high]:
            if math.isfinite(low) and math.isfinite(high) and low <= high:
                return float(low), float(high)
    return None
