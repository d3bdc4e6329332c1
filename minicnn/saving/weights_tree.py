"""Keras 3's tree of weights in HDF5, as in ``.weights.h5`` and inside ``.keras``.

::

    /vars                              attribute name = the model's
    /layers/conv2d/vars/0, 1           kernel, bias; attribute name of vars = the layer's
    /layers/conv2d_1/vars/0, 1         the second Conv2D
    /layers/dropout/seed_generator/vars/0
    /optimizer/vars/0, 1, 2, …         iteration, learning_rate, then what each weight has

Which layer has which group: `group_names`. Keras writes an empty ``vars`` for a layer without
weights, and keeps no random streams; it ignores those that minicnn adds, in the place where Keras'
own scheme would have them.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

import numpy as np

from minicnn.saving.damage import damage_named
from minicnn.saving.group_names import group_names
from minicnn.saving.hdf5_access import read_array
from minicnn.saving.records import Check, Config, LayerRecord, SavedModel
from minicnn.saving.stored_tree import find_tree


def write_tree(
    file: BinaryIO,
    model_name: str,
    layers: Iterable[LayerRecord],
    optimizer: Sequence[np.ndarray] | None,
) -> None:
    """Write the weights of a model; the same weights give the same bytes.

    Parameters
    ----------
    file : binary file
        Open for reading and writing, empty.
    model_name : str
        The model's name, for whoever looks into the file.
    layers : iterable of LayerRecord
        From the first layer to the last; an ``InputLayer``, which has no group, is left out.
    optimizer : sequence of ndarray or None
        Its variables.
    """
    import h5py

    layers = [layer for layer in layers if layer.class_name != "InputLayer"]
    with h5py.File(file, "w", track_order=False) as tree:
        for group_name, layer in zip(
            group_names(layer.class_name for layer in layers), layers, strict=True
        ):
            group = tree.create_group(f"layers/{group_name}")
            _write_vars(group, layer.weights, layer.name)
            for attribute, arrays in layer.state.items():
                _write_vars(group.create_group(attribute), arrays, attribute)
        if optimizer is not None:
            _write_vars(tree.create_group("optimizer"), optimizer, "optimizer")
        _write_vars(tree, [], model_name)


def _write_vars(group: Any, arrays: Iterable[np.ndarray], name: str) -> None:
    variables = group.create_group("vars")
    variables.attrs["name"] = name
    for index, array in enumerate(arrays):
        variables.create_dataset(str(index), data=array, track_times=False)


def read_tree(
    file: BinaryIO,
    path: str,
    place: str,
    config: Config,
    layers: Iterable[tuple[str, str]],
    check: Check | None = None,
) -> SavedModel:
    """Read the weights of a model.

    Parameters
    ----------
    file : binary file
        The HDF5 file, which need not have a name.
    path, place : str
        The file that the user named, and the part of it that `file` is: for the error.
    config : dict
        The model's, for `check` and the result.
    layers : iterable of (class name, layer name)
        The model's layers, from the first to the last.
    check : callable, optional
        ``check(config, layers)`` sees the shapes before the arrays are read, and may raise.

    Returns
    -------
    SavedModel
        With one record for each of `layers`; one that the file does not know has no weights.

    Raises
    ------
    FileFormatError
        If the file is damaged or of another kind, or has weights of other layers than these.
    """
    import h5py

    size = file.seek(0, os.SEEK_END)
    with damage_named(path, place):
        tree = h5py.File(file, "r")
    with tree:
        with damage_named(path, place):
            stored = find_tree(tree, layers, size)
            shapes = [layer.shapes() for layer in stored.layers]
        if check is not None:
            check(config, shapes)  # what it raises is no damage
        with damage_named(path, place):
            records = [layer.read() for layer in stored.layers]
            variables = stored.optimizer
            optimizer = None if variables is None else [read_array(one) for one in variables]
    return SavedModel(config, records, optimizer)
