"""Weights alone, in Keras 3's ``.weights.h5``."""

import os
from collections.abc import Iterable
from io import BytesIO
from os import PathLike

from minicnn.atomic import atomic_write
from minicnn.saving.records import Check, LayerRecord, OptimizerRecord, SavedModel
from minicnn.saving.weights_tree import read_tree, write_tree


def write_weights(
    path: str | PathLike[str],
    layers: Iterable[LayerRecord],
    optimizer: OptimizerRecord | None = None,
    model_name: str = "sequential",
) -> None:
    """Write the weights of a model as Keras' ``save_weights`` does.

    Parameters
    ----------
    path : path-like
        The file; Keras wants its name to end in ``.weights.h5``.
    layers : iterable of LayerRecord
        From the first layer to the last; an ``InputLayer`` may be among them.
    optimizer : OptimizerRecord, optional
        Its variables in Keras' order.
    model_name : str
        Stands in the file for whoever looks.

    Raises
    ------
    OSError
        If the file cannot be written; what was there before is unchanged.
    """
    image = BytesIO()  # libhdf5 seeks to and fro: in memory it does so fast, and cannot half-fail
    write_tree(image, model_name, layers, optimizer)
    with atomic_write(path) as file:
        file.write(image.getvalue())


def read_weights(
    path: str | PathLike[str],
    layers: Iterable[tuple[str, str]],
    check: Check | None = None,
) -> SavedModel:
    """Read the weights that Keras' ``save_weights`` or `write_weights` wrote.

    Parameters
    ----------
    path : path-like
        The file.
    layers : iterable of (class name, layer name)
        The model's layers, from the first to the last.
    check : callable, optional
        ``check({}, layers)`` sees the shapes before the arrays are read, and may raise.

    Returns
    -------
    SavedModel
        With an empty config.

    Raises
    ------
    OSError
        If the file is not there or may not be read.
    FileFormatError
        If it is damaged or of another kind.
    """
    path = os.fspath(path)
    with open(path, "rb") as file:
        return read_tree(file, path, "its HDF5 tree", {}, layers, check)
