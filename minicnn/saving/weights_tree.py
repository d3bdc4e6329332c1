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

from collections.abc import Iterable
from typing import Any, BinaryIO

import numpy as np

from minicnn.saving.group_names import group_names
from minicnn.saving.records import Check, Config, LayerRecord, OptimizerRecord, SavedModel
from minicnn.saving.stored import read_checked
from minicnn.saving.stored_tree import find_tree


def write_tree(
    file: BinaryIO,
    model_name: str,
    layers: Iterable[LayerRecord],
    optimizer: OptimizerRecord | None,
) -> None:
    """Write the weights of a model; the same weights give the same bytes."""
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
            _write_vars(tree.create_group("optimizer"), optimizer.variables, "optimizer")
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
    """Read the weights of a model."""
    return read_checked(file, path, place, lambda tree: find_tree(tree, config, layers), check)
